"""The steps of a deadline as sentences: codes and ISO dates in, the reader's language out."""

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from common.words import in_language
from stores.models import Holiday


def explain(steps) -> list[str]:
    """Return the steps of a deadline as sentences in the reader's language."""
    return [WORDS[step["code"]](step) for step in steps if step["code"] in WORDS]


def off_words(step):
    names = in_language(", ", "、").join(name_words(name) for name in step.get("names", []))
    return gettext("%(days)s: %(name)s") % {"days": span_words(step["days"]), "name": names or gettext("weekend")}


def counts_words(step):
    number = len(step["days"])
    return ngettext("%(days)s counts", "%(days)s count", number) % {"days": list_words(step["days"])}


def makeup_words(step):
    number = len(step["days"])
    return ngettext("%(days)s is a make-up working day", "%(days)s are make-up working days", number) % {"days": list_words(step["days"])}


def provisional_words(step):
    return gettext("The make-up working days of %(year)s are not known yet; this date may move.") % {"year": step["year"]}


def clock_hours_words(step):
    number = step["amount"]
    moment = date_format(datetime.fromisoformat(step["from"]), in_language("j M H:i", "n月j日 H:i"))
    return ngettext("%(number)s clock hour after %(moment)s", "%(number)s clock hours after %(moment)s", number) % {"number": number, "moment": moment}


def calendar_days_words(step):
    number = step["amount"]
    return ngettext("%(number)s calendar day after %(day)s", "%(number)s calendar days after %(day)s", number) % {
        "number": number,
        "day": day_words(step["from"]),
    }


def months_words(step):
    number = step["amount"]
    return ngettext("%(number)s month after %(day)s", "%(number)s months after %(day)s", number) % {"number": number, "day": day_words(step["from"])}


def month_end_words(step):
    return gettext("%(day)s is the last day of its month") % {"day": day_words(step["day"])}


def open_words(step):
    names = in_language(", ", "、").join(step.get("names", []))
    days = span_words(step["days"]) + (in_language(" (%s)", "（%s）") % names if names else "")
    return gettext("%(days)s: open for %(duration)s") % {"days": days, "duration": duration_words(step["seconds"])}


def closed_words(step):
    names = in_language(", ", "、").join(name_words(name) for name in step.get("names", []))
    if not names:
        return gettext("%(days)s: closed") % {"days": span_words(step["days"])}
    return gettext("%(days)s: closed, %(name)s") % {"days": span_words(step["days"]), "name": names}


WORDS = {
    "off": off_words,
    "counts": counts_words,
    "makeup": makeup_words,
    "provisional": provisional_words,
    "clock_hours": clock_hours_words,
    "calendar_days": calendar_days_words,
    "months": months_words,
    "month_end": month_end_words,
    "open": open_words,
    "closed": closed_words,
}


def name_words(name):
    """Return a holiday in the reader's language; a name somebody typed in stays as it is."""
    return str(Holiday(name).label) if name in Holiday.values else name


def day_words(day):
    return date_format(date.fromisoformat(day), in_language("j M", "n月j日"))


def list_words(days):
    """Name a few days one by one, more as a span: 9, 10 Oct; 9–15 Oct."""
    if len(days) > 2 or days[0][:7] != days[-1][:7]:
        return span_words(days)
    tail = in_language(", %s", "、%s日") % date.fromisoformat(days[1]).day if len(days) == 2 else ""
    return in_language(f"{date.fromisoformat(days[0]).day}{tail} {month_word(days[0])}", f"{day_words(days[0])}{tail}")


def span_words(days):
    """Name the unbroken days as a span: 1–8 Oct, 30 Sep–2 Oct."""
    first, last = days[0], days[-1]
    if first == last:
        return day_words(first)
    if first[:7] != last[:7]:
        return f"{day_words(first)}{in_language('–', '至')}{day_words(last)}"
    number = date.fromisoformat(last).day
    return in_language(f"{date.fromisoformat(first).day}–{number} {month_word(last)}", f"{day_words(first)}至{number}日")


def month_word(day):
    return date_format(date.fromisoformat(day), "M")


def duration_words(seconds):
    parts = [(seconds // 3600, gettext("%(number)s h")), (seconds % 3600 // 60, gettext("%(number)s min")), (seconds % 60, gettext("%(number)s s"))]
    return " ".join(words % {"number": number} for number, words in parts if number) or gettext("%(number)s min") % {"number": 0}
