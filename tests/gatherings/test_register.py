"""Signing up: seats are bounded, who comes too late waits, who withdraws makes room (S3-15)."""

import pytest

from activity.models import Event
from common.errors import DomainError
from gatherings.models import Guest
from tests.factories import make_customer
from tests.gatherings.factories import make_gathering, make_guest


def statuses(gathering):
    return list(gathering.guests.order_by("pk").values_list("status", flat=True))


def test_an_invited_customer_signs_up(gathering, agent, page):
    guest = make_guest(gathering)
    assert page(agent).post(f"/gatherings/guests/{guest.pk}/register/").status_code == 302
    guest.refresh_from_db()
    assert (guest.status, guest.registered_at is None, guest.invited_at is None) == ("registered", False, False)
    event = Event.objects.get(code="guest.registered")
    assert (event.customer_ref, event.particulars["title"]) == (guest.customer_id, "爱车讲堂")


def test_a_customer_signs_up_by_phone_without_an_invitation(store, gathering, advisor, page):
    customer = make_customer(store, phone="13800009999")
    assert page(advisor).post(f"/gatherings/{gathering.pk}/register/", {"phone": "138 0000 9999"}).status_code == 302
    guest = gathering.guests.get()
    assert (guest.customer, guest.status, guest.invited_at) == (customer, "registered", None)
    assert page(advisor).post(f"/gatherings/{gathering.pk}/register/", {"phone": "13800009999"}).status_code == 409
    assert gathering.guests.count() == 1


def test_a_phone_nobody_has_is_refused(other_store, gathering, agent, page):
    make_customer(other_store, phone="13800009999")
    for phone in ("13800009999", "12"):
        answer = page(agent).post(f"/gatherings/{gathering.pk}/register/", {"phone": phone})
        assert (answer.status_code, list(answer.context["register_form"].errors)) == (422, ["phone"])


def test_who_comes_after_the_last_seat_waits(gathering, agent, page):
    guests = [make_guest(gathering) for _number in range(4)]
    for guest in guests:
        page(agent).post(f"/gatherings/guests/{guest.pk}/register/")
    assert statuses(gathering) == ["registered", "registered", "waiting", "waiting"]
    assert Event.objects.filter(code="guest.queued").count() == 2


def test_who_withdraws_makes_room_for_who_has_waited_longest(gathering, agent, page):
    guests = [make_guest(gathering) for _number in range(4)]
    for place in (0, 1, 3, 2):
        guests[place].register(by=agent)
    answer = page(agent).post(f"/gatherings/guests/{guests[0].pk}/decline/", follow=True)
    assert statuses(gathering) == ["declined", "registered", "waiting", "registered"]
    assert f"{guests[3]} moves up from the waiting list" in answer.content.decode()
    assert Event.objects.get(code="guest.moved_up").subject_id == guests[3].pk


def test_more_seats_are_given_to_who_waits(gathering, agent, care_manager):
    guests = [make_guest(gathering) for _number in range(5)]
    for guest in guests:
        guest.register(by=agent)
    assert gathering.edit(by=care_manager, seats=4) == guests[2:4]
    assert statuses(gathering) == ["registered"] * 4 + ["waiting"]


def test_who_has_said_no_may_come_back_at_the_end_of_the_list(gathering, agent):
    guests = [make_guest(gathering) for _number in range(3)]
    for guest in guests:
        guest.register(by=agent)
    guests[0].decline(by=agent)
    guests[0].register(by=agent)
    assert statuses(gathering) == ["waiting", "registered", "registered"]


def test_an_answer_is_given_once(gathering, agent, page):
    guest = make_guest(gathering, "registered")
    assert page(agent).post(f"/gatherings/guests/{guest.pk}/register/").status_code == 409
    assert page(agent).post(f"/gatherings/guests/{guest.pk}/decline/").status_code == 302
    assert page(agent).post(f"/gatherings/guests/{guest.pk}/decline/").status_code == 409


@pytest.mark.parametrize("end", [{"status": "held", "held_on": "2026-01-01"}, {"status": "cancelled", "cancel_reason": "Typhoon"}])
def test_nobody_signs_up_for_what_is_over(store, agent, page, end):
    guest = make_guest(make_gathering(store, **end))
    assert page(agent).post(f"/gatherings/guests/{guest.pk}/register/").status_code == 409
    assert Guest.objects.get().status == "invited"


def test_a_customer_of_another_store_has_no_seat_here(other_store, gathering, administrator):
    with pytest.raises(DomainError, match="another store"):
        gathering.register(make_customer(other_store), by=administrator)


def test_an_old_copy_of_the_activity_does_not_give_a_seat_twice(gathering, agent):
    """Seats are counted anew under the lock, not on what somebody read before."""
    guests = [make_guest(gathering) for _number in range(3)]
    copies = [Guest.objects.select_related("gathering__store").get(pk=guest.pk) for guest in guests]
    for copy in copies:
        copy.register(by=agent)
    assert statuses(gathering) == ["registered", "registered", "waiting"]
