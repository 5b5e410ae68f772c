import django_filters
from django.db.models import Exists, OuterRef, Q
from django.forms import HiddenInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.filters import DayFilter, UpdatedSinceFilter, YesNoFilter
from common.forms import day_input
from customers.custom import CustomFilterMixin
from customers.filters import visible_customers, visible_stores, visible_vehicles
from customers.models import Customer, Vehicle
from customers.search import any_of, customer_ranks, vehicle_ranks
from visits.models import AdvisedWork, Appointment, Delivery, Guarantee, GuaranteeRepair, PlateState, Promise, Visit


def advisors(request):
    """Return who has advised a visit the person may see, those who have left included."""
    return User.objects.filter(Exists(Visit.objects.for_user(request.user).filter(advisor=OuterRef("pk")))).order_by("name")


def salespeople(request):
    """Return who has delivered a car the person may see, those who have left included."""
    return User.objects.filter(Exists(Delivery.objects.for_user(request.user).filter(salesperson=OuterRef("pk")))).order_by("name")


def of_car(ranks):
    """Return the condition on a row that its vehicle meets one of the search ``ranks``."""
    return Q(vehicle__in=Vehicle.objects.filter(any_of(ranks)))


class VisitFilter(CustomFilterMixin, django_filters.FilterSet):
    """The one filter of visits: page, API and the links down from the dashboard."""

    q = django_filters.CharFilter(label=_("Plate, VIN or order number"), method="search")
    store = django_filters.ModelChoiceFilter(queryset=visible_stores)
    advisor = django_filters.ModelChoiceFilter(queryset=advisors)
    overdue = YesNoFilter(label=_("Overdue"), method="filter_overdue")
    on_time = YesNoFilter(label=_("Handed over on time"), method="filter_on_time")
    arrived_from = DayFilter(label=_("Arrived from"), field_name="arrived_at")
    arrived_to = DayFilter(label=_("Arrived to"), field_name="arrived_at", is_end=True)
    handed_over_from = DayFilter(label=_("Handed over from"), field_name="handed_over_at")
    handed_over_to = DayFilter(label=_("Handed over to"), field_name="handed_over_at", is_end=True)
    customer = django_filters.ModelChoiceFilter(queryset=visible_customers, widget=HiddenInput())
    vehicle = django_filters.ModelChoiceFilter(queryset=visible_vehicles, widget=HiddenInput())

    class Meta:
        model = Visit
        fields = ["q", "store", "status", "kind", "advisor", "overdue", "on_time"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(number__iexact=value.strip()) | of_car(vehicle_ranks(value)))

    def filter_overdue(self, queryset, name, value):
        overdue = Q(status=Visit.Status.IN_SHOP, promised_at__lt=timezone.now())
        return queryset.filter(overdue) if value else queryset.exclude(overdue)

    def filter_on_time(self, queryset, name, value):
        return queryset.on_time() if value else queryset.late()


class VisitApiFilter(VisitFilter):
    updated_since = UpdatedSinceFilter()

    class Meta(VisitFilter.Meta):
        fields = [*VisitFilter.Meta.fields, "number", "source", "external_id"]


class DeliveryFilter(django_filters.FilterSet):
    """The one filter of deliveries: page, API and the links down from the dashboard."""

    q = django_filters.CharFilter(label=_("Plate or VIN"), method="search")
    store = django_filters.ModelChoiceFilter(queryset=visible_stores)
    salesperson = django_filters.ModelChoiceFilter(queryset=salespeople)
    plate_state = django_filters.ChoiceFilter(label=_("Plate"), choices=PlateState.choices, method="filter_plate_state")
    has_ceremony = YesNoFilter(label=_("Ceremony held"))
    delivered_from = DayFilter(label=_("Delivered from"), field_name="delivered_at")
    delivered_to = DayFilter(label=_("Delivered to"), field_name="delivered_at", is_end=True)
    customer = django_filters.ModelChoiceFilter(queryset=visible_customers, widget=HiddenInput())
    vehicle = django_filters.ModelChoiceFilter(queryset=visible_vehicles, widget=HiddenInput())

    class Meta:
        model = Delivery
        fields = ["q", "store", "salesperson", "plate_state", "has_ceremony"]

    def search(self, queryset, name, value):
        return queryset.filter(of_car(vehicle_ranks(value)))

    def filter_plate_state(self, queryset, name, value):
        return queryset.in_plate_state(value)


class DeliveryApiFilter(DeliveryFilter):
    updated_since = UpdatedSinceFilter()

    class Meta(DeliveryFilter.Meta):
        fields = [*DeliveryFilter.Meta.fields, "source", "external_id"]


class AppointmentFilter(django_filters.FilterSet):
    store = django_filters.ModelChoiceFilter(queryset=visible_stores)

    class Meta:
        model = Appointment
        fields = ["store", "status"]


class AppointmentApiFilter(AppointmentFilter):
    starts_from = DayFilter(label=_("Starts from"), field_name="starts_at")
    starts_to = DayFilter(label=_("Starts to"), field_name="starts_at", is_end=True)
    customer = django_filters.ModelChoiceFilter(queryset=visible_customers)
    vehicle = django_filters.ModelChoiceFilter(queryset=visible_vehicles)
    updated_since = UpdatedSinceFilter()


class AdvisedWorkFilter(django_filters.FilterSet):
    """The one filter of advised work: page, API and the tabs of customer and car."""

    q = django_filters.CharFilter(label=_("Plate or VIN"), method="search")
    store = django_filters.ModelChoiceFilter(queryset=visible_stores)
    due = YesNoFilter(label=_("Due"), method="filter_due")
    due_to = django_filters.DateFilter(label=_("Due to"), field_name="due_on", lookup_expr="lte", widget=day_input())
    customer = django_filters.ModelChoiceFilter(queryset=visible_customers, field_name="vehicle__customer", widget=HiddenInput())
    vehicle = django_filters.ModelChoiceFilter(queryset=visible_vehicles, widget=HiddenInput())

    class Meta:
        model = AdvisedWork
        fields = ["q", "store", "status", "severity", "origin", "due"]

    def search(self, queryset, name, value):
        return queryset.filter(of_car(vehicle_ranks(value)))

    def filter_due(self, queryset, name, value):
        due = AdvisedWork.objects.due(timezone.localdate())
        return queryset.filter(pk__in=due.values("pk")) if value else queryset.exclude(pk__in=due.values("pk"))


class AdvisedWorkApiFilter(AdvisedWorkFilter):
    updated_since = UpdatedSinceFilter()


def promise_owners(request):
    return User.objects.filter(Exists(Promise.objects.for_user(request.user).filter(owner=OuterRef("pk")))).order_by("name")


class PromiseFilter(django_filters.FilterSet):
    """The one filter of promises: page, API and the tab of the customer."""

    q = django_filters.CharFilter(label=_("Customer or phone"), method="search")
    store = django_filters.ModelChoiceFilter(queryset=visible_stores)
    owner = django_filters.ModelChoiceFilter(label=_("Who keeps it"), queryset=promise_owners)
    overdue = YesNoFilter(label=_("Overdue"), method="filter_overdue")
    due_to = django_filters.DateFilter(label=_("Due to"), field_name="due_on", lookup_expr="lte", widget=day_input())
    customer = django_filters.ModelChoiceFilter(queryset=visible_customers, widget=HiddenInput())
    vehicle = django_filters.ModelChoiceFilter(queryset=visible_vehicles, widget=HiddenInput())

    class Meta:
        model = Promise
        fields = ["q", "store", "status", "owner", "overdue"]

    def search(self, queryset, name, value):
        return queryset.filter(customer__in=Customer.objects.filter(any_of(customer_ranks(value))))

    def filter_overdue(self, queryset, name, value):
        overdue = Q(status=Promise.Status.OPEN, due_on__lt=timezone.localdate())
        return queryset.filter(overdue) if value else queryset.exclude(overdue)


class PromiseApiFilter(PromiseFilter):
    updated_since = UpdatedSinceFilter()


class GuaranteeFilter(django_filters.FilterSet):
    """The one filter of the three-guarantees watch: page and API."""

    LEVELS = [("50", _("50% and more")), ("80", _("80% and more")), ("100", _("Limit used up"))]

    q = django_filters.CharFilter(label=_("Plate or VIN"), method="search")
    store = django_filters.ModelChoiceFilter(queryset=visible_stores)
    level = django_filters.ChoiceFilter(label=_("How near"), choices=LEVELS, field_name="nearness", lookup_expr="gte")
    customer = django_filters.ModelChoiceFilter(queryset=visible_customers, field_name="vehicle__customer", widget=HiddenInput())
    vehicle = django_filters.ModelChoiceFilter(queryset=visible_vehicles, widget=HiddenInput())

    class Meta:
        model = Guarantee
        fields = ["q", "store", "level"]

    def search(self, queryset, name, value):
        return queryset.filter(of_car(vehicle_ranks(value)))


class GuaranteeApiFilter(GuaranteeFilter):
    updated_since = UpdatedSinceFilter()


class GuaranteeRepairApiFilter(django_filters.FilterSet):
    store = django_filters.ModelChoiceFilter(queryset=visible_stores)
    vehicle = django_filters.ModelChoiceFilter(queryset=visible_vehicles, field_name="visit__vehicle")
    updated_since = UpdatedSinceFilter()

    class Meta:
        model = GuaranteeRepair
        fields = ["store", "vehicle", "assembly"]
