"""The calls and letters after every hand-over and delivery, tried as often as the rules allow."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from accounts.roles import Role
from demo import words
from demo.surveys import Talk
from demo.world import DAY, MINUTE
from followups.deadlines import Deadlines
from followups.models import VERIFICATION, Attempt, FollowUp, Plan
from followups.outcomes import OUTCOMES, Outcome, Retry
from followups.retries import History, next_step
from surveys.models import Response
from visits.models import Visit

Status = FollowUp.Status
# What comes of a hundred thousand tries.
CHANCES = {
    Outcome.OK: 58000, Outcome.NO_ANSWER: 20500, Outcome.BUSY: 7500, Outcome.OFF: 2500, Outcome.CALLBACK: 4500, Outcome.REFUSED: 3000,
    Outcome.PARTIAL: 700, Outcome.EMPTY: 450, Outcome.WRONG: 600, Outcome.SUSPENDED: 350, Outcome.LANGUAGE: 200, Outcome.INELIGIBLE: 400,
    Outcome.DO_NOT_CALL: 150, Outcome.MESSAGE: 550,
}  # fmt: skip
# So many seconds at least a call was in hand: nobody reached, somebody reached.
HELD = (20, 95)
SILENT_SINCE = 2 * DAY
IN_TIME = 0.965
RAISED = 0.85
ESCALATED = 0.12
LEFT_OVER = 0.3
ASKS_TO_CALL_BACK = 0.2
LEFT_OVER_SINCE = 2 * DAY


@dataclass(frozen=True)
class Try:
    """One try to reach a customer and what came of it."""

    at: datetime
    by: User
    outcome: str
    note: str = ""


class Desk:
    """The people of one store who call its customers."""

    def __init__(self, world, branch, interviews):
        self.world, self.branch, self.interviews = world, branch, interviews
        self.rng = world.random(f"followups {branch.number}")
        self.rules = [Deadlines(plan, branch.store) for plan in Plan.objects.valid_on(world.today)]

    def rules_of(self, trigger):
        """Return the deadlines of every plan with this trigger."""
        return [rule for rule in self.rules if rule.plan.trigger == trigger]

    def follow_up_all(self):
        """Follow up every hand-over and delivery in the order of time: who wants no more calls is heard."""
        sources = [(visit.handed_over_at, visit) for visit in self.branch.visits if visit.handed_over_at]
        sources += [(delivery.delivered_at, delivery) for delivery in self.branch.deliveries]
        for moment, source in sorted(sources, key=lambda pair: pair[0]):
            self.follow_up(source, moment)

    def follow_up(self, source, moment):
        is_visit = isinstance(source, Visit)
        trigger = Plan.Trigger.HAND_OVER if is_visit else Plan.Trigger.DELIVERY
        for rule in self.rules_of(trigger):
            if not (is_visit and rule.plan.visit_kinds and source.kind not in rule.plan.visit_kinds):
                followup = self.planned(rule, source, "visit" if is_visit else "delivery", moment)
                self.work(followup, Subject(self, source, moment))

    def planned(self, rule, source, kind, moment):
        """Enter an open follow-up of ``source``, as the plan says."""
        plan = rule.plan
        due_at, steps, available_at = rule.of(moment)
        followup = FollowUp(
            store=self.branch.store,
            plan=plan,
            source_kind=kind,
            source_id=source.pk,
            customer=source.customer,
            vehicle=source.vehicle,
            role=plan.role,
            assignee=getattr(source, "salesperson", None) if plan.to_salesperson else None,
            priority=plan.priority,
            due_at=due_at,
            due_steps=steps,
            available_at=available_at,
            created_at=moment,
        )
        if kind in ("visit", "delivery"):
            setattr(followup, kind, source)
        return self.world.books.add(followup)

    def work(self, followup, subject):
        """Try until it is finished or today has come."""
        tries, at = [], self.first_try(followup)
        while followup.status == Status.OPEN and at < self.world.now and not is_stopped(followup, at):
            at = self.attempt(followup, subject, tries, at)
        if followup.status == Status.OPEN and is_stopped(followup, self.world.now):
            self.exempt(followup, max(followup.customer.do_not_call_at, followup.created_at))

    def first_try(self, followup):
        """Draw when somebody first finds time: mostly late but before it is due; some of the last days are left over."""
        span = followup.due_at - followup.available_at
        share = self.rng.betavariate(2, 2)
        at = followup.available_at + span * share
        if self.rng.random() > IN_TIME:
            at = followup.due_at + timedelta(hours=self.rng.uniform(0.5, 30))
        is_recent = self.world.now - LEFT_OVER_SINCE < followup.due_at < self.world.now
        if is_recent and self.rng.random() < LEFT_OVER:
            at = self.world.now + DAY
        return at if followup.plan.kind == Plan.Kind.LETTER else self.at_work(at)

    def at_work(self, at):
        """Return ``at``, or a moment of the first hours of the next call window."""
        slot = self.branch.window.next_slot(at)
        return at if slot == at else slot + MINUTE * self.rng.randint(2, 150)

    def attempt(self, followup, subject, tries, at):
        """Log one try and return when the next one is due."""
        one = self.draw(followup, at)
        if one.outcome == Outcome.OK and subject.is_escalated(followup):
            self.escalate(followup, subject, one)
            return at
        promised_at = self.promise(at) if OUTCOMES[one.outcome].retry == Retry.AGREED else None
        history = History(tries, followup.plan.max_attempts, followup.due_at)
        step = next_step(one.outcome, history, self.branch.window, at, promised_at)
        followup.response = subject.response(followup, one) if one.outcome == Outcome.OK else None
        self.log(followup, one, step, promised_at)
        tries.append((at, one.outcome))
        if followup.status != Status.OPEN:
            self.finish(followup, at, one.by)
            subject.raise_complaint(followup, at, one.by)
            return at
        return self.at_work(step.at + MINUTE * self.rng.randint(3, 40))

    def draw(self, followup, at):
        """Draw who tries and what comes of it."""
        by, outcome = self.caller(followup), self.outcome(followup, at)
        is_letter = followup.plan.kind == Plan.Kind.LETTER
        note = "" if is_letter else self.rng.choice(words.NOTES if OUTCOMES[outcome].is_contact else words.NO_CONTACT_NOTES)
        return Try(at, by, outcome, note)

    def outcome(self, followup, at):
        """Draw what comes of a try; on the last day more customers ask to be called back, so that promises wait today."""
        if followup.plan.kind == Plan.Kind.LETTER:
            return Outcome.OK
        if at > self.world.now - DAY and self.rng.random() < ASKS_TO_CALL_BACK:
            return Outcome.CALLBACK
        return self.rng.choices(list(CHANCES), CHANCES.values())[0]

    def log(self, followup, one, step, promised_at):
        """Write one try into the follow-up and what it says of the customer into the card."""
        self.count_try(followup, one, step.at)
        followup.promised_at = None if step.closes_as else promised_at
        if step.closes_as:
            followup.status = step.closes_as
        else:
            followup.available_at = step.at
        self.world.books.note("followup.logged", followup, one.at, one.by, outcome=one.outcome, next_at=step.at and step.at.isoformat())
        self.tell_customer_card(followup.customer, one, step)

    def count_try(self, followup, one, next_at=None):
        followup.outcome, followup.first_attempt_at = one.outcome, followup.first_attempt_at or one.at
        followup.attempt_count += 1
        held_since = one.at - timedelta(seconds=HELD[OUTCOMES[one.outcome].is_contact] + one.at.second)
        self.world.books.enter(Attempt, followup.pk, one.by.pk, one.at, one.outcome, one.note, next_at, held_since, "", self.talked(one))

    def talked(self, one):
        """Return the seconds the telephone tells of; with one caller nobody has talked of late, so that there is something to ask about."""
        is_silent = one.by == self.branch.staff[Role.CARE_AGENT][0] and one.at > self.world.now - SILENT_SINCE
        return 0 if is_silent and one.outcome == Outcome.OK else None

    def finish(self, followup, at, by):
        followup.finished_at, followup.finished_by = at, by
        self.world.books.note("followup.finished", followup, at, by, status=followup.status, outcome=followup.outcome)

    def escalate(self, followup, subject, one):
        """Close a call in which the customer complained before the interview was over."""
        followup.status, followup.promised_at = Status.ESCALATED, None
        self.count_try(followup, Try(one.at, one.by, Outcome.PARTIAL))
        self.world.books.note("followup.escalated", followup, one.at, one.by)
        self.finish(followup, one.at, one.by)
        subject.raise_complaint(followup, one.at, one.by)

    def exempt(self, followup, at):
        followup.status, followup.exemption, followup.promised_at = Status.INELIGIBLE, FollowUp.Exemption.DO_NOT_CALL, None
        followup.finished_at = at
        self.world.books.note("followup.exempted", followup, at, exemption=followup.exemption)
        self.world.books.note("followup.finished", followup, at, status=followup.status)

    def caller(self, followup):
        return followup.assignee or self.branch.anybody(self.rng, followup.role)

    def promise(self, at):
        """Return the time a customer asks for: one of the next two days, on the half hour."""
        day, _minute = self.branch.clock(at)
        return self.branch.at(day + DAY * self.rng.randint(1, 2), self.rng.randrange(570, 1170, 30))

    def tell_customer_card(self, customer, one, step):
        if step.doubts_phone and not customer.phone_doubtful_at:
            customer.phone_doubtful_at = one.at
        if one.outcome == Outcome.DO_NOT_CALL and not customer.do_not_call_at:
            customer.do_not_call_at = one.at
            self.world.books.note("customer.calls_stopped", customer, one.at, one.by)


def is_stopped(followup, at):
    """Tell whether the customer has asked for no more calls by then; a complaint is checked all the same."""
    stopped_at = followup.customer.do_not_call_at
    return bool(stopped_at and stopped_at <= at and followup.plan.is_call and followup.source_kind != VERIFICATION)


class Subject:
    """What is talked about in the calls after one visit or delivery, and how the customer feels about it."""

    has_complained = False

    def __init__(self, desk, source, moment):
        self.desk, self.source = desk, source
        self.is_visit = isinstance(source, Visit)
        self.employee = source.advisor if self.is_visit else source.salesperson
        self.served_on = desk.branch.day(moment)
        is_late = self.is_visit and source.is_on_time is False
        is_trouble = self.is_visit and source.comeback_of is not None
        self.feelings = desk.interviews.feelings(desk.branch, self.employee, self.served_on, is_late=is_late, is_trouble=is_trouble)
        self.is_angry = self.feelings.mood == Response.Mood.COMPLAINING and desk.rng.random() < ESCALATED

    def is_escalated(self, followup):
        return self.is_angry and followup.plan.is_call and not self.has_complained

    def response(self, followup, one):
        """Enter what the customer answers in a completed interview."""
        code = followup.plan.questionnaire_code
        if not code:
            return None
        return self.desk.interviews.respond(code, self.source, self.feelings, Talk(self.employee, self.served_on, one.at, one.by, remark=one.note))

    def raise_complaint(self, followup, at, by):
        """Raise a complaint once, out of a call that brought a grievance to light."""
        is_escalated = followup.status == Status.ESCALATED
        is_low = followup.response and followup.response.mood == Response.Mood.COMPLAINING and self.desk.rng.random() < RAISED
        if not self.has_complained and (is_escalated or is_low):
            self.has_complained = True
            self.desk.branch.grievances.append((at, followup, by))


def interview_face_to_face(world, branch, interviews):
    """Enter the interviews held in the shop: buyers at the delivery, some owners at the hand-over (MOT)."""
    rng = world.random(f"face {branch.number}")
    for delivery in branch.deliveries:
        if rng.random() < 0.9:
            face(interviews, branch, rng, "delivery-24h", delivery, delivery.salesperson, delivery.delivered_at)
    for visit in branch.visits:
        if visit.handed_over_at and rng.random() < 0.16:
            face(interviews, branch, rng, "mot", visit, visit.advisor, visit.handed_over_at)


def face(interviews, branch, rng, code, source, employee, at):
    served_on, is_late = branch.day(at), getattr(source, "is_on_time", True) is False
    feelings = interviews.feelings(branch, employee, served_on, is_late=is_late)
    interviews.respond(code, source, feelings, Talk(employee, served_on, at, branch.anybody(rng, Role.CARE_AGENT), Response.Mode.FACE))
