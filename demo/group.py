"""Builds the whole demo group, from the first store to the last figure."""

from django.db import transaction

from customers.services import expect_inspections
from demo.advice import advise
from demo.appointments import book_appointments
from demo.books import Books
from demo.ceremonies import hold_ceremonies
from demo.complaints import Office
from demo.deliveries import PER_VISIT, deliver_cars
from demo.followups import Desk, interview_face_to_face
from demo.gatherings import hold_gatherings
from demo.guarantees import fill_guarantees, watch_guarantees
from demo.leads import show_visitors
from demo.messages import remind
from demo.orders import fill_orders
from demo.own_fields import add_fields
from demo.people import hire, issue_tokens
from demo.promises import promise
from demo.shifts import plan_shifts, write_reports
from demo.shops import visit_secretly
from demo.stores import open_branches, put_on_duty, set_targets
from demo.surveys import Interviews
from demo.visits import receive_cars
from demo.workshop import fill_workshop
from demo.world import DAY, World
from followups.review import doubt_calls
from kpis import facts
from stores.calendar import add_months
from visits.loyalty.classes import classify_customers

# Each visit brings about two follow-ups and eight other rows at most; keys left over cost nothing.
KEYS_PER_VISIT = 8
SPARE_KEYS = 2000
READ_BEFORE = 3 * DAY
LONGEST_AHEAD = 60 * DAY


@transaction.atomic
def build(*, seed, today, stores, months, visits):
    """Build the group and return ``(memberships, tokens)``: who can sign in, and one API token per role."""
    world = World(seed, today, add_months(today, -months), Books(visits * KEYS_PER_VISIT + SPARE_KEYS), open_branches(stores))
    memberships = hire(world)
    add_fields()
    interviews = Interviews(world)
    set_targets(world.first_day, world.now)
    for branch, number in zip(world.branches, shares(visits, stores), strict=True):
        put_on_duty(branch, world.first_day, today + LONGEST_AHEAD)
        run(world, branch, interviews, number)
    world.books.write_archive()
    watch_guarantees(world)
    remind(world)
    world.books.write_rest(world.now - READ_BEFORE)
    classify_customers(world.now)
    expect_inspections([branch.store for branch in world.branches])
    doubt_calls(world.now)
    write_reports(world)
    count_up(world)
    return memberships, issue_tokens(memberships)


def shares(visits, stores):
    """Share out the visits: every store is a little smaller than the one before."""
    weights = [0.9**place for place in range(stores)]
    given = [int(visits * weight / sum(weights)) for weight in weights]
    return [given[0] + visits - sum(given), *given[1:]]


def run(world, branch, interviews, number):
    """Let one store live through the whole span."""
    bought = deliver_cars(world, branch, round(number * PER_VISIT))
    hold_ceremonies(world, branch)
    receive_cars(world, branch, number, bought)
    fill_workshop(world, branch)
    fill_guarantees(world, branch)
    fill_orders(world, branch)
    advise(world, branch)
    book_appointments(world, branch)
    interview_face_to_face(world, branch, interviews)
    desk = Desk(world, branch, interviews)
    desk.follow_up_all()
    Office(world, desk).open_all()
    promise(world, branch)
    visit_secretly(world, branch)
    show_visitors(world, branch)
    plan_shifts(world, branch)
    hold_gatherings(world, branch)


def count_up(world):
    """Compute the figures of every day, so that the first dashboard opens at once."""
    last = world.today + LONGEST_AHEAD
    days = [world.first_day + DAY * number for number in range((last - world.first_day).days)]
    for branch in world.branches:
        facts.mark(branch.store.pk, days)
    facts.refresh(now=world.now)
