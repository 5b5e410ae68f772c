"""The published samples of VINs and plates (AR9, domain rules 5.1 and 5.2)."""

import csv
from collections import Counter

import pytest
from django.conf import settings
from django.utils import timezone

from common.errors import DomainError
from customers.models import Vehicle
from customers.numbers import normal_plate, normal_vin, plate_odd, vin_odd
from customers.quality.rules import BY_CODE, mark_odd
from tests.factories import make_customer

with (settings.BASE_DIR / "docs/vin-and-plate-samples.csv").open(encoding="utf-8", newline="") as file:
    SAMPLES = list(csv.DictReader(file))
ENDINGS = {"挂": "trailer", "学": "training", "警": "police", "港": "Hong Kong", "澳": "Macao"}


def chosen(kind, *verdicts):
    return [sample["value"] for sample in SAMPLES if sample["kind"] == kind and sample["verdict"] in verdicts]


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample["value"] for sample in SAMPLES])
def test_every_sample_is_judged_as_published(sample):
    """AR9."""
    is_odd = {"vin": vin_odd, "plate": plate_odd}[sample["kind"]]
    assert is_odd(sample["value"]) is (sample["verdict"] != "good"), sample["why"]


def test_sixty_good_and_sixty_bad_samples_are_published_once_each():
    verdicts = Counter(sample["verdict"] for sample in SAMPLES)
    assert (verdicts["good"], verdicts["bad"]) == (60, 60)
    assert len({sample["value"] for sample in SAMPLES}) == len(SAMPLES)


@pytest.mark.parametrize("pattern", ["ordinary", "new energy, small", "new energy, large", *ENDINGS.values()])
def test_every_pattern_has_good_and_bad_samples(pattern):
    found = Counter(sample["verdict"] for sample in SAMPLES if sample["pattern"] == pattern)
    assert min(found["good"], found["bad"]) >= 2


def test_good_plates_stand_under_the_pattern_they_end_with():
    named = [(sample["pattern"], ENDINGS.get(sample["value"][-1])) for sample in SAMPLES if sample["kind"] == "plate" and sample["verdict"] == "good"]
    assert [pair for pair in named if pair[1] and pair[0] != pair[1]] == []
    assert {ending for _pattern, ending in named if ending} == set(ENDINGS.values())


def test_good_vins_have_every_check_digit():
    """Domain rule 5.1: eleven remainders, ten is written X."""
    assert {vin[8] for vin in chosen("vin", "good")} == set("0123456789X")


def test_only_wrong_letters_and_lengths_of_a_vin_are_refused():
    """Domain rule 5.1: a wrong check digit is a warning, imported cars carry some."""
    codes = {"letters": "vin_letters", "length": "vin_length", "check digit": ""}
    assert [(sample, found) for sample in SAMPLES if sample["kind"] == "vin" and (found := refusal(sample["value"])) != codes[sample["pattern"]]] == []


def refusal(vin):
    try:
        normal_vin(vin)
    except DomainError as error:
        return error.code
    return ""


def test_no_plate_is_refused_or_changed():
    plates = chosen("plate", "good", "bad", "ask")
    assert [normal_plate(plate) for plate in plates] == plates


def test_the_worklist_holds_exactly_the_doubtful_samples(store, agent):
    """AR9: brought by an import, marked at night."""
    owner = make_customer(store)
    vins, plates = [vin for vin in chosen("vin", "good", "bad") if not refusal(vin)], chosen("plate", "good", "bad", "ask")
    Vehicle.objects.bulk_create(Vehicle(store=store, customer=owner, vin=vin) for vin in vins)
    Vehicle.objects.bulk_create(Vehicle(store=store, customer=owner, plate=plate) for plate in plates)
    mark_odd()
    assert listed("vin", agent) == set(vins) - set(chosen("vin", "good"))
    assert listed("plate", agent) == set(plates) - set(chosen("plate", "good"))


def listed(field, user):
    return set(BY_CODE[f"{field}_odd"].rows(user, timezone.now()).values_list(field, flat=True))
