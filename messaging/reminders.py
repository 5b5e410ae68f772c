"""Planning the reminders of the days ahead: whom the rules reach and when. Running it twice plans nothing twice."""

from collections import defaultdict
from datetime import datetime, time, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import BooleanField, Case, OuterRef, Q, Subquery, When
from django.utils import timezone

from common.bulk import OnConflict, load
from customers.anniversaries import delivered_around, keeps_anniversary_on
from customers.models import Consent, ContactPerson, Customer, Vehicle
from customers.models.birthday import born_on
from customers.models.consent import holding
from messaging import reach
from messaging.models import Message, ReminderRule
from messaging.occasions import Occasion
from messaging.wording import values
from stores.models import Store
from visits.models import AdvisedWork

# People can see what is coming a week ahead, and stop it.
HORIZON = timedelta(days=7)
SEND_AT = time(9, 30)
# How long after its hour a reminder is still worth sending; a birthday is over in the evening (T55).
LASTS = {
    Occasion.MAINTENANCE: timedelta(days=3),
    Occasion.INSURANCE: timedelta(days=3),
    Occasion.INSPECTION: timedelta(days=3),
    Occasion.BIRTHDAY: timedelta(hours=11),
    Occasion.FAMILY: timedelta(hours=11),
    Occasion.ANNIVERSARY: timedelta(hours=11),
    Occasion.ADVISED: timedelta(days=3),
}
COLUMNS = [
    "store_id", "customer_id", "vehicle_id", "template_id", "rule_id", "occurs_on", "key", "subject_type_id", "subject_id",
    "phone", "body", "parameters", "due_at", "expires_at",
]  # fmt: skip


def plan_reminders(now=None):
    """Plan what falls due within the horizon in every store; return how many messages are new."""
    now = now or timezone.now()
    planned = 0
    for store in Store.objects.all():
        rules = ReminderRule.objects.valid(store.today(now)).select_related("template")
        # Read to the end before writing: while PostgreSQL takes rows in, the connection answers no query.
        planned += sum(load(Message, COLUMNS, list(rows(rule, store, now)), OnConflict(key=("key",))).inserted for rule in rules)
    return planned


def rows(rule, store, now):
    """Yield a message for everybody the rule reaches within the horizon and who has agreed."""
    before, lasts = timedelta(days=rule.days_before), LASTS[rule.occasion]
    first, last = store.today(now - lasts) + before, store.today(now) + HORIZON + before
    for customer, about, day in SUBJECTS[rule.occasion](store, rule, first, last):
        due_at = datetime.combine(day - before, SEND_AT, store.zone)
        if due_at + lasts > now:
            yield row(rule, store, (customer, about, day), due_at)


def row(rule, store, subject, due_at):
    customer, about, day = subject
    vehicle, person = (about if isinstance(about, kind) else None for kind in (Vehicle, ContactPerson))
    thing = about or customer
    words = values(store, customer, vehicle, day, person)
    texts = (rule.template.fill(words), rule.template.parameters(words))
    key = f"{rule.code}:{thing._meta.model_name}-{thing.pk}:{day}:sms"
    thing_type = ContentType.objects.get_for_model(thing).pk
    owner = (store.pk, customer.pk, vehicle.pk if vehicle else None)
    return (*owner, rule.template_id, rule.pk, day, key, thing_type, thing.pk, customer.phone, *texts, due_at, due_at + LASTS[rule.occasion])


def maintenance(store, rule, first, last):
    vehicles = Vehicle.objects.owned().filter(store=store, next_maintenance_on__range=(first, last))
    for vehicle in agreed(vehicles, rule, "customer"):
        yield vehicle.customer, vehicle, vehicle.next_maintenance_on


def insurance(store, rule, first, last):
    """Both policies that end on one day are one reminder."""
    ending = Q(commercial_insurance_until__range=(first, last)) | Q(compulsory_insurance_until__range=(first, last))
    for vehicle in agreed(Vehicle.objects.owned().filter(ending, store=store), rule, "customer"):
        for day in {vehicle.commercial_insurance_until, vehicle.compulsory_insurance_until} - {None}:
            if first <= day <= last:
                yield vehicle.customer, vehicle, day


def inspection(store, rule, first, last):
    for vehicle in agreed(Vehicle.objects.owned().filter(store=store, inspection_due_on__range=(first, last)), rule, "customer"):
        yield vehicle.customer, vehicle, vehicle.inspection_due_on


def advised(store, rule, first, last):
    """All work of a car that falls due on one day is one reminder."""
    due = AdvisedWork.objects.open().filter(store=store, due_on__range=(first, last)).values_list("vehicle", "due_on").distinct()
    days_of = defaultdict(list)
    for vehicle_id, day in due.order_by("due_on"):
        days_of[vehicle_id].append(day)
    for vehicle in agreed(Vehicle.objects.owned().filter(pk__in=days_of), rule, "customer"):
        for day in days_of[vehicle.pk]:
            yield vehicle.customer, vehicle, day


def birthday(store, rule, first, last):
    kept = days_between(first, last)
    for customer in agreed(Customer.objects.filter(born_on(kept), store=store, kind=Customer.Kind.PERSON), rule):
        for day in filter(customer.keeps_birthday_on, kept):
            yield customer, None, day


def family(store, rule, first, last):
    """The customer is greeted for the family: nobody else has agreed to anything."""
    kept = days_between(first, last)
    persons = ContactPerson.objects.filter(born_on(kept), customer__store=store, customer__merged_into=None, relation__in=ContactPerson.FAMILY)
    for person in agreed(persons, rule, "customer"):
        for day in filter(person.keeps_birthday_on, kept):
            yield person.customer, person, day


def anniversary(store, rule, first, last):
    kept = days_between(first, last)
    for car in agreed(Vehicle.objects.owned().filter(delivered_around(kept), store=store), rule, "customer"):
        for day in kept:
            if keeps_anniversary_on(car, day):
                yield car.customer, car, day


def days_between(first, last):
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def agreed(subjects, rule, owner=""):
    """Narrow customers, or vehicles by their owner, to those with an address whose newest word on the purpose is yes and holds."""
    path = f"{owner}__" if owner else ""
    words = Consent.objects.filter(customer=OuterRef(owner or "pk"), purpose=rule.template.purpose, channel=reach.medium()).order_by("-given_at", "-pk")
    holds = Case(When(holding(timezone.localdate()), is_granted=True, then=True), default=False, output_field=BooleanField())
    within_reach = {f"{path}do_not_call_at": None, f"{path}restricted_at": None}
    reached = subjects.filter(reach.has_address(path), **within_reach).annotate(word=Subquery(words.values(holds=holds)[:1]))
    return (reached.select_related(owner) if owner else reached).filter(word=True).iterator(chunk_size=2000)


SUBJECTS = {
    Occasion.MAINTENANCE: maintenance,
    Occasion.INSURANCE: insurance,
    Occasion.INSPECTION: inspection,
    Occasion.BIRTHDAY: birthday,
    Occasion.FAMILY: family,
    Occasion.ANNIVERSARY: anniversary,
    Occasion.ADVISED: advised,
}
