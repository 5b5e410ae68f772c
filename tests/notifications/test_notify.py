"""Telling people as they have chosen: the bell, the mail, by role or by their own word (UX10)."""

import pytest

from accounts.roles import Role
from notifications import kinds, services
from notifications.kinds import KINDS, Choice, Mail
from notifications.models import Notification
from tests.factories import make_customer, make_user

pytestmark = pytest.mark.django_db


def test_a_head_gets_a_new_complaint_by_mail_an_agent_in_the_bell(tell, head, agent):
    agent.email = "alice@example.com"
    agent.save()
    assert [(note.in_bell, note.mail) for note in (tell(head, "complaint.issued"), tell(agent, "complaint.issued"))] == [(True, "at_once"), (True, "none")]


def test_ones_own_word_wins_over_the_role(tell, head, prefer):
    prefer(head, complaint__issued=(False, "digest"))
    note = tell(head, "complaint.issued")
    assert (note.in_bell, note.mail) == (False, "digest")


def test_what_one_wants_nowhere_leaves_no_row(tell, head, prefer):
    prefer(head, complaint__satisfied=(False, "none"))
    assert tell(head, "complaint.satisfied") is None


@pytest.mark.parametrize("mail", ["none", "digest"])
def test_what_is_urgent_rings_whatever_is_stored(tell, head, prefer, mail):
    prefer(head, complaint__overdue=(False, mail))
    assert tell(head, "complaint.overdue").in_bell


def test_without_an_address_everything_mailed_rings(tell, store, prefer):
    mute = make_user("mute", Role.SERVICE_MANAGER, store)
    prefer(mute, complaint__issued=(False, "at_once"), complaint__overdue=(False, "at_once"))
    assert [(note.in_bell, note.mail) for note in (tell(mute, "complaint.issued"), tell(mute, "complaint.overdue"))] == [(True, "none")] * 2


def test_without_a_mail_server_everything_mailed_rings(tell, head, prefer, settings):
    settings.SENDS_MAIL = False
    prefer(head, complaint__issued=(False, "at_once"))
    note = tell(head, "complaint.issued")
    assert (note.in_bell, note.mail) == (True, "none")


def test_the_worker_is_woken_for_what_is_urgent_only(tell, head, monkeypatch):
    woken = []
    monkeypatch.setattr(services, "wake", woken.append)
    tell(head, "complaint.issued")
    assert woken == []
    tell(head, "complaint.overdue")
    assert woken == [services.mail_staff]


def test_who_has_left_the_store_no_longer_sees_what_was_told_of_it(tell, head, left, page):
    note = tell(head, "complaint.issued")
    left(head)
    client = page(head)
    assert list(client.get("/notifications/").context["bundles"]) == []
    assert client.get(f"/notifications/{note.pk}/").status_code == 404


def test_telling_many_costs_a_fixed_number_of_queries(store, django_assert_max_num_queries):
    people = [make_user(f"head{number}", Role.SERVICE_MANAGER, store, email="x@example.com") for number in range(20)]
    customer = make_customer(store)
    services.notify(people[:1], "complaint.issued", customer)
    with django_assert_max_num_queries(3):
        services.notify(people, "complaint.reissued", customer)
    assert Notification.objects.filter(code="complaint.reissued", mail="at_once").count() == 20


def test_every_default_of_an_urgent_kind_is_told_at_once():
    silenced = [code for code, kind in KINDS.items() for role in Role if kind.is_silenced_by(kind.default_for([role]))]
    assert silenced == []


def test_an_urgent_kind_may_move_but_not_fall_silent():
    urgent = KINDS["complaint.overdue"]
    silent = [(bell, mail) for bell in (True, False) for mail in Mail if urgent.is_silenced_by(Choice(bell, mail))]
    assert silent == [(False, "none"), (False, "digest")]


def test_an_unknown_code_rings():
    assert kinds.kind_of("test.new").default_for([Role.STORE_MANAGER]) == Choice(bell=True, mail=Mail.NONE)
