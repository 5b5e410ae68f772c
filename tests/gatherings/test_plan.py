"""Planning activities and the plan of the year (S3-25, S4-25, S3-15)."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from activity.models import Event
from gatherings.models import Gathering
from gatherings.seasons import SEASONS, year_plan
from tests.factories import on
from tests.gatherings.factories import make_gathering, make_guest

YEAR = timezone.localdate().year


def sent(store, **fields):
    starts_at = timezone.localtime() + timedelta(days=30)
    given = {"store": store.pk, "kind": "class", "title": "爱车讲堂", "starts_at": f"{starts_at:%Y-%m-%dT%H:%M}", "venue": "展厅", "seats": 20}
    return given | fields


def day_in(store, month, year=YEAR):
    return datetime(year, month, 15, 10, tzinfo=store.zone)


def test_an_activity_is_planned_and_remembers_its_first_day(store, care_manager, page):
    client = page(care_manager)
    assert client.post("/gatherings/new/", sent(store)).status_code == 302
    gathering = Gathering.objects.get()
    assert (gathering.status, gathering.planned_on, gathering.created_by) == ("planned", store.today() + timedelta(days=30), care_manager)
    later = timezone.localtime() + timedelta(days=60)
    assert client.post(f"/gatherings/{gathering.pk}/edit/", sent(store, starts_at=f"{later:%Y-%m-%dT%H:%M}")).status_code == 302
    gathering.refresh_from_db()
    assert (gathering.day, gathering.planned_on, gathering.is_moved) == (store.today() + timedelta(days=60), store.today() + timedelta(days=30), True)
    assert list(Event.objects.order_by("pk").values_list("code", flat=True)) == ["gathering.created", "gathering.edited"]


def test_a_day_that_is_over_is_asked_about(store, care_manager, page):
    past = f"{timezone.localtime() - timedelta(days=2):%Y-%m-%dT%H:%M}"
    client = page(care_manager)
    assert list(client.post("/gatherings/new/", sent(store, starts_at=past)).context["form"].errors) == ["starts_at"]
    assert client.post("/gatherings/new/", sent(store, starts_at=past, confirmed="on")).status_code == 302


@pytest.mark.parametrize("wrong", [{"seats": 0}, {"seats": 70000}, {"title": ""}, {"venue": " "}, {"kind": "party"}])
def test_what_cannot_be_is_refused(store, care_manager, page, wrong):
    answer = page(care_manager).post("/gatherings/new/", sent(store, **wrong))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, list(wrong))


def test_whoever_only_hosts_does_not_plan(store, gathering, agent, store_manager, page):
    assert page(agent).post("/gatherings/new/", sent(store)).status_code == 403
    for verb in ("edit", "invite", "hold", "cancel"):
        assert page(agent).post(f"/gatherings/{gathering.pk}/{verb}/").status_code == 403
    assert page(store_manager).get(f"/gatherings/{gathering.pk}/").status_code == 200
    assert page(store_manager).post(f"/gatherings/{gathering.pk}/register/").status_code == 403


def test_a_manager_of_another_store_plans_nothing_here(store, other_store, care_manager, page):
    assert page(care_manager).post("/gatherings/new/", sent(other_store)).status_code == 422
    assert page(care_manager).get(f"/gatherings/{make_gathering(other_store).pk}/").status_code == 404


def test_it_counts_as_held_from_its_beginning_on(store, care_manager, page):
    """S3-25."""
    ahead, begun = make_gathering(store), make_gathering(store, starts_at=timezone.now() - timedelta(hours=1))
    client = page(care_manager)
    client.post(f"/gatherings/{ahead.pk}/hold/")
    client.post(f"/gatherings/{begun.pk}/hold/")
    ahead.refresh_from_db()
    begun.refresh_from_db()
    assert (ahead.status, begun.status, begun.held_on) == ("planned", "held", begun.day)
    assert client.post(f"/gatherings/{begun.pk}/edit/", sent(store)).status_code == 409
    assert client.post(f"/gatherings/{begun.pk}/cancel/", {"reason": "x"}).status_code == 409


def test_cancelling_says_why(gathering, care_manager, page):
    client = page(care_manager)
    assert client.post(f"/gatherings/{gathering.pk}/cancel/", {"reason": " "}).status_code == 422
    assert client.post(f"/gatherings/{gathering.pk}/cancel/", {"reason": "Typhoon"}).status_code == 302
    gathering.refresh_from_db()
    assert (gathering.status, gathering.cancel_reason) == ("cancelled", "Typhoon")
    assert "Typhoon" in client.get(f"/gatherings/{gathering.pk}/").content.decode()


def test_seats_that_are_taken_cannot_be_taken_away(store, gathering, care_manager, page):
    for _guest in range(2):
        make_guest(gathering, "registered")
    answer = page(care_manager).post(f"/gatherings/{gathering.pk}/edit/", sent(store, seats=1))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["seats"])


def test_the_plan_of_a_year_counts_planned_against_held(store):
    """S3-25: an activity moved into the next year stays in the plan it was made for."""
    today = on(f"{YEAR}-06-20")
    make_gathering(store, kind="smile", starts_at=day_in(store, 3), status="held", held_on=on(f"{YEAR}-03-15"))
    make_gathering(store, kind="may_day", starts_at=day_in(store, 5))
    make_gathering(store, kind="summer", starts_at=day_in(store, 7), status="cancelled", cancel_reason="Typhoon")
    make_gathering(store, kind="winter", starts_at=day_in(store, 1, YEAR + 1), planned_on=on(f"{YEAR}-12-12"))
    make_gathering(store, kind="winter", starts_at=day_in(store, 12, YEAR - 1))
    plan = year_plan(Gathering.objects.all(), YEAR, today)
    assert (plan.planned, plan.held, plan.overdue, plan.cancelled, plan.ahead) == (4, 1, 1, 1, 1)


def test_owner_classes_are_due_in_both_half_years(store):
    """S3-15."""
    make_gathering(store, starts_at=day_in(store, 4), status="held", held_on=on(f"{YEAR}-04-15"))
    assert year_plan(Gathering.objects.all(), YEAR, on(f"{YEAR}-06-20")).classes == [(1, True, True), (2, False, False)]
    make_gathering(store, starts_at=day_in(store, 9))
    assert year_plan(Gathering.objects.all(), YEAR, on(f"{YEAR}-06-20")).classes == [(1, True, True), (2, False, True)]


def test_the_plan_says_which_seasons_it_lacks_and_fills_in_their_form(store, care_manager, page):
    """S4-25."""
    make_gathering(store, kind="smile", starts_at=day_in(store, 3))
    make_gathering(store, kind="summer", starts_at=day_in(store, 7), status="cancelled", cancel_reason="Typhoon")
    client = page(care_manager)
    plan = client.get("/gatherings/").context["plan"]
    assert [season.kind for season in plan["stand"].lacking] == ["class", "may_day", "summer", "campus", "class", "clinic", "winter"]
    summer = next(season for season in SEASONS if season.kind == "summer")
    first = client.get(f"/gatherings/new/?season={summer.number}&year=2027&store={store.pk}").context["form"].initial
    assert (first["store"], first["kind"], first["title"], first["starts_at"].isoformat()) == (store, "summer", "夏日送清凉", "2027-07-03T09:30:00+08:00")


@pytest.mark.parametrize("query", ["season=99&year=2027", "season=x", "season=1&year=1", "season=1", "store=999999", "season=1&year=99999999999999999999"])
def test_nonsense_fills_in_nothing(store, care_manager, page, query):
    assert "kind" not in page(care_manager).get(f"/gatherings/new/?{query}").context["form"].initial
