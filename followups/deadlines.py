"""When the follow-ups of a plan are due and from when on they may be called."""

from followups.models import Plan
from followups.windows import DAY, CallWindow
from stores.calendar import Calendar, Unit

# The customer has not been here today, or waits for this call.
PROMPT = (Plan.Trigger.COMPLAINT_ANSWERED, Plan.Trigger.NO_SHOW)
BY_THE_CLOCK = (Unit.CLOCK_HOURS, Unit.BUSINESS_HOURS)


class Deadlines:
    """The deadlines of one plan in one store. Units of days are counted once per calendar day: planning many rows stays cheap."""

    def __init__(self, plan, store):
        self.plan, self.store, self.zone = plan, store, store.zone
        self.calendar, self.window = Calendar(store), CallWindow(store)
        self.counted, self.due_days = {}, set()
        self.is_by_the_clock = plan.unit in BY_THE_CLOCK
        self.is_letter, self.is_prompt = plan.kind == Plan.Kind.LETTER, plan.trigger in PROMPT

    def of(self, start):
        """Return ``(due at, steps, callable from)`` of what happened at ``start``."""
        local = start.astimezone(self.zone)
        day = local.date()
        if self.is_by_the_clock:
            deadline = self.calendar.deadline(start, self.plan.offset, self.plan.unit)
            due_at, steps, opening = deadline.at.astimezone(self.zone), deadline.steps, self.window.opening(day + DAY)
            self.due_days.add(due_at.date())
        else:
            if day not in self.counted:
                deadline = self.calendar.deadline(start, self.plan.offset, self.plan.unit)
                due_day = deadline.at.astimezone(self.zone).date()
                self.counted[day] = due_day - day, deadline.steps, self.window.opening(day + DAY)
                self.due_days.add(due_day)
            distance, steps, opening = self.counted[day]
            # Adding to a local time keeps the time of day, also across a change of the clocks.
            due_at = local + distance
        return due_at, steps, self.callable_from(start, due_at, opening)

    def callable_from(self, start, due_at, opening):
        """Return when the call may first be made.

        A customer is left in peace on the day of the service; from the next morning on the call is open, or earlier where it
        would be late by then. The verification of a complaint, a call to who did not come and a letter need not wait.
        """
        if self.is_letter:
            return start
        if self.plan.trigger == Plan.Trigger.KEY_ACCOUNT:
            # A contact of every week is no call of this morning.
            return self.window.opening(due_at.astimezone(self.zone).date())
        if self.is_prompt:
            return self.window.next_slot(start)
        return opening if opening <= due_at else self.window.next_slot(start)
