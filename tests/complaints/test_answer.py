"""The department answers (S3-32, S0-17)."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from activity.models import Event
from common.errors import Conflict, DomainError, NotAllowed
from followups.models import FollowUp
from notifications.models import Notification

WORDS = {"cause": "Too few people at noon", "measure": "Shift plan changed"}


def picture():
    out = BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return SimpleUploadedFile("evidence.png", out.getvalue())


def test_it_keeps_cause_measure_and_gap_and_plans_the_call(slip, service_manager):
    slip.answer(by=service_manager, gap="delivery", **WORDS)
    slip.refresh_from_db()
    first = slip.rounds.get()
    assert (slip.status, slip.gap) == ("answered", "delivery")
    assert (first.cause, first.measure, first.answered_by) == ("Too few people at noon", "Shift plan changed", service_manager)
    assert first.is_in_time is True
    call = FollowUp.objects.get(source_kind="complaint_round")
    assert (call.source_id, call.customer, call.visit, call.status, call.priority) == (first.pk, slip.customer, slip.visit, "open", 1)
    # One working day after Wednesday.
    assert call.due_at == datetime(2026, 11, 19, 2, 0, tzinfo=UTC)


def test_it_records_and_tells_the_care_agents(slip, agent, second_agent, service_manager):
    slip.answer(by=service_manager, **WORDS)
    assert Event.objects.get(code="complaint.answered").particulars == {"round": 1, "is_in_time": True}
    assert set(Notification.objects.filter(code="complaint.answered").values_list("user__username", flat=True)) == {"alice", "amy"}


def test_a_late_answer_is_late(slip, service_manager, time_machine):
    time_machine.move_to(datetime(2026, 11, 21, 2, 0, 1, tzinfo=UTC), tick=False)
    slip.answer(by=service_manager, **WORDS)
    assert slip.rounds.get().is_in_time is False


@pytest.mark.parametrize("field", ["cause", "measure"])
def test_cause_and_measure_are_needed(slip, service_manager, field):
    with pytest.raises(DomainError) as refusal:
        slip.answer(by=service_manager, **{**WORDS, field: "  "})
    assert (refusal.value.field, refusal.value.code) == (field, f"{field}_missing")


def test_an_answered_slip_is_not_answered_again(answered, service_manager):
    with pytest.raises(Conflict):
        answered.answer(by=service_manager, **WORDS)


def test_of_two_answers_at_once_one_wins(slip, service_manager, store_manager):
    as_read_by_another = type(slip).objects.get(pk=slip.pk)
    slip.answer(by=service_manager, **WORDS)
    with pytest.raises(Conflict):
        as_read_by_another.answer(by=store_manager, cause="Other", measure="Other")
    assert slip.rounds.get().cause == "Too few people at noon"


def test_the_head_of_another_department_may_not(slip, sales_manager, agent, advisor):
    for person in (sales_manager, agent, advisor):
        with pytest.raises(NotAllowed):
            slip.answer(by=person, **WORDS)


def test_the_store_manager_answers_for_all(slip, store_manager):
    slip.answer(by=store_manager, **WORDS)
    assert slip.status == "answered"


def test_the_care_manager_answers_for_customer_care_only(slip, draft, store, agent, care_manager):
    own = draft(department=store.first_department("care")).issue(by=agent, is_separate=True)
    own.answer(by=care_manager, **WORDS)
    with pytest.raises(NotAllowed):
        slip.answer(by=care_manager, **WORDS)


def test_the_page_answers_with_evidence_under_another_name(page, slip, service_manager, agent):
    sent = page(service_manager).post(reverse("complaints:answer", args=[slip.pk]), {**WORDS, "evidence": picture()}, follow=True)
    assert "Answered. A call will ask the customer." in sent.content.decode()
    one = slip.rounds.get()
    assert "evidence" not in one.evidence.name.removeprefix("complaints/")
    served = page(agent).get(reverse("complaints:evidence", args=[slip.pk, 1]))
    assert (served.status_code, served["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(BytesIO(b"".join(served.streaming_content))).format == "JPEG"


def test_evidence_is_for_those_who_may_see_the_slip(page, slip, service_manager, stranger, auditor):
    page(service_manager).post(reverse("complaints:answer", args=[slip.pk]), {**WORDS, "evidence": picture()})
    address = reverse("complaints:evidence", args=[slip.pk, 1])
    assert page(stranger).get(address).status_code == 404
    assert page(auditor).get(address).status_code == 403


def test_a_round_without_evidence_serves_none(page, answered, agent):
    assert page(agent).get(reverse("complaints:evidence", args=[answered.pk, 1])).status_code == 404
    assert page(agent).get(reverse("complaints:evidence", args=[answered.pk, 2])).status_code == 404


def test_a_pdf_is_served_as_a_download(page, slip, service_manager):
    pdf = SimpleUploadedFile("x.exe", b"%PDF-1.4 something")
    page(service_manager).post(reverse("complaints:answer", args=[slip.pk]), {**WORDS, "evidence": pdf})
    served = page(service_manager).get(reverse("complaints:evidence", args=[slip.pk, 1]))
    assert b"".join(served.streaming_content) == b"%PDF-1.4 something"
    assert served["Content-Disposition"] == 'attachment; filename="C-S01-000001-1.pdf"'


@pytest.mark.parametrize("content", [b"<script>alert(1)</script>", b"GIF89a" + b"\x00" * 30, b"\x89PNG\r\n\x1a\nbroken"])
def test_other_content_is_refused_whatever_its_name(page, slip, service_manager, content):
    sent = page(service_manager).post(reverse("complaints:answer", args=[slip.pk]), {**WORDS, "evidence": SimpleUploadedFile("photo.jpg", content)})
    assert sent.status_code == 422
    assert "neither a photo nor a PDF" in sent.content.decode()
    slip.refresh_from_db()
    assert slip.status == "issued"


def test_a_pdf_too_large_is_refused(page, slip, service_manager, monkeypatch):
    monkeypatch.setattr("complaints.evidence.LARGEST_PDF", 10)
    sent = page(service_manager).post(reverse("complaints:answer", args=[slip.pk]), {**WORDS, "evidence": SimpleUploadedFile("a.pdf", b"%PDF-1.4 something")})
    assert "The PDF is too large" in sent.content.decode()


def test_the_page_shows_what_is_missing_and_keeps_the_rest(page, slip, service_manager):
    sent = page(service_manager).post(reverse("complaints:answer", args=[slip.pk]), {"cause": "Too few people at noon"})
    assert sent.status_code == 422
    assert "Too few people at noon" in sent.content.decode()
    assert sent.context["bound"].errors == {"measure": ["This field is required."]}


def test_strangers_wrong_people_and_get_are_refused(page, slip, stranger, agent, sales_manager, service_manager):
    address = reverse("complaints:answer", args=[slip.pk])
    assert page(stranger).post(address, WORDS).status_code == 403
    assert page(agent).post(address, WORDS).status_code == 403
    assert page(sales_manager).post(address, WORDS).status_code == 403
    assert page(service_manager).get(address).status_code == 405


def test_a_head_of_another_store_finds_nothing(page, slip, other_store):
    from accounts.roles import Role
    from tests.factories import make_user

    elsewhere = make_user("walter", Role.SERVICE_MANAGER, other_store)
    assert page(elsewhere).post(reverse("complaints:answer", args=[slip.pk]), WORDS).status_code == 404


def test_the_api_answers(api, slip, service_manager, agent, stranger):
    address = f"/api/v1/complaints/{slip.pk}/answer/"
    missing = api(service_manager).post(address, {"cause": "x"})
    assert (missing.status_code, set(missing.data["errors"])) == (400, {"measure"})
    assert api(agent).post(address, WORDS).status_code == 403
    done = api(service_manager).post(address, WORDS)
    assert (done.status_code, done.data["status"], done.data["rounds"][0]["measure"]) == (200, "answered", "Shift plan changed")
    assert api(service_manager).post(address, WORDS).status_code == 409


def test_the_api_takes_evidence_and_refuses_other_files(api, slip, service_manager):
    address = f"/api/v1/complaints/{slip.pk}/answer/"
    bad = api(service_manager).post(address, {**WORDS, "evidence": SimpleUploadedFile("a.png", b"no picture")}, format="multipart")
    assert (bad.status_code, set(bad.data["errors"])) == (400, {"evidence"})
    good = api(service_manager).post(address, {**WORDS, "evidence": picture()}, format="multipart")
    assert good.data["rounds"][0]["has_evidence"] is True
