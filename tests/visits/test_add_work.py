"""S4-13: further damage needs the customer's consent; the event is the proof of it."""

from decimal import Decimal

import pytest

from activity.models import Event
from common.errors import Conflict
from visits.models import Visit

GIVEN = {"work": "brake pads", "agreed_by": "owner by phone", "channel": "phone", "amount": "480", "estimate_ceiling": "900"}


def test_work_is_added_with_the_consent_and_the_new_ceiling(here, advisor, page):
    Visit.objects.filter(pk=here.pk).update(work="oil", estimate_ceiling=400)
    page(advisor).post(f"/visits/{here.pk}/add_work/", GIVEN)
    here.refresh_from_db()
    assert (here.work, here.estimate_ceiling) == ("oil\nbrake pads", Decimal(900))
    event = Event.objects.get()
    assert event.code == "visit.work_added"
    assert event.particulars == {"number": here.number, "work": "brake pads", "agreed_by": "owner by phone", "ceiling": "900"}
    assert "agreed by owner by phone" in page(advisor).get(f"/visits/{here.pk}/").content.decode()


def test_without_a_new_ceiling_the_old_one_stands(here, advisor):
    Visit.objects.filter(pk=here.pk).update(estimate_ceiling=400)
    here.refresh_from_db()
    here.add_work("brake pads", by=advisor, agreed_by="owner")
    here.refresh_from_db()
    assert here.estimate_ceiling == Decimal(400)


@pytest.mark.parametrize("field", ["work", "agreed_by"])
def test_what_and_who_are_needed(here, advisor, page, api, field):
    assert list(page(advisor).post(f"/visits/{here.pk}/add_work/", GIVEN | {field: ""}).context["form"].errors) == [field]
    assert list(api(advisor).post(f"/api/v1/visits/{here.pk}/add_work/", GIVEN | {field: ""}).json()["errors"]) == [field]
    assert not Event.objects.exists()


def test_of_two_additions_at_once_none_is_lost(here, advisor):
    """The second would overwrite what the customer agreed to a moment ago; it is told to look again."""
    stale = Visit.objects.get(pk=here.pk)
    here.add_work("brake pads", by=advisor, agreed_by="owner")
    with pytest.raises(Conflict):
        stale.add_work("wipers", by=advisor, agreed_by="owner")
    here.refresh_from_db()
    assert here.work == "brake pads"


def test_a_car_handed_over_takes_no_more_work(here, advisor, api):
    here.hand_over(by=advisor)
    assert api(advisor).post(f"/api/v1/visits/{here.pk}/add_work/", GIVEN).status_code == 409


def test_strangers_and_people_without_the_right(here, other_advisor, agent, page, api):
    assert page(other_advisor).post(f"/visits/{here.pk}/add_work/", GIVEN).status_code == 404
    assert api(other_advisor).post(f"/api/v1/visits/{here.pk}/add_work/", GIVEN).status_code == 404
    assert page(agent).post(f"/visits/{here.pk}/add_work/", GIVEN).status_code == 403
    assert api(agent).post(f"/api/v1/visits/{here.pk}/add_work/", GIVEN).status_code == 403


def test_get_changes_nothing(here, advisor, page, api):
    assert page(advisor).get(f"/visits/{here.pk}/add_work/").status_code == 200
    assert api(advisor).get(f"/api/v1/visits/{here.pk}/add_work/").status_code == 405


def test_the_api_agrees(here, advisor, api):
    body = api(advisor).post(f"/api/v1/visits/{here.pk}/add_work/", GIVEN).json()
    assert (body["work"], body["estimate_ceiling"]) == ("brake pads", "900.00")


def test_the_consent_says_who_how_when_and_how_much(here, advisor, page):
    """S4-13."""
    page(advisor).post(f"/visits/{here.pk}/add_work/", GIVEN)
    agreement = here.agreements.get()
    assert (agreement.subject, agreement.text, agreement.amount) == ("work", "brake pads", Decimal(480))
    assert (agreement.agreed_by, agreement.channel, agreement.logged_by) == ("owner by phone", "phone", advisor)


def test_the_amount_agreed_to_raises_the_ceiling(here, advisor):
    """S4-13: what was told as “not above 400” is 880 once 480 more are agreed to."""
    Visit.objects.filter(pk=here.pk).update(estimate_ceiling=400)
    here.refresh_from_db()
    here.add_work("brake pads", by=advisor, agreed_by="owner", amount=Decimal(480))
    here.refresh_from_db()
    assert here.estimate_ceiling == Decimal(880)
