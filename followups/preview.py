"""What a plan would have made of a day: counted with the code that plans, nothing written (VI2)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from followups.deadlines import Deadlines
from followups.models import FollowUp
from followups.occasions import outlined, share_of_day
from followups.services import SOURCES, outlines

EXAMPLES = 8


@dataclass
class StorePreview:
    """One store's share; ``happened`` are all hand-overs or deliveries of the day, ``exempt`` those that meet the conditions but must not be called."""

    store: object
    happened: int
    tasks: int = 0
    exempt: Counter = field(default_factory=Counter)
    due: list = field(default_factory=list)

    @property
    def reasons(self):
        return [(FollowUp.Exemption(name).label, number) for name, number in self.exempt.most_common()]


@dataclass
class Preview:
    day: object
    stores: list
    examples: list

    @property
    def tasks(self):
        return sum(one.tasks for one in self.stores)

    @property
    def happened(self):
        return sum(one.happened for one in self.stores)


def preview_of(plan, stores, day):
    """Return the :class:`Preview` of the unsaved ``plan`` for what happened on ``day``."""
    lines, examples = [], []
    for store in stores:
        line, rows = preview_in(plan, store, day)
        if line.happened:
            lines.append(line)
            examples += rows[: EXAMPLES - len(examples)]
    return Preview(day, lines, examples)


def preview_in(plan, store, day):
    return preview_of_day(plan, store, day) if plan.trigger in plan.DATED else preview_of_source(plan, store, day)


def preview_of_day(plan, store, day):
    """Try a plan that starts from a day on file: what it would have added that night."""
    calls = list(outlined(plan, store, datetime.combine(day, time(3), store.zone)))
    kept = list(share_of_day(calls, plan.most_per_day))
    line = StorePreview(store, len(calls), exempt=Counter(call.exemption for call in kept if call.exemption))
    waiting = [call for call in kept if call.is_open]
    line.tasks, line.due = len(waiting), sorted({call.due_day for call in waiting})
    return line, [example(call.vehicle or call.customer, call.customer, call.vehicle, call.due_at) for call in waiting[:EXAMPLES]]


def preview_of_source(plan, store, day):
    source, start = SOURCES[plan.trigger], datetime.combine(day, time(0), store.zone)
    bounds = {f"{source.moment}__gte": start, f"{source.moment}__lt": datetime.combine(day + timedelta(days=1), time(0), store.zone)}
    line = StorePreview(store, source.all_rows(store, **bounds).count())
    planned = []
    for exemption, cells in outlines(plan, store, source.rows(plan, store, **bounds), Deadlines(plan, store)):
        if exemption:
            line.exempt[exemption] += 1
        else:
            planned.append((cells[0], cells[5]))
    line.tasks, line.due = len(planned), sorted({due_at.astimezone(store.zone).date() for _pk, due_at in planned})
    return line, examples_of(source, sorted(planned, key=lambda pair: pair[1]))


def examples_of(source, planned):
    """Return an :func:`example` of each of the first that are due."""
    first = dict(planned[:EXAMPLES])
    rows = source.model.objects.with_people().in_bulk(list(first))
    return [example(rows[pk], rows[pk].customer, rows[pk].vehicle, due_at) for pk, due_at in first.items()]


def example(row, customer, car, due_at):
    """Return ``(address, words, due at)``."""
    return row.get_absolute_url(), " · ".join(str(each) for each in (customer, car) if each), due_at
