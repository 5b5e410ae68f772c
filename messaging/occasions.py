"""The days reminders are about: where they stand, and whether they still do."""

from datetime import timedelta

from customers.anniversaries import keeps_anniversary_on
from messaging.models.rule import ReminderRule
from messaging.reasons import Reason
from visits.models import AdvisedWork, Visit

Occasion = ReminderRule.Occasion
# A maintenance this long before its planned day counts as that maintenance (FU12).
EARLY = timedelta(days=30)


def occasion_problem(message):
    """Tell why a reminder has lost its reason, "" while it stands."""
    check = {
        Occasion.MAINTENANCE: maintenance_problem,
        Occasion.INSURANCE: insurance_problem,
        Occasion.INSPECTION: inspection_problem,
        Occasion.BIRTHDAY: birthday_problem,
        Occasion.FAMILY: family_problem,
        Occasion.ANNIVERSARY: anniversary_problem,
        Occasion.ADVISED: advised_problem,
    }
    return check[message.rule.occasion](message)


def maintenance_problem(message):
    if message.vehicle.next_maintenance_on != message.occurs_on:
        return Reason.DATE_MOVED
    since = message.occurs_on - EARLY
    visits = Visit.objects.filter(vehicle=message.vehicle, kind__in=Visit.MAINTENANCES, arrived_at__date__gte=since)
    return Reason.VISITED if visits.exclude(status=Visit.Status.CANCELLED).exists() else ""


def insurance_problem(message):
    ends = {message.vehicle.commercial_insurance_until, message.vehicle.compulsory_insurance_until}
    return "" if message.occurs_on in ends else Reason.DATE_MOVED


def inspection_problem(message):
    return "" if message.vehicle.inspection_due_on == message.occurs_on else Reason.DATE_MOVED


def birthday_problem(message):
    return "" if message.customer.keeps_birthday_on(message.occurs_on) else Reason.DATE_MOVED


def family_problem(message):
    person = message.subject
    return "" if person is not None and person.keeps_birthday_on(message.occurs_on) else Reason.DATE_MOVED


def anniversary_problem(message):
    return "" if keeps_anniversary_on(message.vehicle, message.occurs_on) else Reason.DATE_MOVED


def advised_problem(message):
    """Work done here, done elsewhere or refused meanwhile is no reason any more (VI4)."""
    still_open = AdvisedWork.objects.open().filter(vehicle=message.vehicle, due_on=message.occurs_on)
    return "" if still_open.exists() else Reason.DATE_MOVED
