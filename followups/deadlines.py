"""When the follow-ups of a plan are due and from when on they may be called."""

from datetime import UTC, datetime

from followups.models import Plan
from followups.windows import DAY, CallWindow
from stores.calendar import Calendar, Unit

BY_THE_CLOCK = (Unit.CLOCK_HOURS, Unit.BUSINESS_HOURS)


class Deadlines:
    """The deadlines of one plan in one store. Units of days are counted once per calendar day: planning many rows stays cheap."""

    def __init__(self, plan, store):
        self.plan, self.store, self.zone = plan, store, store.zone
        self.calendar, self.window = Calendar(store), CallWindow(store)
        self.counted = {}

    def day_of(self, moment):
        return moment.astimezone(self.zone).date()

    def of(self, start):
        """Return ``(due at, steps, callable from)`` of what happened at ``start``."""
        local = start.astimezone(self.zone)
        day = local.date()
        if self.plan.unit in BY_THE_CLOCK:
            deadline = self.calendar.deadline(start, self.plan.offset, self.plan.unit)
            return deadline.at, deadline.steps, self.callable_from(start, deadline.at, self.window.opening(day + DAY))
        if day not in self.counted:
            deadline = self.calendar.deadline(start, self.plan.offset, self.plan.unit)
            self.counted[day] = deadline.at.astimezone(self.zone).date(), deadline.steps, self.window.opening(day + DAY)
        due_day, steps, opening = self.counted[day]
        due_at = datetime.combine(due_day, local.timetz().replace(fold=0)).astimezone(UTC)
        return due_at, steps, self.callable_from(start, due_at, opening)

    def callable_from(self, start, due_at, opening):
        """Return when the call may first be made.

        A customer is left in peace on the day of the service; from the next morning on the call is open, or earlier where it
        would be late by then. The verification of a complaint and a letter need not wait.
        """
        if self.plan.kind == Plan.Kind.LETTER:
            return start
        if self.plan.trigger == Plan.Trigger.COMPLAINT_ANSWERED:
            return self.window.next_slot(start)
        return opening if opening <= due_at else self.window.next_slot(start)
