"""A small random world, the same for the same seed: two stores in two time zones, three months of everything that is counted."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from accounts.roles import Role
from complaints.models import Category, Complaint, Round
from followups.models import FollowUp, Plan, Sample, SampleRow
from stores.calendar import Unit
from surveys.models import Answer, Checklist, Factor, FactorScore, MysteryShop, MysteryShopQuota, Question, Questionnaire, Response, Side
from tests.factories import make_delivery, make_store, make_user, make_vehicle, make_visit
from visits.models import Visit

FIRST, DAYS = datetime(2026, 8, 31, 9, tzinfo=UTC), 92
# Some follow-ups and rounds are still to fall due at this moment.
CLOCK = datetime(2026, 11, 20, 3, tzinfo=UTC)


class World:
    def __init__(self, seed, visits=120):
        self.random = Random(seed)
        self.stores = [make_store(f"W{seed}A"), make_store(f"W{seed}B", timezone="America/New_York")]
        self.people = {store.pk: self.staff(store) for store in self.stores}
        self.questionnaires = [self.questionnaire(*which) for which in [("csi-a", 1, "csi", Side.AFTER_SALES), ("csi-a", 2, "csi", Side.AFTER_SALES),
            ("css-a", 1, "css", Side.SALES), ("mot-a", 1, "mot", Side.AFTER_SALES), ("talk-a", 1, "", Side.SALES)]]  # fmt: skip
        self.plans = [self.plan(*which) for which in [("hand_over", Side.AFTER_SALES, "call"), ("delivery", Side.SALES, "call"),
            ("delivery", Side.SALES, "letter"), ("complaint_answered", Side.AFTER_SALES, "call")]]  # fmt: skip
        self.category = Category.objects.get_or_create(code="other", defaults={"name_en": "Other", "name_zh": "其他"})[0]
        self.checklists = [Checklist.objects.get_or_create(code=f"list-{side}", side=side, defaults={"name_en": "List", "name_zh": "清单"})[0] for side in Side]
        MysteryShopQuota.objects.create(kind="announced", side=Side.SALES, role=Role.SALESPERSON, per_month=2, valid_from=date(2026, 9, 1))
        MysteryShopQuota.objects.create(kind="covert", side="", role="", per_month=2, valid_from=date(2026, 10, 1))
        for _number in range(visits):
            self.add_visit()
        for _number in range(visits // 3):
            self.add_delivery()
        for _number in range(visits // 6):
            self.add_shop()
        for store in self.stores:
            self.add_sample(store)

    def staff(self, store):
        return [make_user(f"{store.code}-{number}".lower(), Role.SALESPERSON, store) for number in range(3)]

    def questionnaire(self, code, version, index, side):
        paper, is_new = Questionnaire.objects.get_or_create(
            code=code, version=version, defaults={"index": index, "side": side, "name_en": code, "name_zh": code}
        )
        if is_new:
            for number, weight in enumerate([17, 24]):
                Factor.objects.create(questionnaire=paper, code=f"f{number}", name_en=f"Factor {number}", name_zh=f"因子{number}", weight=weight)
            Question.objects.create(questionnaire=paper, code="overall", text_en="Overall?", text_zh="总体？", is_overall=True)
        return paper

    def plan(self, trigger, side, kind):
        defaults = {"name_en": trigger, "name_zh": trigger, "trigger": trigger, "side": side, "kind": kind, "offset": 1, "unit": Unit.CALENDAR_DAYS}
        return Plan.objects.get_or_create(code=f"{trigger}-{kind}", defaults=defaults | {"role": Role.CARE_AGENT, "valid_from": date(2013, 1, 1)})[0]

    # Chance

    def maybe(self, share):
        return self.random.random() < share

    def one_of(self, choices):
        return self.random.choice(list(choices))

    def moment(self):
        """A moment to the second, often close to midnight in Shanghai or New York."""
        start = FIRST + timedelta(days=self.random.randrange(DAYS))
        if self.maybe(0.3):
            return start.replace(hour=self.one_of([3, 4, 15, 16]), minute=self.one_of([0, 59]), second=self.one_of([0, 59]))
        return start + timedelta(seconds=self.random.randrange(86400))

    def points(self):
        return Decimal(self.random.randrange(4000000, 10000001)) / 10000

    # Rows

    def add_visit(self):
        store = self.one_of(self.stores)
        advisor, arrived = self.one_of([*self.people[store.pk], None]), self.moment()
        promised = arrived + timedelta(hours=3) if self.maybe(0.8) else None
        over = arrived + timedelta(hours=self.one_of([1, 3, 20])) if self.maybe(0.8) else None
        status = Visit.Status.HANDED_OVER if over else self.one_of([Visit.Status.IN_SHOP, Visit.Status.CANCELLED])
        earlier = Visit.objects.filter(store=store).first() if self.maybe(0.1) else None
        kind = Visit.Kind.COMEBACK if self.maybe(0.1) else Visit.Kind.REPAIR
        times = {"arrived_at": arrived, "promised_at": promised, "handed_over_at": over} | (self.backdating(over) if over else {})
        visit = make_visit(store, advisor=advisor, status=status, kind=kind, comeback_of=earlier, **times)
        if self.maybe(0.15):
            visit.checks.create(level="final", has_passed=self.maybe(0.3), findings="Loose", checked_by=self.people[store.pk][0])
        self.add_followups(visit, "visit", advisor)

    def backdating(self, over):
        entered = over + timedelta(hours=self.one_of([1, 5])) if self.maybe(0.3) else None
        return {"backdated_at": entered, "backdating_accepted_at": entered if self.maybe(0.5) else None}

    def add_delivery(self):
        store = self.one_of(self.stores)
        seller = self.one_of([*self.people[store.pk], None])
        delivery = make_delivery(store, make_vehicle(store), salesperson=seller, delivered_at=self.moment())
        self.add_followups(delivery, "delivery", seller)

    def add_followups(self, source, kind, employee):
        trigger = "hand_over" if kind == "visit" else "delivery"
        for plan in self.plans:
            if plan.trigger in (trigger, "complaint_answered") and self.maybe(0.7):
                response = self.add_response(source, kind, employee, plan) if self.maybe(0.6) else None
                self.add_followup(source, kind, plan, response)
        if self.maybe(0.25):
            self.add_response(source, kind, employee, self.plans[0])
        if self.maybe(0.3):
            self.add_complaint(source, kind, employee)

    def add_followup(self, source, kind, plan, response):
        due = self.moment()
        status = self.one_of(FollowUp.Status)
        finished = due + timedelta(hours=self.one_of([-5, 0, 7])) if status not in (FollowUp.Status.OPEN, FollowUp.Status.CANCELLED) else None
        FollowUp.objects.create(
            store=source.store, plan=plan, source_kind=kind, source_id=source.pk, customer=source.customer, vehicle=source.vehicle, role=plan.role, due_at=due,
            available_at=due, status=status, attempt_count=self.one_of([0, 1, 2]), response=response, finished_at=finished, **{kind: source},
        )  # fmt: skip

    def add_response(self, source, kind, employee, plan):
        papers = [paper for paper in self.questionnaires if paper.side == plan.side]
        paper, voided = self.one_of(papers), self.maybe(0.1)
        response = Response.objects.create(
            store=source.store, questionnaire=paper, customer=source.customer, vehicle=source.vehicle, employee=employee, served_on=self.moment().date(),
            mode=self.one_of([*Response.Mode, "face", "face"]), mood=self.one_of(Response.Mood), is_counted=self.maybe(0.8), points=self.points(),
            voided_at=CLOCK if voided else None, **{kind: source},
        )  # fmt: skip
        for factor in paper.factors.all():
            if self.maybe(0.8):
                FactorScore.objects.create(response=response, factor=factor, points=self.points())
        Answer.objects.create(response=response, question=paper.questions.get(), value=self.one_of([None, 5, 9, 10, 10]))
        return response

    def add_complaint(self, source, kind, employee):
        opened, rounds = self.moment(), self.one_of([1, 1, 2])
        slip = Complaint.objects.create(
            store=source.store, number=f"C{Complaint.objects.count()}", kind=self.one_of(Complaint.Kind), category=self.category, customer=source.customer,
            department=source.store.first_department("service"), employee=employee if self.maybe(0.5) else None, words="Noise", opened_at=opened,
            due_at=opened + timedelta(days=3), round_count=rounds, first_responder=self.people[source.store_id][0], **{kind: source},
        )  # fmt: skip
        for number in range(rounds):
            issued = opened + timedelta(days=4 * number)
            answered = issued + timedelta(days=self.one_of([1, 3, 5])) if self.maybe(0.7) else None
            verified = CLOCK if number + 1 < rounds else None
            Round.objects.create(
                complaint=slip,
                number=number + 1,
                department=slip.department,
                issued_at=issued,
                due_at=issued + timedelta(days=3),
                answered_at=answered,
                verified_at=verified,
            )

    def add_sample(self, store):
        """All visits and deliveries were on a list, of home visits or of calls."""
        days = {"first_day": date(2026, 8, 1), "last_day": date(2026, 11, 30)}
        samples = [Sample.objects.create(store=store, name=kind, kind=kind, count=9, seed=1, **days) for kind in Sample.Kind]
        for position, source in enumerate([*store.visits.order_by("pk"), *store.deliveries.order_by("pk")], start=1):
            name, employee = ("visit", source.advisor) if isinstance(source, Visit) else ("delivery", source.salesperson)
            what = {"sample": self.one_of(samples), "customer": source.customer, "employee": employee, name: source}
            result = self.one_of(["", "met", "met", "met", "absent", "refused"])
            came = {"result": result, "mood": self.one_of(Response.Mood) if result == "met" else "", "done_on": self.moment().date() if result else None}
            SampleRow.objects.create(store=store, standing="drawn", position=position, **what, **came)

    def add_shop(self):
        store = self.one_of(self.stores)
        score = Decimal(self.random.randrange(7000, 10001)) / 100
        is_draft = self.maybe(0.1)
        MysteryShop.objects.create(
            store=store, checklist=self.one_of(self.checklists), kind=self.one_of(MysteryShop.Kind), employee=self.one_of(self.people[store.pk]),
            auditor=self.people[store.pk][0], visited_on=self.moment().date(), score=None if is_draft else score, submitted_at=None if is_draft else CLOCK,
        )  # fmt: skip

    def all_days(self):
        return [date(2026, 8, 25) + timedelta(days=step) for step in range(115)]
