"""What visits answer when a desk or a caller asks what one should know of a customer."""

from collections import defaultdict

from django.db.models import BooleanField, Case, CharField, DateField, F, Max, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Retention, Vehicle
from customers.notices import Notice
from customers.signals import holds_asked, notices_asked, work_asked
from customers.templatetags.masking import masked_plate
from visits.guarantees.words import LIMITS
from visits.models import AdvisedWork, Delivery, Guarantee, Promise, Visit

COLUMNS = ["kind", "id", "store_id", "customer_ref", "text", "due_on", "is_pressing", "car_ref", "plate", "vin_tail"]


@receiver(notices_asked)
def open_duties(sender, customer_ids, user, **kwargs):
    """Name what the customers were promised (B13), the work their cars still need (VI4) and how near the three guarantees are (B4)."""
    notices = defaultdict(list)
    for row in duty_rows(customer_ids, user):
        notices[row["customer_ref"]].append(WORDED[row["kind"]](row, user))
    return notices


def duty_rows(customer_ids, user):
    """Return all kinds by one query: every page of a customer asks it."""
    today = timezone.localdate()
    needed = Q(severity=AdvisedWork.Severity.SAFETY) | Q(due_on__lte=today) | Q(due_mileage__lte=F("vehicle__mileage"))
    advised = AdvisedWork.objects.for_user(user).open().filter(vehicle__customer__in=customer_ids)
    promised = Promise.objects.for_user(user).open().filter(customer__in=customer_ids)
    owner = F("vehicle__customer")
    return columns(promised, "promise", F("customer"), Q(due_on__lt=today)).union(
        columns(advised, "advised_work", owner, needed), columns(near_limits(customer_ids, user), "guarantee", owner, Q(nearness__gte=100)), all=True
    )


def near_limits(customer_ids, user):
    """Return the watched cars in the shape of the others: percent and limit stand in ``text``, the address leads to the car."""
    warned = Guarantee.objects.for_user(user).warned().filter(vehicle__customer__in=customer_ids)
    text = Concat(Cast("nearness", CharField()), Value(" "), "headline")
    return warned.annotate(text=text, due_on=Value(None, output_field=DateField()))


def columns(duties, kind, customer, pressing):
    is_pressing = Case(When(pressing, then=True), default=False, output_field=BooleanField())
    named = {
        "kind": Value(kind),
        "customer_ref": customer,
        "is_pressing": is_pressing,
        "car_ref": F("vehicle"),
        "plate": F("vehicle__plate"),
        "vin_tail": F("vehicle__vin_tail"),
    }
    return duties.order_by().annotate(**named).values(*COLUMNS)


def promise_notice(row, user):
    text = _("Promised until %(day)s: %(text)s") % {"day": row["due_on"], "text": row["text"]}
    return Notice(text, reverse("visits:promise_detail", args=[row["id"]]), "handshake", "danger" if row["is_pressing"] else "warn")


def advised_notice(row, user):
    car = Vehicle(plate=row["plate"], vin_tail=row["vin_tail"], store_id=row["store_id"])
    text = _("Advised work, %(plate)s: %(work)s") % {"plate": masked_plate(car, user), "work": row["text"]}
    return Notice(text, reverse("visits:advised_detail", args=[row["id"]]), "hammer", "warn" if row["is_pressing"] else "info")


def guarantee_notice(row, user):
    car = Vehicle(plate=row["plate"], vin_tail=row["vin_tail"], store_id=row["store_id"])
    percent, code = row["text"].split(" ")
    text = _("Three guarantees %(percent)s%%, %(plate)s: %(limit)s") % {"percent": percent, "plate": masked_plate(car, user), "limit": LIMITS[code][0]}
    return Notice(text, reverse("visits:guarantee_detail", args=[row["car_ref"]]), "shield-alert", "danger" if row["is_pressing"] else "warn")


WORDED = {"guarantee": guarantee_notice, "promise": promise_notice, "advised_work": advised_notice}


@receiver(work_asked)
def served_now(sender, user, now, **kwargs):
    """Name the customers whose cars the advisor has in the shop."""
    return Visit.objects.in_shop().filter(advisor=user).order_by().values_list("customer_id")


@receiver(holds_asked)
def name_records(sender, customer_ids, **kwargs):
    """Name the last repair and the last sale: their papers outlive a wish for erasure (T125)."""
    repairs = Visit.objects.filter(customer__in=customer_ids).exclude(status=Visit.Status.CANCELLED)
    days = {
        Retention.REPAIRS: repairs.aggregate(last=Max(Coalesce("handed_over_at", "arrived_at")))["last"],
        Retention.CONTRACTS: Delivery.objects.filter(customer__in=customer_ids).aggregate(last=Max("delivered_at"))["last"],
    }
    return {code: timezone.localdate(last) for code, last in days.items() if last}
