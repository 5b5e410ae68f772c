"""When a car must be inspected (年检), step by step from its first registration (domain rule 5.4, B20)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

# No car is followed further than this.
OLDEST = 40
YEAR = 12
WINDOW_MONTHS = 2


@dataclass(frozen=True)
class Step:
    """One inspection: ``due_on`` is the last day of its month, ``is_on_site`` false where the mark is handed out without a test."""

    due_on: date
    months: int
    is_on_site: bool
    rule: object

    @property
    def opens_on(self):
        """Return the first day one may come: the month it is due and the two before, as calendar months (机动车登记规定 Art. 54)."""
        return month_after(self.due_on.replace(day=1), -WINDOW_MONTHS)


def month_after(first, months):
    number = first.year * YEAR + first.month - 1 + months
    return date(number // YEAR, number % YEAR + 1, 1)


def steps_of(registered_on, rules):
    """Return all steps of a car, earliest first; each is set by the rule in force on its own day."""
    steps = [step for rule in rules for step in steps_by(rule, registered_on) if in_force(rules, step.due_on) is rule]
    return sorted(steps, key=lambda step: step.due_on)


def steps_by(rule, registered_on):
    start = registered_on.replace(day=1)
    for months, is_on_site in rule.cycle(OLDEST * YEAR):
        first = month_after(start, months)
        yield Step(first.replace(day=monthrange(first.year, first.month)[1]), months, is_on_site, rule)


def in_force(rules, day):
    return max((rule for rule in rules if rule.valid_from <= day), key=lambda rule: rule.valid_from, default=None)


def next_step(steps, inspected_on, today):
    """Return the first step that is not over and not done; what was due before and nobody told of counts as done elsewhere."""
    coming = (step for step in steps if step.due_on >= today)
    return next((step for step in coming if inspected_on is None or inspected_on < step.opens_on), None)
