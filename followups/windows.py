"""When a customer may be called: the store's call window and its parts of the day, all in the store's local time (domain rule 6.2)."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.utils.formats import time_format

DAY = timedelta(days=1)
# A part ends where the next one begins; the window of the store cuts the first and the last one.
PARTS = [("morning", time(0)), ("noon", time(11, 30)), ("afternoon", time(13, 30)), ("evening", time(17, 30))]


@dataclass(frozen=True)
class Slot:
    """One part of one day, cut to the call window."""

    part: str
    start: datetime
    end: datetime


class CallWindow:
    """The hours in which one store calls its customers."""

    def __init__(self, store):
        self.store, self.zone = store, store.zone
        self.opens, self.closes = store.calls_from, store.calls_until

    def __str__(self):
        return f"{time_format(self.opens, 'H:i')}–{time_format(self.closes, 'H:i')}"

    def __contains__(self, moment):
        return self.opens <= self.local(moment).time() < self.closes

    def local(self, moment):
        return moment.astimezone(self.zone)

    def opening(self, day):
        return self.instant(day, self.opens)

    def instant(self, day, clock):
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def next_slot(self, moment):
        """Return ``moment`` itself inside the window, else when it opens next."""
        if moment in self:
            return moment
        local = self.local(moment)
        return self.opening(local.date() if local.time() < self.opens else local.date() + DAY)

    def next_day(self, moment):
        return self.opening(self.local(moment).date() + DAY)

    def part_of(self, moment):
        clock = self.local(moment).time()
        return next(part for part, start in reversed(PARTS) if start <= clock)

    def slots(self, day):
        """Return the parts of ``day`` that lie inside the window."""
        bounds = [max(start, self.opens) for _part, start in PARTS] + [self.closes]
        spans = [(part, start, min(end, self.closes)) for (part, _start), start, end in zip(PARTS, bounds, bounds[1:], strict=False)]
        return [Slot(part, self.instant(day, start), self.instant(day, end)) for part, start, end in spans if start < end]

    def in_another_part(self, earliest, tried):
        """Return the first moment from ``earliest`` on in a part of the day not yet in ``tried`` (a list, the newest last).

        Where every part has been tried, any part but that of the last try will do; a window of one single part knows no other.
        """
        day = self.local(earliest).date()
        parts = {slot.part for slot in self.slots(day)}
        avoided = set(tried) if parts - set(tried) else set(tried[-1:]) if len(parts) > 1 else set()
        coming = (slot for number in range(3) for slot in self.slots(day + DAY * number) if slot.end > earliest)
        return next(max(slot.start, earliest) for slot in coming if slot.part not in avoided)
