"""S0-20, S4-14, S4-29: self-check, mutual check and final inspection, each signed; the last one alone makes a car ready."""

import pytest

from activity.models import Event
from common.errors import Conflict, DomainError
from notifications.models import Notification
from visits.models import QualityCheck, Visit

FAILED = {"result": "rework", "findings": "Wheel bolts loose"}


def test_the_team_checks_itself_and_each_other(in_repair, technician, mate, page):
    """S4-29."""
    page(technician).post(f"/visits/{in_repair.pk}/sign_check/", {"level": "self", "result": "passed"})
    page(mate).post(f"/visits/{in_repair.pk}/sign_check/", {"level": "mutual", "result": "passed", "has_road_test": "on"})
    signed = [(check.level, check.checked_by, check.has_passed, check.has_road_test) for check in QualityCheck.objects.all()]
    assert signed == [("self", technician, True, False), ("mutual", mate, True, True)]


def test_nobody_signs_the_mutual_check_of_own_work(in_repair, technician, advisor, page):
    answer = page(technician).post(f"/visits/{in_repair.pk}/sign_check/", {"level": "mutual", "result": "passed"})
    assert answer.context["form"].errors == {"level": ["The mutual check is signed by somebody else than the work and the self-check."]}
    in_repair.sign_check("self", True, by=advisor)
    with pytest.raises(DomainError, match="somebody else"):
        in_repair.sign_check("mutual", True, by=advisor)


@pytest.mark.parametrize("level", ["self", "mutual"])
def test_both_checks_come_before_the_final_inspection(in_repair, technician, mate, level):
    """S0-20: the stages of the inspection follow each other."""
    in_repair.sign_check(level, True, by=technician if level == "self" else mate)
    with pytest.raises(Conflict, match="is not signed yet"):
        in_repair.send_to_inspection(by=technician)
    assert Visit.objects.get().stage == "in_repair"


def test_only_the_final_inspection_makes_a_car_ready(in_inspection, inspector, advisor, page):
    """S4-14: and the advisor hears of it, to tell the customer."""
    Visit.objects.update(advisor=advisor)
    page(inspector).post(f"/visits/{in_inspection.pk}/inspect/", {"result": "passed", "has_road_test": "on"})
    in_inspection.refresh_from_db()
    assert in_inspection.stage == "ready"
    note = Notification.objects.get(user=advisor)
    assert (note.code, note.particulars["passed"]) == ("visit.check_signed", True)
    assert "has passed its final inspection and is ready" in page(advisor).get("/notifications/").content.decode()


def test_a_failed_inspection_makes_a_rework_slip_and_every_signature_void(in_inspection, inspector, technician, page):
    page(inspector).post(f"/visits/{in_inspection.pk}/inspect/", FAILED)
    in_inspection.refresh_from_db()
    assert in_inspection.stage == "in_repair"
    slip = in_inspection.checks.failed().get()
    assert (slip.level, slip.findings, slip.checked_by) == ("final", "Wheel bolts loose", inspector)
    with pytest.raises(Conflict, match="is not signed yet"):
        in_inspection.send_to_inspection(by=technician)
    assert "failed, rework: Wheel bolts loose" in page(inspector).get(f"/visits/{in_inspection.pk}/").content.decode()


def test_a_failure_says_what_to_do_again(in_inspection, inspector, page, api):
    answer = page(inspector).post(f"/visits/{in_inspection.pk}/inspect/", {"result": "rework"})
    assert answer.context["form"].errors == {"findings": ["Say what has to be done again."]}
    assert list(api(inspector).post(f"/api/v1/visits/{in_inspection.pk}/inspect/", {"has_passed": False}).json()["errors"]) == ["findings"]
    assert Visit.objects.get().stage == "inspection"


def test_nobody_inspects_own_work(in_inspection, mate, service_manager):
    in_inspection.technicians.add(service_manager)
    with pytest.raises(Conflict, match="own work"):
        in_inspection.inspect(True, by=service_manager)


def test_a_technician_passes_no_car(in_inspection, technician, mate, other_advisor, page, api):
    for person, status in [(technician, 403), (mate, 403)]:
        assert page(person).post(f"/visits/{in_inspection.pk}/inspect/", {"result": "passed"}).status_code == status
        assert api(person).post(f"/api/v1/visits/{in_inspection.pk}/inspect/", {"has_passed": True}).status_code == status


def test_the_api_agrees(in_repair, technician, mate, inspector, api):
    address = f"/api/v1/visits/{in_repair.pk}"
    api(technician).post(f"{address}/sign_check/", {"level": "self", "has_passed": True})
    api(mate).post(f"{address}/sign_check/", {"level": "mutual", "has_passed": True})
    assert api(mate).post(f"{address}/send_to_inspection/").json()["stage"] == "inspection"
    body = api(inspector).post(f"{address}/inspect/", {"has_passed": True, "has_road_test": True}).json()
    assert (body["stage"], [check["level"] for check in body["checks"]]) == ("ready", ["self", "mutual", "final"])


def test_a_car_is_inspected_once(in_inspection, inspector):
    twin = Visit.objects.get(pk=in_inspection.pk)
    in_inspection.inspect(True, by=inspector)
    with pytest.raises(Conflict):
        twin.inspect(False, by=inspector, findings="x")
    assert Event.objects.filter(code="visit.check_signed", particulars__level="final").count() == 1
