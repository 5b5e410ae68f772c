"""The versioned privacy notice (PIPL Art. 14 and 17, domain rule 6.1)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.errors import Conflict, DomainError, NotAllowed
from customers.models import Consent, PrivacyNotice

WORDS = ("marketing", "phone")


@pytest.fixture
def notice(defaults):
    return PrivacyNotice.objects.get()


def days(number):
    return timezone.localdate() + timedelta(days=number)


def announce(**fields):
    return PrivacyNotice(**{"valid_from": days(3), "text_zh": "新告知", "text_en": "The new notice", **fields})


def begin(notice, day):
    PrivacyNotice.objects.filter(pk=notice.pk).update(valid_from=day)


def test_a_consent_keeps_the_version_shown(notice, customer, agent, administrator, page):
    """PIPL Art. 14: the version in force on the day of the word, shown beside the form."""
    shown = page(agent).get(f"/customers/{customer.pk}/consents/").content.decode()
    assert "Privacy notice, version 1" in shown and "Your rights" in shown
    assert customer.set_consent(*WORDS, True, by=agent).wording_version == "1"
    following = announce()
    following.set(by=administrator)
    assert customer.set_consent("survey", "phone", True, by=agent).wording_version == "1"
    begin(following, days(0))
    assert "The new notice" in page(agent).get(f"/customers/{customer.pk}/consents/").content.decode()
    assert customer.set_consent("reminder", "phone", True, by=agent).wording_version == "2"


def test_a_yes_to_a_new_text_is_a_word_of_its_own(notice, customer, agent, administrator):
    """PIPL Art. 14: again when the purpose changes."""
    customer.set_consent(*WORDS, True, by=agent)
    customer.set_consent(*WORDS, True, by=agent)
    following = announce()
    following.set(by=administrator)
    begin(following, days(0))
    customer.set_consent(*WORDS, True, by=agent)
    assert list(Consent.objects.order_by("pk").values_list("wording_version", flat=True)) == ["1", "2"]


def test_one_in_force_never_changes(notice, administrator, page):
    """The version stored with a consent must go on saying what was shown."""
    notice.text_en = "Something else"
    with pytest.raises(Conflict):
        notice.set(by=administrator)
    answer = page(administrator).post(f"/settings/privacy-notices/{notice.pk}/edit/", {"valid_from": days(1), "text_zh": "x", "text_en": "y"})
    assert answer.status_code == 409
    assert "Your rights" in PrivacyNotice.objects.get().text_en


@pytest.mark.parametrize("day", [0, -1])
def test_a_version_begins_on_a_day_to_come(notice, administrator, day, page):
    with pytest.raises(DomainError):
        announce(valid_from=days(day)).set(by=administrator)
    answer = page(administrator).post("/settings/privacy-notices/new/", {"valid_from": days(day), "text_zh": "x", "text_en": "y"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["valid_from"])


def test_it_is_announced_changed_and_listed(notice, administrator, page):
    client = page(administrator)
    assert "Your rights" in client.get("/settings/privacy-notices/new/").content.decode()
    given = {"valid_from": days(3), "text_zh": "新告知", "text_en": "The new notice"}
    client.post("/settings/privacy-notices/new/", given)
    following = PrivacyNotice.objects.get(version=2)
    client.post(f"/settings/privacy-notices/{following.pk}/edit/", given | {"text_en": "The better notice"})
    listed = client.get("/settings/privacy-notices/").content.decode()
    assert "The better notice" in listed and "Announced" in listed and "In force" in listed


def test_what_all_stores_share_is_not_changed_from_one(notice, care_manager, other_store):
    with pytest.raises(NotAllowed):
        announce().set(by=care_manager)


def test_it_is_shown_whole_in_both_languages(notice, agent, page):
    """PIPL Art. 17."""
    shown = page(agent).get(notice.get_absolute_url()).content.decode()
    assert "您的权利" in shown and "Your rights" in shown
