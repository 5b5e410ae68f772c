"""Requests of a person: taken in, due by law, decided with a reason (PIPL Art. 44 to 50; domain rule 6.1)."""

from datetime import UTC, datetime

import pytest

from activity.models import Event
from common.errors import Conflict, DomainError, NotAllowed
from customers.models import RightsRequest
from customers.rights.services import grant
from notifications.models import Notification

ASKED = {"kind": "access", "asker": "agent", "asked_by": "李示例", "identity": "Power of attorney and card seen"}


def test_a_request_is_taken_in_on_the_page_of_the_customer(customer, agent, care_manager, store_manager, page):
    """PIPL Art. 50: who asked and how that was checked; whoever answers is told."""
    client = page(agent)
    assert f"/customers/{customer.pk}/rights/" in client.get(f"/customers/{customer.pk}/").content.decode()
    assert client.post(f"/customers/{customer.pk}/rights/", ASKED).status_code == 302
    asked = RightsRequest.objects.get()
    assert (asked.kind, asked.asker, asked.asked_by, asked.taken_by, asked.status) == ("access", "agent", "李示例", agent, "open")
    assert "李示例" in client.get(f"/customers/{customer.pk}/rights/").content.decode()
    assert {line.user for line in Notification.objects.filter(code="rights_request.asked")} == {care_manager, store_manager}
    assert Event.objects.get(code="rights_request.asked").customer_ref == customer.pk


def test_it_is_due_after_fifteen_working_days(ask, defaults):
    """PIPL Art. 50: asked on Wednesday 25 November 2026 the fifteenth working day is Wednesday 16 December."""
    asked = ask(asked_at=datetime(2026, 11, 25, 2, 0, tzinfo=UTC))
    assert asked.store.local(asked.due_at).date().isoformat() == "2026-12-16"
    assert asked.due_words


@pytest.mark.parametrize("missing", ["kind", "asked_by", "identity"])
def test_nobody_is_believed_without_name_and_check(customer, agent, page, missing):
    answer = page(agent).post(f"/customers/{customer.pk}/rights/", ASKED | {missing: ""})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [missing])


def test_the_same_is_not_asked_twice_at_once(ask, agent, customer, page):
    ask("access")
    with pytest.raises(Conflict):
        ask("access")
    assert page(agent).post(f"/customers/{customer.pk}/rights/", ASKED).status_code == 409
    assert RightsRequest.objects.count() == 1


def test_the_open_ones_stand_first_in_the_list_by_their_due_day(ask, care_manager, store_manager, agent, page):
    first, second = ask("erasure"), ask("access")
    second.refuse("Not the person", by=care_manager)
    third = ask("access", asked_at=datetime(2026, 1, 5, tzinfo=UTC))
    for manager in (care_manager, store_manager):
        assert [asked.pk for asked in page(manager).get("/rights/").context["page_obj"]] == [third.pk, first.pk, second.pk]
    assert page(agent).get("/rights/").status_code == 403


def test_a_refusal_needs_its_reason_and_stands(ask, care_manager, page):
    """PIPL Art. 50."""
    asked, client = ask(), page(care_manager)
    assert client.post(f"/rights/{asked.pk}/refuse/", {"reason": " "}).status_code == 422
    with pytest.raises(DomainError):
        asked.refuse("", by=care_manager)
    assert client.post(f"/rights/{asked.pk}/refuse/", {"reason": "The caller could not show who he is"}).status_code == 302
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by, bool(asked.decided_at)) == ("refused", care_manager, True)
    assert "could not show" in client.get(f"/rights/{asked.pk}/").content.decode()
    assert Event.objects.filter(code="rights_request.refused").count() == 1


def test_it_is_decided_once(ask, care_manager):
    asked = ask("access")
    asked.refuse("No", by=care_manager)
    with pytest.raises(Conflict):
        grant(asked, "Yes", by=care_manager)
    with pytest.raises(Conflict):
        grant(RightsRequest.objects.get(pk=asked.pk), "Yes", by=care_manager)


def test_who_takes_it_in_does_not_decide(ask, agent, stranger, page, customer):
    asked = ask()
    with pytest.raises(NotAllowed):
        grant(asked, "Yes", by=agent)
    assert page(agent).post(f"/rights/{asked.pk}/grant/", {"reason": "Yes"}).status_code == 403
    assert page(stranger).post(f"/customers/{customer.pk}/rights/", ASKED).status_code == 404
    assert page(agent).get(f"/rights/{asked.pk}/grant/").status_code == 403


def test_a_person_of_another_store_never_meets_it(ask, other_store, page):
    from accounts.roles import Role
    from tests.factories import make_user

    asked, client = ask(), page(make_user("cora", Role.CARE_MANAGER, other_store))
    assert client.get(f"/rights/{asked.pk}/").status_code == 404
    assert client.post(f"/rights/{asked.pk}/grant/", {"reason": "Yes"}).status_code == 404
    assert list(client.get("/rights/").context["page_obj"]) == []
