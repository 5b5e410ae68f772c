"""The way of a car through the workshop: bay and people, waiting for parts, stopped and going on; one question tells who is here."""

import pytest

from activity.models import Event
from common.errors import Conflict, DomainError
from tests.factories import make_user
from visits.models import Visit

FORMS = ["start_repair", "assign", "wait_for_parts", "stop", "sign_check"]
BUTTONS = ["resume", "send_to_inspection"]


def test_the_work_begins_on_a_bay_with_people(here, technician, mate, advisor, page):
    """S2-42: at which bay, by whom."""
    answer = page(advisor).post(f"/visits/{here.pk}/start_repair/", {"bay": "3", "technicians": [technician.pk, mate.pk]})
    assert answer.url == f"/visits/{here.pk}/"
    here = Visit.objects.get()
    assert (here.stage, here.bay, here.technician_label) == ("in_repair", "3", "Tom, Theo")
    assert Event.objects.get().particulars == {"number": here.number, "bay": "3", "technicians": "Tom, Theo"}


def test_the_form_says_how_much_each_technician_has_on_his_hands(in_repair, mate, advisor, page):
    body = page(advisor).get(f"/visits/{in_repair.pk}/assign/").content.decode()
    assert "Tom (1 car)" in body
    assert "Theo (free)" in body


def test_only_technicians_of_this_store_get_the_work(here, other_store, advisor, page, api):
    foreign = make_user("tim", "technician", other_store)
    assert list(page(advisor).post(f"/visits/{here.pk}/start_repair/", {"bay": "3", "technicians": [foreign.pk]}).context["form"].errors) == ["technicians"]
    for person in (foreign, advisor):
        with pytest.raises(DomainError) as refused:
            here.start_repair(by=advisor, bay="3", technicians=[person])
        assert refused.value.code == "not_a_technician"
    assert list(api(advisor).post(f"/api/v1/visits/{here.pk}/start_repair/", {"bay": "3", "technicians": [foreign.pk]}).json()["errors"]) == ["technicians"]


def test_the_work_goes_to_somebody_else_once(in_repair, mate, advisor, api):
    given = {"bay": "4", "technicians": [mate.pk]}
    client = api(advisor)
    assert client.post(f"/api/v1/visits/{in_repair.pk}/assign/", given).json()["technicians"] == [mate.pk]
    client.post(f"/api/v1/visits/{in_repair.pk}/assign/", given)
    assert [event.particulars["bay"] for event in Event.objects.filter(code="visit.assigned")] == ["4"]


def test_a_car_waits_for_parts_and_goes_on(in_repair, technician, page):
    client = page(technician)
    client.post(f"/visits/{in_repair.pk}/wait_for_parts/", {"parts": "Water pump", "expected_on": "2026-12-01"})
    in_repair.refresh_from_db()
    assert (in_repair.stage, in_repair.halt_reason, in_repair.parts_expected_on.isoformat()) == ("waiting_parts", "Water pump", "2026-12-01")
    assert list(Visit.objects.halted()) == [in_repair]
    assert "waits for parts: Water pump" in client.get(f"/visits/{in_repair.pk}/").content.decode()
    client.post(f"/visits/{in_repair.pk}/resume/")
    in_repair.refresh_from_db()
    assert (in_repair.stage, in_repair.halt_reason, in_repair.parts_expected_on) == ("in_repair", "", None)


def test_a_stop_says_why(in_repair, technician, page):
    client = page(technician)
    assert list(client.post(f"/visits/{in_repair.pk}/stop/", {"reason": ""}).context["form"].errors) == ["reason"]
    client.post(f"/visits/{in_repair.pk}/stop/", {"reason": "The customer decides"})
    in_repair.refresh_from_db()
    assert (in_repair.stage, in_repair.is_halted) == ("stopped", True)


def test_every_stage_is_in_the_shop_until_the_car_is_handed_over(ready, advisor):
    assert list(Visit.objects.in_shop()) == [ready]
    ready.hand_over(by=advisor)
    assert not Visit.objects.in_shop().exists()
    assert ready.state == "handed_over"


@pytest.mark.parametrize(
    ("verb", "given"),
    [("assign", {"bay": "1"}), ("wait_for_parts", {"parts": "x"}), ("stop", {"reason": "x"}), ("resume", {}), ("send_to_inspection", {})],
)
def test_what_has_not_begun_can_neither_rest_nor_end(here, technician, api, verb, given):
    answer = api(technician).post(f"/api/v1/visits/{here.pk}/{verb}/", given | ({"technicians": [technician.pk]} if verb == "assign" else {}))
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_stage")


def test_the_slower_of_two_is_told(in_repair, technician):
    twin = Visit.objects.get(pk=in_repair.pk)
    in_repair.stop("x", by=technician)
    with pytest.raises(Conflict):
        twin.wait_for_parts("y", by=technician)
    assert Visit.objects.get().halt_reason == "x"


@pytest.mark.parametrize("verb", [*FORMS, *BUTTONS])
def test_strangers_people_without_the_right_and_get(in_repair, other_advisor, agent, technician, page, api, verb):
    address = f"/visits/{in_repair.pk}/{verb}/"
    assert page(other_advisor).post(address).status_code == 404
    assert page(agent).post(address).status_code == 403
    assert page(technician).get(address).status_code == (200 if verb in FORMS else 405)
    assert api(other_advisor).post(f"/api/v1{address}").status_code == 404
    assert api(agent).post(f"/api/v1{address}").status_code == 403
    in_repair.refresh_from_db()
    assert in_repair.stage == "in_repair"
