"""Whom a sample is drawn from, each customer once, and why some of them may not be drawn."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db.models import Sum

from customers.models import Channel, Consent, Customer, Purpose, Vehicle
from customers.models.birthday import born_on
from followups.models.attempt import Attempt
from followups.models.sample_row import SampleRow
from followups.outcomes import REACHED
from surveys.models import Response
from visits.models import Delivery, Visit
from visits.models.item import OrderItem

YEAR = timedelta(days=365)
PERSON = ["pk", "phone", "address", "do_not_call_at", "loyalty"]
PERSON_OF = [f"customer__{name}" for name in PERSON]
CAR_OF = ["vehicle_id", "vehicle__brand", "vehicle__model", "vehicle__customer_id"]
Exclusion, Standing = SampleRow.Exclusion, SampleRow.Standing


class Frame:
    """The rows of a sample before anybody is drawn."""

    def __init__(self, sample, now):
        self.sample, self.store, self.now = sample, sample.store, now
        self.start, self.end = midnight(sample.first_day, sample.store), midnight(sample.last_day + timedelta(days=1), sample.store)
        self.bars = [
            (Exclusion.RESTRICTED, self.restricted()),
            (Exclusion.REFUSED, self.refusing()),
            (Exclusion.WAITING, self.waiting()),
            (Exclusion.RECENT, self.recent()),
        ]

    def rows(self):
        """Return the rows: each says whether it may be drawn, else why not."""
        found = {"service": self.served, "purchase": self.buyers, "anniversary": self.anniversaries, "birthday": self.birthdays}[self.sample.source]
        return [row for row in found() if not self.sample.classes or row.loyalty in self.sample.classes]

    # Who is found

    def served(self):
        """The customers of the cars handed over in these days, by their newest visit; the bill is that of all of them."""
        visits = Visit.objects.handed_over().filter(store=self.store, handed_over_at__gte=self.start, handed_over_at__lt=self.end)
        cells = visits.order_by("handed_over_at", "pk").values_list("customer_id", "pk", "advisor_id", "kind", "sender_phone", *CAR_OF, *PERSON_OF)
        payers, bills = self.payers(visits), self.bills(self.start)
        for pk, advisor_id, kind, sender_phone, *car_and_person in newest_of_each(cells):
            row = self.row(car_and_person[:4], car_and_person[4:], bills, sender_phone)
            row.visit_id, row.employee_id, row.is_first_service = pk, advisor_id, kind == Visit.Kind.FIRST_SERVICE
            row.payer = payers.get(pk) or (OrderItem.Payer.WARRANTY if kind == Visit.Kind.WARRANTY else OrderItem.Payer.CUSTOMER)
            yield row

    def payers(self, visits):
        """Return who paid the larger part of each visit, where the order has lines."""
        sums = defaultdict(list)
        for visit_id, payer, amount in OrderItem.objects.filter(visit__in=visits).order_by().values_list("visit", "payer").annotate(Sum("amount")):
            sums[visit_id].append((amount, payer))
        return {visit_id: max(amounts)[1] for visit_id, amounts in sums.items()}

    def buyers(self):
        return self.delivered(Delivery.objects.filter(delivered_at__gte=self.start, delivered_at__lt=self.end))

    def anniversaries(self):
        """Those whose car was delivered on one of these days in an earlier year, 29 February with the 28th."""
        wanted = {(day.month, min(day.day, 28) if day.month == 2 else day.day) for day in self.sample.days}
        earlier = Delivery.objects.filter(store=self.store, delivered_at__lt=self.start)
        pks = [pk for pk, at in earlier.order_by().values_list("pk", "delivered_at") if self.month_and_day(at) in wanted]
        return self.delivered(earlier.filter(pk__in=pks))

    def month_and_day(self, moment):
        day = self.store.local(moment).date()
        return day.month, min(day.day, 28) if day.month == 2 else day.day

    def delivered(self, deliveries):
        found = deliveries.filter(store=self.store).order_by("delivered_at", "pk")
        bills = self.bills(self.end - YEAR)
        for pk, salesperson_id, *car_and_person in newest_of_each(found.values_list("customer_id", "pk", "salesperson_id", *CAR_OF, *PERSON_OF)):
            row = self.row(car_and_person[:4], car_and_person[4:], bills)
            row.delivery_id, row.employee_id = pk, salesperson_id
            yield row

    def birthdays(self):
        """The customers whose birthday, solar or lunar, is kept on one of these days."""
        people = [each for each in Customer.objects.filter(born_on(self.sample.days), store=self.store) if any(map(each.keeps_birthday_on, self.sample.days))]
        cars = {car.customer_id: car for car in Vehicle.objects.filter(store=self.store, customer__in=[each.pk for each in people]).order_by("pk")}
        bills = self.bills(self.end - YEAR)
        for person in people:
            car = cars.get(person.pk)
            row = self.row([car.pk, car.brand, car.model, person.pk] if car else [None] * 4, [getattr(person, name) for name in PERSON], bills)
            row.employee_id = person.keeper_id
            yield row

    def bills(self, since):
        """Return what each customer's visits handed over since then, and within the sample's days, came to."""
        visits = Visit.objects.handed_over().filter(store=self.store, handed_over_at__gte=since, handed_over_at__lt=self.end)
        return {pk: amount or Decimal(0) for pk, amount in visits.order_by().values_list("customer").annotate(Sum("total_amount"))}

    # What becomes of them

    def row(self, car, person, bills, other_phone=""):
        (vehicle_id, brand, model, owner_id), (customer_id, phone, address, stopped_at, loyalty) = car, person
        is_sold = vehicle_id is not None and owner_id != customer_id
        exclusion = self.exclusion_of(customer_id, stopped_at, is_sold, phone or other_phone, address)
        names = {"customer_id": customer_id, "vehicle_id": vehicle_id, "model": f"{brand or ''} {model or ''}".strip(), "loyalty": loyalty}
        standing = Standing.EXCLUDED if exclusion else Standing.LEFT
        return SampleRow(store=self.store, **names, bill=bills.get(customer_id, Decimal(0)), standing=standing, exclusion=exclusion)

    def exclusion_of(self, customer_id, stopped_at, is_sold, phone, address):
        if stopped_at or is_sold:
            return Exclusion.DO_NOT_CALL if stopped_at else Exclusion.SOLD
        if self.sample.is_visit and not address:
            return Exclusion.NO_ADDRESS
        if not self.sample.is_visit and not phone:
            return Exclusion.NO_PHONE
        return next((reason for reason, barred in self.bars if customer_id in barred), "")

    def restricted(self):
        """Whose record is kept for the law alone is met by nobody (T125)."""
        return set(Customer.everyone.standing().filter(store=self.store, restricted_at__isnull=False).values_list("pk", flat=True))

    def refusing(self):
        """Who refuses to be asked by phone is not asked at the door either (AR8)."""
        return set(Consent.objects.filter(store=self.store).refused(Purpose.SURVEY, Channel.PHONE).values_list("customer", flat=True))

    def waiting(self):
        return set(SampleRow.objects.filter(store=self.store).waiting().values_list("customer", flat=True))

    def recent(self):
        """Return whom somebody has talked to in the last days, in a call, a survey or a visit."""
        if not self.sample.rest_days:
            return set()
        since = self.now - timedelta(days=self.sample.rest_days)
        called = Attempt.objects.valid().filter(followup__store=self.store, at__gte=since, outcome__in=REACHED).values_list("followup__customer", flat=True)
        answered = Response.objects.filter(store=self.store, submitted_at__gte=since).values_list("customer", flat=True)
        met = SampleRow.objects.met().filter(store=self.store, done_on__gte=self.store.today(since)).values_list("customer", flat=True)
        return {*called.order_by(), *answered.order_by(), *met.order_by()}


def newest_of_each(rows):
    """Return the last row of each customer, whose id is the first cell and is left out."""
    return {customer_id: cells for customer_id, *cells in rows}.values()


def midnight(day, store):
    return datetime.combine(day, time(), store.zone)
