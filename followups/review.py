"""Looking through what has been logged for calls that were never made, every hour (FU13, T27)."""

from collections import defaultdict
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from activity.services import record
from followups.evidence import Logged, suspicions
from followups.models import Attempt, Doubt, EvidenceRule, Plan
from followups.windows import CallWindow
from notifications.services import notify
from stores.calendar import Calendar
from stores.models import Store


def doubt_calls(now=None):
    """Write down what is doubtful about the calls of the last days; safe to run twice. Return how many doubts are new."""
    now, rules = now or timezone.now(), EvidenceRule.objects.all().by_day()
    return sum(review_store(store, rules, now) for store in Store.objects.all())


@transaction.atomic
def review_store(store, rules, now):
    """Lock the store, so that two reviews never find the same twice, and look through the calls person by person."""
    Store.objects.select_for_update(no_key=True).get(pk=store.pk)
    rule = rules(store.today(now))
    if rule is None:
        return 0
    found = [(by, each) for by, calls in logged_calls(store, rules, now - timedelta(days=rule.note_days)).items() for each in suspicions(calls, rules)]
    return sum(keep(store, by, each) for by, each in found)


def logged_calls(store, rules, since):
    """Return ``{person: [Logged]}`` of the store's valid calls since then, oldest first."""
    attempts = Attempt.objects.contacts().valid().filter(followup__store=store, followup__plan__kind=Plan.Kind.CALL, at__gt=since)
    calls, hours = defaultdict(list), Hours(store)
    for attempt in attempts.select_related("followup__plan").order_by("at", "pk"):
        day = store.local(attempt.at).date()
        rule = rules(day)
        logged = Logged(
            pk=attempt.pk,
            customer=attempt.followup.customer_id,
            at=attempt.at,
            day=day,
            outcome=attempt.outcome,
            note=attempt.note,
            seconds=attempt.seconds,
            is_told=attempt.talk_seconds is not None,
            is_interview=bool(attempt.followup.plan.questionnaire_code),
            is_outside=rule is not None and not hours.has(attempt.at, timedelta(minutes=rule.grace_minutes)),
        )
        calls[attempt.by_id].append(logged)
    return calls


class Hours:
    """When somebody may well be calling: in the store's call window, and while the store is open."""

    def __init__(self, store):
        self.window, self.calendar, self.spans = CallWindow(store), Calendar(store), {}

    def has(self, moment, grace):
        return any(opens - grace <= moment <= closes + grace for opens, closes in self.of(self.window.local(moment).date()))

    def of(self, day):
        if day not in self.spans:
            window = (self.window.instant(day, self.window.opens), self.window.instant(day, self.window.closes))
            self.spans[day] = [window, *self.calendar.open_spans(day)]
        return self.spans[day]


def keep(store, by_id, suspicion):
    """Write down a suspicion, or add what is new about it to the doubt that is open already; what was settled is not asked again."""
    about = Doubt.objects.filter(store=store, by=by_id, sign=suspicion.sign, attempts__in=suspicion.calls)
    if doubt := about.open().first():
        Doubt.objects.open().filter(pk=doubt.pk).update(numbers=suspicion.numbers)
        doubt.attempts.add(*suspicion.calls)
        return 0
    settled = set(Doubt.attempts.through.objects.filter(doubt__in=about).values_list("attempt", flat=True))
    if settled and len(set(suspicion.calls) - settled) < suspicion.numbers["most"]:
        return 0
    first_at = Attempt.objects.get(pk=suspicion.calls[0]).at
    doubt = Doubt.objects.create(store=store, by_id=by_id, sign=suspicion.sign, numbers=suspicion.numbers, first_at=first_at)
    doubt.attempts.set(suspicion.calls)
    record("doubt.found", doubt, sign=doubt.sign, count=len(suspicion.calls))
    notify(reviewers(store, by_id), "doubt.found", doubt, name=doubt.by.name, sign=doubt.sign)
    return 1


def reviewers(store, by_id):
    """Return who is told: the care managers; about the calls of the only one, the store's manager."""
    others = User.objects.exclude(pk=by_id)
    return others.with_roles([Role.CARE_MANAGER], store) or others.with_roles([Role.STORE_MANAGER], store)
