"""What an estimate says of itself: the reader can check every step (FU12)."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def basis_of(estimate):
    """Return the sentences an estimate rests on, as one text."""
    return " ".join([since_of(estimate), rule_of(estimate), drive_of(estimate), conclusion_of(estimate)])


def since_of(estimate):
    given = {"day": day(estimate.since), "mileage": figure(estimate.since_mileage)}
    if estimate.is_first:
        return _("Delivered %(day)s, no maintenance since.") % given
    if estimate.since_mileage is None:
        return _("Last maintenance %(day)s, mileage not known.") % given
    return _("Last maintenance %(day)s at %(mileage)s km.") % given


def rule_of(estimate):
    return _("%(rule)s: due after %(km)s km or %(months)d months, whichever is first.") % {
        "rule": estimate.interval,
        "km": figure(estimate.km),
        "months": estimate.months,
    }


def drive_of(estimate):
    drive = estimate.drive
    if drive.per_day is None:
        return _("Too few readings to tell how far it is driven.")
    count = len(drive.used)
    told = ngettext(
        "About %(monthly)s km a month by %(count)d reading from %(first)s to %(last)s.",
        "About %(monthly)s km a month by %(count)d readings from %(first)s to %(last)s.",
        count,
    ) % {"monthly": figure(drive.monthly), "count": count, "first": day(drive.used[0].day), "last": day(drive.last.day)}
    return f"{told} {left_out_of(drive)}".strip()


def left_out_of(drive):
    count = len(drive.left_out)
    if not count:
        return ""
    return ngettext("%(count)d reading that does not fit is left out.", "%(count)d readings that do not fit are left out.", count) % {"count": count}


def conclusion_of(estimate):
    if estimate.by_mileage is None:
        return _("By time: %(day)s.") % {"day": day(estimate.by_time)}
    given = {"mileage": figure(estimate.due_mileage), "by_mileage": day(estimate.by_mileage), "by_time": day(estimate.by_time)}
    return _("%(mileage)s km about %(by_mileage)s; by time %(by_time)s.") % given


def day(value):
    return date_format(value, "Y-m-d")


def figure(value):
    return "–" if value is None else f"{value:,}"
