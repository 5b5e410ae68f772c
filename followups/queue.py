"""What the queue page and "my day" show of one person's queue."""

from dataclasses import dataclass
from functools import cached_property

from followups.models import FollowUp
from followups.models.queue import COUNTED_TO, MOST_URGENT, PROMISED, PROMISED_LATER
from followups.reasons import is_comeback, reason_of

# Several lines of the queue may be one household, which is shown once.
READ_AHEAD = 3


def household_of(followup):
    """Return what the calls of one household have in common (FU11)."""
    return (followup.store_id, followup.customer.phone or followup.customer_id) if followup.plan.is_call else followup.pk


@dataclass
class Queue:
    """The person's queue right now; counts stop at a hundred, so that a mountain of work costs no more than a hill."""

    user: object
    now: object
    shown: int = 10

    @cached_property
    def found(self):
        return FollowUp.objects.queue_for(self.user, self.now, COUNTED_TO)

    @cached_property
    def entries(self):
        return [entry for entry in self.found if entry.rank != PROMISED_LATER]

    @cached_property
    def followups(self):
        """Return the first follow-ups in call order with customer, car and reason; one line per household, which knows how many more it has."""
        pks = [entry.pk for entry in self.entries[: self.shown * READ_AHEAD]]
        rows, households = FollowUp.objects.for_queue().in_bulk(pks), {}
        for followup in (rows[pk] for pk in pks if pk in rows):
            first = households.setdefault(household_of(followup), followup)
            first.more = getattr(first, "more", -1) + 1
        found = list(households.values())[: self.shown]
        for followup in found:
            followup.why, followup.is_comeback = reason_of(followup, self.now), is_comeback(followup)
        return found

    @property
    def due(self):
        return len(self.entries)

    @property
    def overdue(self):
        return sum(entry.is_overdue for entry in self.entries)

    @property
    def verifications(self):
        return sum(entry.priority == MOST_URGENT for entry in self.entries)

    @property
    def promised(self):
        """Count the promised calls, those whose time is still to come too."""
        return sum(entry.rank in (PROMISED, PROMISED_LATER) for entry in self.found)
