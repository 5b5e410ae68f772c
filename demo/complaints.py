"""Complaints in all their rounds: from calls, from the counter, and some that wait for somebody today."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.models import User
from accounts.roles import DEPARTMENT_HEADS, Role
from complaints.models import Category, Complaint, FeedbackRule, Round
from complaints.services import LIKELY_CATEGORIES
from demo import words
from demo.followups import Try
from demo.surveys import Talk
from demo.world import DAY, MINUTE
from followups.models import VERIFICATION, FollowUp, Plan
from followups.outcomes import Outcome
from visits.models import Visit

Status = Complaint.Status
# Complaints that come by themselves, per visit and delivery.
DIRECT = 0.011
IN_TIME, SATISFIED_AT_ONCE, SATISFIED_LATER, EXCEPTION, REFUSED = 0.93, 0.8, 0.7, 0.35, 0.2
REACHED = 0.88
MOST_ROUNDS = 4
GAPS = ["", "", *Complaint.Gap.values]


@dataclass
class Grievance:
    """What a complaint is about and who took it down; ``fate`` forces how it goes on, step by step."""

    at: datetime
    source: object
    by: User
    followup: FollowUp | None = None
    channel: str = Complaint.Channel.CALL
    kind: str = Complaint.Kind.GRIEVANCE
    fate: list = field(default_factory=list)


# What waits for somebody today in every store: opened how many days ago, and how far it has come. "silent" stops there.
WAITING = [
    (2, ["silent"]),
    (1, ["silent"]),
    (5, ["silent"]),
    (3, ["answered", "silent"]),
    (2, ["answered", "silent"]),
    (4, ["answered", "unsatisfied", "silent"]),
    (9, ["answered", "unsatisfied", "asked"]),
]


class Office:
    """Takes the slips of one store through their rounds."""

    def __init__(self, world, desk):
        self.world, self.desk, self.branch = world, desk, desk.branch
        self.rng = world.random(f"complaints {desk.branch.number}")
        self.categories = Category.objects.in_bulk(field_name="code")
        self.rule = FeedbackRule.objects.on(world.today)
        self.verification = desk.rules_of(Plan.Trigger.COMPLAINT_ANSWERED)[0]
        self.number = 0

    def open_all(self):
        grievances = [Grievance(at + MINUTE * 4, followup.visit or followup.delivery, by, followup) for at, followup, by in self.branch.grievances]
        grievances += self.direct() + self.waiting()
        for grievance in sorted(grievances, key=lambda grievance: grievance.at):
            if grievance.at < self.world.now:
                self.issue(grievance)

    def direct(self):
        """Return the complaints brought to the counter or by phone, letter and authorities."""
        sources = [visit for visit in self.branch.visits if visit.handed_over_at] + self.branch.deliveries
        return [self.brought(source, self.since(source)) for source in sources if self.rng.random() < DIRECT]

    def since(self, source):
        """Return when the customer comes with it: within days, in business hours."""
        start = getattr(source, "handed_over_at", None) or source.delivered_at
        day = self.branch.next_open(self.branch.day(start) + DAY * self.rng.randint(1, 6))
        return self.branch.at(day, self.rng.randint(540, 1050))

    def brought(self, source, at, fate=()):
        channel = self.rng.choices(list(words.CHANNELS), words.CHANNELS.values())[0]
        is_outside = channel not in (Complaint.Channel.SHOP, Complaint.Channel.PHONE)
        kind = Complaint.Kind.COMPLAINT if is_outside or self.rng.random() < 0.6 else Complaint.Kind.GRIEVANCE
        by = self.branch.anybody(self.rng, Role.CARE_AGENT, Role.SERVICE_MANAGER, Role.SALES_MANAGER)
        return Grievance(at, source, by, channel=channel, kind=kind, fate=list(fate))

    def waiting(self):
        """Return the complaints that wait today, about cars handed over shortly before."""
        waiting = []
        for days, fate in WAITING:
            at = self.branch.at(self.world.today - DAY * days, self.rng.randint(560, 1040))
            earlier = [visit for visit in self.branch.visits if visit.handed_over_at and at - DAY * 20 < visit.handed_over_at < at]
            if earlier:
                waiting.append(self.brought(self.rng.choice(earlier), at, fate))
        return waiting

    def issue(self, grievance):
        """Issue the slip and play its rounds until it is closed or today has come."""
        source = grievance.source
        is_visit = isinstance(source, Visit)
        category = self.category(grievance)
        said, wish, _cause, _measure = words.GRIEVANCES[category.code]
        self.number += 1
        due = self.due(grievance.at)
        complaint = Complaint(
            store=self.branch.store,
            number=f"C-{self.branch.store.code}-{self.number:06d}",
            kind=grievance.kind,
            level=Complaint.Level.MAJOR if grievance.channel == Complaint.Channel.REGULATOR else Complaint.Level.ORDINARY,
            channel=grievance.channel,
            category=category,
            department=self.branch.departments[category.department_kind],
            customer=source.customer,
            vehicle=source.vehicle,
            followup=grievance.followup,
            employee=source.advisor if is_visit else source.salesperson,
            words=said,
            wish=wish,
            opened_at=grievance.at,
            due_at=due.at,
            first_responder=grievance.by,
            **{"visit" if is_visit else "delivery": source},
        )
        self.world.books.add(complaint)
        Slip(self, complaint, grievance).play(due)

    def category(self, grievance):
        """Return what the slip is about: the lowest answer of the interview it comes from, else what customers mostly complain about."""
        response = grievance.followup and grievance.followup.response
        for question in self.desk.interviews.low.get(response and response.pk, ()):
            guess = LIKELY_CATEGORIES.get(question.code) or LIKELY_CATEGORIES.get(question.factor.code)
            if guess in words.GRIEVANCES:
                return self.categories[guess]
        likely = words.SERVICE_CATEGORIES if isinstance(grievance.source, Visit) else words.SALES_CATEGORIES
        return self.categories[self.rng.choices(list(likely), likely.values())[0]]

    def due(self, start):
        return self.branch.calendar.deadline(start, self.rule.amount, self.rule.unit)

    def heads(self, complaint):
        return self.branch.staff[DEPARTMENT_HEADS[complaint.department.kind]]


class Slip:
    """One complaint on its way."""

    def __init__(self, office, complaint, grievance):
        self.office, self.complaint, self.by = office, complaint, grievance.by
        self.world, self.branch, self.rng, self.desk = office.world, office.branch, office.rng, office.desk
        self.fate = grievance.fate
        self.is_forced = bool(grievance.fate)

    def play(self, due):
        """Go round after round until it is settled or today has come."""
        complaint, at = self.complaint, self.complaint.opened_at
        current = self.add_round(at, due, self.by)
        particulars = {"department": complaint.department.pk, "due_at": due.at.isoformat()}
        self.note("complaint.issued", at, self.by, told=self.office.heads(complaint), round=1, **particulars)
        while current is not None:
            current = self.play_round(current, self.next_fate())

    def play_round(self, current, fate):
        """Let the department answer and the customer judge; return the next round, None when there is none (yet)."""
        if fate == "asked" or (not self.is_forced and current.number > 1 and self.rng.random() < EXCEPTION):
            return self.ask_exception(current, is_decided=fate != "asked")
        answered_at = None if fate == "silent" else self.answer(current)
        if answered_at is None:
            self.note_overdue(current, self.world.now)
            return None
        verified_at = self.ask(current, answered_at, self.next_fate())
        return None if verified_at is None else self.conclude(current, verified_at)

    def add_round(self, at, due, by):
        complaint = self.complaint
        issued = {"issued_at": at, "issued_by": by, "due_at": due.at, "due_steps": due.steps}
        return self.world.books.add(Round(complaint=complaint, number=complaint.round_count, department=complaint.department, **issued))

    def next_fate(self):
        """Return the next forced step; after the last one, and for most complaints, chance decides."""
        return self.fate.pop(0) if self.fate else ""

    def answer(self, current):
        """Let the head of the department answer, mostly in time; return when, None when it is still to come."""
        hours = self.rng.uniform(3, 20) if self.is_forced else self.rng.uniform(3, 60) if self.rng.random() < IN_TIME else self.rng.uniform(74, 130)
        at = self.in_hours(current.issued_at + timedelta(hours=hours))
        if at >= self.world.now:
            return None
        self.note_overdue(current, at)
        complaint, by = self.complaint, self.office.heads(self.complaint)[0]
        _said, _wish, current.cause, current.measure = words.GRIEVANCES[complaint.category.code]
        current.answered_at, current.answered_by = at, by
        complaint.status, complaint.gap = Status.ANSWERED, self.rng.choice(GAPS)
        told = {user.pk: user for user in [complaint.first_responder, *self.branch.staff[Role.CARE_AGENT]]}
        self.note("complaint.answered", at, by, told=told.values(), round=current.number, is_in_time=current.is_in_time)
        return at

    def note_overdue(self, current, at):
        """Tell that the deadline has passed without an answer."""
        if current.due_at < at:
            current.overdue_noted_at = current.due_at + MINUTE * 5
            told = [*self.office.heads(self.complaint), *self.branch.staff[Role.CARE_MANAGER]]
            self.note("complaint.overdue", current.overdue_noted_at, None, told=told, round=current.number, due_at=current.due_at.isoformat())

    def ask(self, current, answered_at, fate):
        """Plan the call that checks the answer and make it; return when the customer said a word, None when not yet."""
        followup = self.desk.planned(self.office.verification, self.complaint, VERIFICATION, answered_at)
        followup.source_id, followup.visit, followup.delivery = current.pk, self.complaint.visit, self.complaint.delivery
        at = self.desk.at_work(followup.available_at + timedelta(hours=self.rng.uniform(1, 20 if not self.is_forced else 8)))
        if fate == "silent" or at >= self.world.now:
            return None
        likely = SATISFIED_AT_ONCE if current.number == 1 else SATISFIED_LATER
        is_satisfied = current.number == MOST_ROUNDS or self.rng.random() < likely if not fate else fate != "unsatisfied"
        self.call(followup, current, is_satisfied, at)
        return at

    def call(self, followup, current, is_satisfied, at):
        """Make the call, at times at the second try, and pass the customer's word on to the round."""
        by, books, complaint = self.desk.caller(followup), self.world.books, self.complaint
        served_at = complaint.visit.handed_over_at if complaint.visit else complaint.delivery.delivered_at
        talk = Talk(complaint.employee, self.branch.day(served_at), at, by)
        followup.response, followup.status = self.desk.interviews.verify(complaint, is_satisfied, talk), FollowUp.Status.DONE
        if self.rng.random() > REACHED and (earlier := followup.available_at + MINUTE * 20) < at - MINUTE * 60:
            self.desk.count_try(followup, Try(earlier, by, Outcome.NO_ANSWER), at)
            books.note("followup.logged", followup, earlier, by, outcome=Outcome.NO_ANSWER, next_at=at.isoformat())
        self.desk.count_try(followup, Try(at, by, Outcome.OK))
        books.note("followup.logged", followup, at, by, outcome=Outcome.OK, next_at=None)
        self.desk.finish(followup, at, by)
        current.verified_at, current.verified_by, current.is_satisfied = at, by, is_satisfied
        current.verification_note = self.rng.choice(words.SATISFIED_WORDS if is_satisfied else words.UNSATISFIED_WORDS)

    def conclude(self, current, at):
        """Close the slip, or send out the next round at the moment the customer said no."""
        complaint, by, heads = self.complaint, current.verified_by, self.office.heads(self.complaint)
        if current.is_satisfied:
            complaint.status, complaint.closed_at, complaint.closed_by = Status.SATISFIED, at, by
            self.note("complaint.satisfied", at, by, told=heads, round=current.number)
            return None
        self.note("complaint.unsatisfied", at, by, told=heads, round=current.number)
        due = self.office.due(at)
        complaint.status, complaint.due_at = Status.ISSUED, due.at
        complaint.round_count += 1
        if complaint.level == Complaint.Level.ORDINARY:
            complaint.level = Complaint.Level.RAISED
        self.note("complaint.reissued", at, by, told=heads, round=complaint.round_count, level=complaint.level, due_at=due.at.isoformat())
        return self.add_round(at, due, by)

    def ask_exception(self, current, *, is_decided):
        """Let customer care ask to close the slip and the store manager decide; a refused slip goes on."""
        complaint, by, manager = self.complaint, self.branch.staff[Role.CARE_MANAGER][0], self.branch.staff[Role.STORE_MANAGER][0]
        at = self.in_hours(current.issued_at + timedelta(hours=self.rng.uniform(1, 8)))
        if at >= self.world.now:
            return None
        complaint.status, complaint.exception_reason, complaint.exception_asked_by = Status.EXCEPTION_ASKED, words.EXCEPTION_REASON, by
        self.note("complaint.exception_asked", at, by, told=[manager], reason=words.EXCEPTION_REASON)
        decided_at = self.in_hours(at + timedelta(hours=self.rng.uniform(2, 24)))
        if not is_decided or decided_at >= self.world.now:
            return None
        if self.rng.random() < REFUSED:
            complaint.status = Status.ISSUED
            self.note("complaint.exception_rejected", decided_at, manager, told=[by], reason=words.REFUSAL_REASON)
            return self.play_round(current, "answered")
        complaint.status, complaint.closed_at, complaint.closed_by = Status.EXCEPTION, decided_at, manager
        self.note("complaint.exception_approved", decided_at, manager, told=[by, *self.office.heads(complaint)])
        return None

    def note(self, code, at, by, told=(), **particulars):
        """Enter the event and ring the bells of those it concerns, except of who did it."""
        note = self.world.books.note(code, self.complaint, at, by, **particulars)
        note.told = [user for user in told if by is None or user.pk != by.pk]
        note.bell = {"complaint": self.complaint.pk, "number": self.complaint.number, "round": self.complaint.round_count}

    def in_hours(self, at):
        """Return ``at``, or a moment of the next morning of business."""
        day, minute = self.branch.clock(at)
        if 8 * 60 + 30 <= minute <= 18 * 60 and self.branch.is_open(day):
            return at
        return self.branch.at(self.branch.next_open(day + DAY if minute > 18 * 60 else day), 510 + self.rng.randint(0, 150))
