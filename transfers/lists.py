"""The lists that can be taken out as a workbook: whose rows, which filters, which columns.

A list has the columns of its page in their order. What the page shows small below a value stands in a column of its own right of it,
and so does what hangs on a row many times and only its own page shows.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from complaints.filters import ComplaintFilter
from complaints.models import Complaint
from customers.custom import shown
from customers.filters import CustomerFilter, VehicleFilter
from customers.masking import MASKS
from customers.models import Customer, PastPlate, Phone, Vehicle
from customers.models.customer import called
from followups.filters import FollowUpFilter
from followups.models import FollowUp, SampleRow
from followups.sampling.filters import SampleRowFilter
from surveys.filters import ResponseFilter
from surveys.models import Response
from surveys.scoring import rounded
from visits.filters import DeliveryFilter, VisitFilter
from visits.models import Delivery, PlateState, Visit


@dataclass(frozen=True)
class Column:
    """``cell`` makes the cell of the values at ``paths``; the first of them is masked like the field ``mask`` where the person may not see it.

    ``gather`` finds for the values of a batch what hangs on them, ``{value: [texts]}``; each text is masked for itself.
    ``repeats`` is set where few values come again and again: each is put into words once a batch.
    """

    title: str
    paths: tuple
    cell: Callable | None = None
    mask: str = ""
    is_day: bool = False
    is_moment: bool = False
    repeats: bool = False
    gather: Callable | None = None

    def cells(self, values, hidden):
        """Return the cells of a batch, given the values of each path and, where some rows are to be masked, which."""
        first, *others = values
        if self.gather:
            return self.gathered(first, hidden or [False] * len(first))
        if self.mask and hidden:
            mask = MASKS[self.mask]
            first = [mask(value or "") if is_hidden else value for value, is_hidden in zip(first, hidden, strict=True)]
        if self.is_moment:
            # A workbook knows no time zones: it shows what the clock on the wall showed.
            zone = timezone.get_current_timezone()
            return [moment and moment.astimezone(zone).replace(tzinfo=None) for moment in first]
        if not self.cell:
            return first
        if not self.repeats:
            return list(map(self.cell, first, *others))
        given = list(zip(first, *others, strict=True))
        words = {each: self.cell(*each) for each in set(given)}
        return [words[each] for each in given]

    def gathered(self, keys, hidden):
        found, mask = self.gather(keys), MASKS[self.mask]
        texts = (found.get(key, ()) if not is_hidden else map(mask, found.get(key, ())) for key, is_hidden in zip(keys, hidden, strict=True))
        return [", ".join(each) for each in texts]


@dataclass(frozen=True)
class List:
    """A list of the application; ``address`` names its page."""

    title: str
    address: str
    model: type
    filters: type
    columns: list
    order: tuple = ()

    def found(self, request):
        """Return the filter set of ``request``: the person sees what may be seen and may be taken out."""
        rows = self.model.objects.for_user(request.user).where_allowed(request.user, "transfers.export")
        rows = rows.order_by(*self.order) if self.order else rows
        return self.filters(request.GET, rows, request=request)

    def all_columns(self, filterset):
        return [*self.columns, *(own_column(each) for each in getattr(filterset, "own_columns", []))]


def own_column(own):
    return Column(str(own), ("custom",), lambda custom: shown(own, (custom or {}).get(own.code)))


def local_day(moment):
    return moment and timezone.localdate(moment)


def plate_or_vin(plate, vin_tail):
    return plate or (vin_tail and f"VIN …{vin_tail}")


def in_words(value):
    return str(_("Yes") if value else _("No"))


def either(first, second):
    return first or second or ""


def coded_words(model, name):
    """Return what turns a code of the field into its words."""
    words = dict(model._meta.get_field(name).flatchoices)
    return lambda code: str(words.get(code, code or ""))


def moment(title, path):
    return Column(title, (path,), is_moment=True)


def day(title, path, cell=None):
    return Column(title, (path,), cell, is_day=True)


def coded(title, model, name):
    return Column(title, (name,), coded_words(model, name), repeats=True)


def named(title, path):
    """A name that is kept in both languages."""
    return Column(title, (f"{path}name_zh", f"{path}name_en"), lambda chinese, english: chinese if is_chinese() else english, repeats=True)


def is_chinese():
    return (get_language() or "").startswith("zh")


def car(title=_("Vehicle"), path="vehicle__"):
    return Column(title, (f"{path}plate", f"{path}vin_tail"), plate_or_vin, mask="plate")


def label(path=""):
    return Column(_("Model"), (f"{path}brand", f"{path}model"), lambda brand, model: f"{brand or ''} {model or ''}".strip(), repeats=True)


STORE = Column(_("Store"), ("store__name",))
# Who is kept for the law alone goes by number in a file too.
CALLED = ("customer__name", "customer__restricted_at", "customer_id")
CUSTOMER = Column(_("Customer"), CALLED, called)


def other_phones(pks):
    found = defaultdict(list)
    for row in Phone.objects.filter(customer__among=set(pks)).exclude(phone=F("customer__phone")).order_by("pk"):
        if row.phone not in found[row.customer_id]:
            found[row.customer_id].append(row.phone)
    return found


def past_plates(pks):
    found = defaultdict(list)
    for pk, plate in PastPlate.objects.filter(vehicle__among=set(pks)).values_list("vehicle_id", "plate"):
        found[pk].append(plate)
    return found


def stage_or_status(status, stage):
    return coded_words(Visit, "stage")(stage) if status == Visit.Status.IN_SHOP else coded_words(Visit, "status")(status)


def response_status(voided_at, is_counted, points):
    return str(Response(voided_at=voided_at, is_counted=is_counted, points=points).get_status_display())


def assignee_or_role(assignee, role):
    return assignee or coded_words(FollowUp, "role")(role)


def plate_state(delivery_plate, temporary_until, applied_on):
    states = PlateState.PLATED, PlateState.TEMPORARY, PlateState.APPLIED
    return str(
        next((state.label for state, is_so in zip(states, (delivery_plate, temporary_until, applied_on), strict=True) if is_so), PlateState.UNPLATED.label)
    )


LISTS = {
    "customers": List(
        _("Customers"),
        "customers:list",
        Customer,
        CustomerFilter,
        [
            Column(_("Name"), ("name",)),
            Column(_("Key account"), ("is_key_account",), in_words, repeats=True),
            Column(_("Do not call"), ("do_not_call_at",), in_words),
            Column(_("Phone"), ("phone",), mask="phone"),
            Column(_("Other phones"), ("pk",), mask="phone", gather=other_phones),
            coded(_("Kind"), Customer, "kind"),
            coded(_("Class"), Customer, "loyalty"),
            STORE,
            day(_("Created"), "created_at", local_day),
        ],
    ),
    "vehicles": List(
        _("Vehicles"),
        "customers:vehicle_list",
        Vehicle,
        VehicleFilter,
        [
            car(_("Plate"), ""),
            label(),
            Column(_("VIN"), ("vin",), mask="vin"),
            Column(_("Owner"), CALLED, called),
            STORE,
            day(_("Delivered"), "delivered_on"),
            Column(_("Former plates"), ("pk",), mask="plate", gather=past_plates),
        ],
    ),
    "visits": List(
        _("Visits"),
        "visits:list",
        Visit,
        VisitFilter,
        [
            Column(_("Repair order"), ("number",)),
            coded(_("Visit type"), Visit, "kind"),
            car(_("Car")),
            CUSTOMER,
            Column(_("Status"), ("status", "stage"), stage_or_status, repeats=True),
            moment(_("Arrived"), "arrived_at"),
            moment(_("Promised for"), "promised_at"),
            moment(_("Handed over at"), "handed_over_at"),
            Column(_("Advisor"), ("advisor__name", "advisor_name"), either, repeats=True),
            STORE,
        ],
    ),
    "deliveries": List(
        _("Deliveries"),
        "visits:delivery_list",
        Delivery,
        DeliveryFilter,
        [
            CUSTOMER,
            moment(_("Delivered"), "delivered_at"),
            car(_("Car")),
            label("vehicle__"),
            Column(_("Salesperson"), ("salesperson__name", "salesperson_name"), either, repeats=True),
            Column(_("Ceremony"), ("has_ceremony",), in_words, repeats=True),
            Column(_("Plate"), ("vehicle__plate", "temporary_plate_until", "plate_applied_on"), plate_state),
            STORE,
        ],
    ),
    "followups": List(
        _("Follow-ups"),
        "followups:list",
        FollowUp,
        FollowUpFilter,
        [
            CUSTOMER,
            car(),
            named(_("Plan"), "plan__"),
            coded(_("Status"), FollowUp, "status"),
            coded(_("Why not eligible"), FollowUp, "exemption"),
            moment(_("Due"), "due_at"),
            coded(_("Outcome"), FollowUp, "outcome"),
            Column(_("Attempts"), ("attempt_count",)),
            Column(_("Responsible"), ("assignee__name", "role"), assignee_or_role, repeats=True),
            STORE,
        ],
        order=("-due_at", "-pk"),
    ),
    "sample_rows": List(
        _("Rows of samples"),
        "followups:sample_row_list",
        SampleRow,
        SampleRowFilter,
        [
            Column(_("Sample"), ("sample__name",), repeats=True),
            Column(_("Place"), ("position",)),
            CUSTOMER,
            Column(_("Phone"), ("customer__phone",), mask="phone"),
            Column(_("Address"), ("customer__address",), mask="address"),
            car(),
            Column(_("Model"), ("model",)),
            coded(_("Class"), SampleRow, "loyalty"),
            Column(_("Served by"), ("employee__name",)),
            coded(_("Paid by"), SampleRow, "payer"),
            Column(_("Bill"), ("bill",)),
            coded(_("Standing"), SampleRow, "standing"),
            coded(_("Why excluded"), SampleRow, "exclusion"),
            coded(_("Result"), SampleRow, "result"),
            coded(_("Satisfaction"), SampleRow, "mood"),
            day(_("Day"), "done_on"),
            coded(_("Occasion of the visit"), SampleRow, "occasion"),
            Column(_("Note"), ("note",)),
            STORE,
        ],
        order=("-sample_id", "position", "pk"),
    ),
    "complaints": List(
        _("Complaints"),
        "complaints:list",
        Complaint,
        ComplaintFilter,
        [
            Column(_("Slip"), ("number",)),
            coded(_("Status"), Complaint, "status"),
            coded(_("Level"), Complaint, "level"),
            CUSTOMER,
            car(),
            named(_("Category"), "category__"),
            named(_("Responsible department"), "department__"),
            Column(_("Round"), ("round_count",)),
            moment(_("Feedback due"), "due_at"),
            moment(_("Opened"), "opened_at"),
        ],
    ),
    "responses": List(
        _("Surveys"),
        "surveys:list",
        Response,
        ResponseFilter,
        [
            CUSTOMER,
            car(),
            named(_("Questionnaire"), "questionnaire__"),
            day(_("Served on"), "served_on"),
            Column(_("Adviser served"), ("employee__name",)),
            coded(_("Satisfaction"), Response, "mood"),
            Column(_("Index points"), ("points",), rounded),
            Column(_("In the index"), ("voided_at", "is_counted", "points"), response_status),
            STORE,
            moment(_("Submitted at"), "submitted_at"),
        ],
    ),
}
