"""What the queue page and "my day" show of one person's queue."""

from dataclasses import dataclass
from functools import cached_property

from followups.models import FollowUp
from followups.models.queue import COUNTED_TO, MOST_URGENT


@dataclass
class Queue:
    """The person's queue right now; counts stop at a thousand, so that a mountain of work costs no more than a hill."""

    user: object
    now: object
    shown: int = 20

    @cached_property
    def entries(self):
        return FollowUp.objects.queue_for(self.user, self.now, COUNTED_TO)

    @cached_property
    def followups(self):
        """Return the first follow-ups in call order, each with its customer, car and reason."""
        rows = FollowUp.objects.for_queue().in_bulk([entry.pk for entry in self.entries[: self.shown]])
        found = [rows[entry.pk] for entry in self.entries[: self.shown] if entry.pk in rows]
        for followup in found:
            followup.why = followup.reason(self.now)
        return found

    @property
    def due(self):
        return len(self.entries)

    @property
    def overdue(self):
        return sum(1 for entry in self.entries if entry.due_at < self.now)

    @property
    def verifications(self):
        return sum(1 for entry in self.entries if entry.priority == MOST_URGENT)

    @cached_property
    def promised(self):
        """Count the promised calls, those whose time is still to come too."""
        return FollowUp.objects.promised().of_worker(self.user)[:COUNTED_TO].count()
