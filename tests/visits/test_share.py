"""S1-03: the customer follows his car by a link nobody can guess; T106, T109, T110."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from activity.models import Event
from visits.models import Visit


@pytest.fixture
def link(in_repair, advisor):
    Visit.objects.filter(pk=in_repair.pk).update(advisor=advisor)
    return f"/v/{in_repair.share(by=advisor)}/"


@pytest.fixture
def customer():
    return Client(HTTP_ACCEPT_LANGUAGE="en")


def test_the_link_is_shown_once_and_only_its_hash_kept(here, advisor, page):
    client = page(advisor)
    link = client.post(f"/visits/{here.pk}/share/").context["link"]
    here.refresh_from_db()
    token = link.rstrip("/").rsplit("/", 1)[1]
    assert (len(token), here.link_hash) == (22, Visit.hashed(token))
    assert token not in client.get(f"/visits/{here.pk}/").content.decode()
    assert token not in str(Event.objects.get(code="visit.shared").particulars)


def test_the_customer_sees_the_steps_the_promise_and_whom_to_call(link, in_repair, advisor, customer):
    type(advisor).objects.filter(pk=advisor.pk).update(phone="021-5550100")
    answer = customer.get(link)
    assert [step.state for step in answer.context["steps"]] == ["done", "current", "ahead", "ahead", "ahead"]
    body = answer.content.decode()
    assert "Sam" in body
    assert "021-5550100" in body
    assert f"{timezone.localtime(in_repair.promised_at):%m-%d %H:%M}" in body


def test_what_is_the_shops_own_stays_there(link, in_repair, customer):
    body = customer.get(link).content.decode()
    for secret in (in_repair.customer.name, in_repair.customer.phone, in_repair.vehicle.plate, in_repair.vehicle.vin, in_repair.number, "Tom"):
        assert secret not in body


def test_the_page_follows_the_car(link, in_repair, technician, customer):
    in_repair.wait_for_parts("Water pump", by=technician)
    body = customer.get(link).content.decode()
    assert "Waiting for parts" in body
    assert "Water pump" not in body


def test_the_link_ends_a_week_after_the_hand_over(link, in_repair, advisor, customer):
    in_repair.hand_over(by=advisor)
    assert customer.get(link).status_code == 200
    long_ago = timezone.now() - timedelta(days=8)
    Visit.objects.update(arrived_at=long_ago - timedelta(hours=1), promised_at=None, handed_over_at=long_ago)
    assert customer.get(link).status_code == 404


def test_a_new_link_and_a_cancelled_visit_end_the_old_one(link, in_repair, advisor, customer):
    newer = f"/v/{in_repair.share(by=advisor)}/"
    assert (customer.get(link).status_code, customer.get(newer).status_code) == (404, 200)
    in_repair.cancel(by=advisor, reason="x")
    assert customer.get(newer).status_code == 404


def test_the_link_leaks_nowhere_and_changes_nothing(link, customer):
    """T109, T110."""
    events = Event.objects.count()
    answer = customer.get(link)
    assert (answer["Referrer-Policy"], answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-referrer", "no-store", "noindex")
    assert (customer.post(link).status_code, Event.objects.count()) == (405, events)


@pytest.mark.parametrize("token", ["x", "a" * 22, "0"])
def test_a_guess_meets_the_same_answer(link, customer, token):
    assert customer.get(f"/v/{token}/").status_code == 404
    assert customer.get(f"/v/{token}/photo/").status_code == 404


def test_strangers_people_without_the_right_and_the_api(here, advisor, other_advisor, agent, page, api):
    address = f"/visits/{here.pk}/share/"
    assert (page(other_advisor).post(address).status_code, page(agent).post(address).status_code) == (404, 403)
    assert page(advisor).get(address).status_code == 405
    assert api(advisor).post(f"/api/v1{address}").json()["link"].startswith("http://testserver/v/")
    assert (api(other_advisor).post(f"/api/v1{address}").status_code, api(agent).post(f"/api/v1{address}").status_code) == (404, 403)
