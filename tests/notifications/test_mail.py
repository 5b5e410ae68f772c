"""What a mail says: in the reader's language, repeats bundled, with links that open for the reader alone (UX10)."""

import pytest
from django.core import mail
from django.test import Client

from notifications import letters
from notifications.models import Notification
from notifications.services import notify
from tests.factories import NOW, make_visit
from tests.stores.naive_calendar import instant

pytestmark = pytest.mark.django_db


def mailed(at=NOW):
    letters.plan(at)
    letters.send_due(at)
    return mail.outbox[-1]


def test_the_whole_mail(tell, head):
    note = tell(head, "complaint.overdue")
    assert mailed().body.strip() == (
        "Dear Wendy,\n\nthis concerns you:\n\n== Complaints ==\n\n- C1: the feedback of round 1 is overdue\n"
        f"  https://manyi.example.com/notifications/{note.pk}/\n\n--\n"
        "All notifications: https://manyi.example.com/notifications/\n"
        "Choose what is mailed to you: https://manyi.example.com/notifications/preferences/\n"
        "The links open for you alone, after signing in."
    )


def test_it_speaks_the_language_of_the_reader(tell, head):
    head.language = "zh-hans"
    head.save()
    tell(head, "complaint.overdue")
    message = mailed()
    assert message.subject == "满意·紧急：投诉反馈已超期"
    assert "C1" in message.body
    assert "== 投诉 ==" in message.body
    assert "Dear" not in message.body


def test_without_a_language_of_ones_own_it_is_that_of_the_site(tell, head):
    head.language = ""
    head.save()
    tell(head, "complaint.overdue")
    assert mailed().subject == "满意·紧急：投诉反馈已超期"


def test_times_are_those_of_the_store_and_names_are_plain_text(tell, head, prefer):
    prefer(head, visit__overdue=(True, "at_once"))
    tell(head, "visit.overdue", number="A&B <1>", promised_at=NOW.isoformat())
    assert "- A&B <1> is past its promised time (11-18 10:00)" in mailed().body


def test_repeats_are_one_line(tell, head, prefer):
    prefer(head, followup__assigned=(True, "digest"))
    for _number in range(3):
        tell(head, "followup.assigned")
    message = mailed(instant("2026-11-19 08:00"))
    assert "- A follow-up has been assigned to you (×3)\n  https://manyi.example.com/notifications/\n" in message.body
    assert message.body.count("A follow-up") == 1


def test_repeats_are_one_line_of_the_bell_until_one_is_read(tell, head, page):
    notes = [tell(head, "followup.assigned") for _number in range(3)]
    notes[0].read()
    bundles = page(head).get("/notifications/").context["bundles"]
    assert [(len(bundle.notes), bundle.is_new) for bundle in bundles] == [(2, True), (1, False)]


def test_a_long_digest_says_how_much_it_leaves_out(tell, head):
    for number in range(52):
        tell(head, "complaint.unsatisfied", number=f"C{number}")
    assert "… and 2 more lines." in mailed(instant("2026-11-19 08:00")).body


def test_no_customer_is_named_on_a_locked_screen(tell, head):
    tell(head, "promise.overdue", customer="Mr Wang", text="Free wash")
    Notification.objects.update(mail="at_once")
    assert mailed().subject == "Manyi: Promise overdue"


def test_its_link_asks_to_sign_in(tell, head):
    note = tell(head, "complaint.overdue")
    answer = Client().get(f"/notifications/{note.pk}/")
    assert answer.url == f"/login/?next=/notifications/{note.pk}/"
    note.refresh_from_db()
    assert note.read_at is None


def test_its_link_opens_for_the_reader_alone(head, agent, store, page):
    visit = make_visit(store)
    notify([head], "visit.overdue", visit, number="T1", promised_at=NOW.isoformat())
    note = Notification.objects.get()
    assert page(agent).get(f"/notifications/{note.pk}/").status_code == 404
    assert page(head).get(f"/notifications/{note.pk}/").url == f"/visits/{visit.pk}/"
    note.refresh_from_db()
    assert note.read_at is not None


def test_a_mail_a_program_wrote_says_so(tell, head):
    tell(head, "complaint.overdue")
    assert mailed().extra_headers["Auto-Submitted"] == "auto-generated"
