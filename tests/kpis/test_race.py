"""Two refreshes at once must not lose a day of the month they both sum."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Thread

import pytest
from django.db import connection
from django.db.models import Sum

from activity.services import announce_days
from kpis import facts
from kpis.models import DailyFact, MonthlyFact
from stores.models import Store
from tests.factories import NOW, make_handed_over, make_store, on
from tests.kpis.builders import make_questionnaire, make_responses

DAYS = [on("2026-11-03"), on("2026-11-17")]


@pytest.fixture
def two_days(transactional_db):
    store = make_store("R01")
    paper = make_questionnaire()
    for day in DAYS:
        make_responses(store, paper, ["900"], day)
        announce_days(store.pk, day)
    return store


def refresh_together(store, monkeypatch):
    """Refresh one day in each of two threads, both past their daily facts before either sums the month, if the lock lets them."""
    barrier, errors = Barrier(2, timeout=2), []
    original = facts.sum_months

    def meet(*args):
        # The lock keeps the second one out until the first is done: then there is nobody to meet.
        with suppress(BrokenBarrierError):
            barrier.wait()
        original(*args)

    def run(day):
        try:
            facts.refresh(stores=[store], first=day, last=day)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    monkeypatch.setattr(facts, "sum_months", meet)
    threads = [Thread(target=run, args=[day]) for day in DAYS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def sums():
    return DailyFact.objects.aggregate(Sum("n"))["n__sum"], MonthlyFact.objects.aggregate(Sum("n"))["n__sum"]


@pytest.mark.postgres
def test_two_refreshes_of_one_month_lose_nothing(two_days, monkeypatch):
    assert refresh_together(two_days, monkeypatch) == []
    daily, monthly = sums()
    assert daily == monthly == 6


@pytest.mark.postgres
def test_without_the_lock_they_would(two_days, monkeypatch):
    """The control run: the test above can fail."""
    unlocked = type(Store.objects.all())
    monkeypatch.setattr(unlocked, "select_for_update", lambda rows, **how: rows)
    errors = refresh_together(two_days, monkeypatch)
    daily, monthly = sums()
    assert errors or daily != monthly


def test_a_visit_of_another_day_marked_meanwhile_is_counted_next_time(store):
    make_handed_over(store)
    announce_days(store.pk, on("2026-11-18"))
    facts.refresh(stores=[store], first=on("2026-11-01"), last=on("2026-11-17"), now=NOW)
    assert not DailyFact.objects.exists()
    facts.refresh(now=NOW)
    assert DailyFact.objects.filter(part="visits").count() == 1
