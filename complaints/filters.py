import django_filters
from django.db.models import Exists, F, OuterRef, Q
from django.forms import HiddenInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.filters import DayFilter, YesNoFilter
from complaints.models import Category, Complaint, Round
from customers.models import Customer, Vehicle
from stores.models import Department
from visits.models import Delivery, Visit


def stores_of(request):
    return request.user.stores_with(Complaint.view_permission)


def departments_of(request):
    return Department.objects.filter(store__in=stores_of(request))


def customers_of(request):
    return Customer.objects.for_user(request.user)


def visits_of(request):
    return Visit.objects.for_user(request.user)


def deliveries_of(request):
    return Delivery.objects.for_user(request.user)


def vehicles_of(request):
    return Vehicle.objects.for_user(request.user)


def people_of(request):
    """Return everybody a slip the person may see is about."""
    return User.objects.filter(pk__in=Complaint.objects.for_user(request.user).values("employee")).order_by("name")


class ComplaintFilter(django_filters.FilterSet):
    """The one filter of complaints: page, API and the links down from the dashboard."""

    status = django_filters.ChoiceFilter(label=_("Status"), choices=Complaint.Status)
    open = YesNoFilter(label=_("Still open"), method="filter_open")
    overdue = YesNoFilter(label=_("Overdue"), method="filter_overdue")
    # What the tabs and other pages set; out of sight, but kept while filtering on.
    mine = YesNoFilter(label=_("My department"), method="filter_mine", widget=HiddenInput)
    store = django_filters.ModelChoiceFilter(label=_("Store"), queryset=stores_of)
    department = django_filters.ModelChoiceFilter(label=_("Responsible department"), queryset=departments_of)
    category = django_filters.ModelChoiceFilter(label=_("Category"), queryset=Category.objects.all(), method="filter_category")
    level = django_filters.ChoiceFilter(label=_("Level"), choices=Complaint.Level)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Complaint.Kind)
    customer = django_filters.ModelChoiceFilter(label=_("Customer"), queryset=customers_of, widget=HiddenInput)
    vehicle = django_filters.ModelChoiceFilter(label=_("Vehicle"), queryset=vehicles_of, widget=HiddenInput)
    visit = django_filters.ModelChoiceFilter(label=_("Visit"), queryset=visits_of, widget=HiddenInput)
    delivery = django_filters.ModelChoiceFilter(label=_("Delivery"), queryset=deliveries_of, widget=HiddenInput)
    employee = django_filters.ModelChoiceFilter(label=_("Employee concerned"), queryset=people_of)
    reissued = YesNoFilter(label=_("Second round or later"), method="filter_reissued")
    in_time = YesNoFilter(label=_("Feedback in time"), method="filter_in_time")
    opened_from = DayFilter(label=_("Opened from"), field_name="opened_at")
    opened_to = DayFilter(label=_("Opened to"), field_name="opened_at", is_end=True)
    issued_from = DayFilter(label=_("Round issued from"), method="filter_issued", widget=HiddenInput)
    issued_to = DayFilter(label=_("Round issued to"), method="filter_issued", widget=HiddenInput)

    class Meta:
        model = Complaint
        fields = []

    @property
    def form(self):
        """Leave the choice of the store out of sight where there is only one."""
        form = super().form
        if len(self.request.user.store_ids() or [None, None]) == 1:
            form.fields["store"].widget = HiddenInput()
        return form

    def filter_open(self, queryset, name, value):
        return queryset.open() if value else queryset.filter(status__in=Complaint.CLOSED)

    def filter_overdue(self, queryset, name, value):
        overdue = Q(status=Complaint.Status.ISSUED, due_at__lt=timezone.now())
        return queryset.filter(overdue if value else ~overdue)

    def filter_mine(self, queryset, name, value):
        mine = Complaint.objects.headed_by(self.request.user)
        return queryset.filter(pk__in=mine) if value else queryset.exclude(pk__in=mine)

    def filter_category(self, queryset, name, value):
        return queryset.filter(Q(category=value) | Q(category__parent=value))

    def filter_reissued(self, queryset, name, value):
        return queryset.filter(round_count__gte=2) if value else queryset.filter(round_count=1)

    def filter_in_time(self, queryset, name, value):
        """Keep slips with a late round (no), or with an answer and no late round (yes)."""
        rounds = Round.objects.filter(complaint=OuterRef("pk"))
        late = rounds.filter(Q(answered_at__gt=F("due_at")) | Q(answered_at=None, due_at__lt=timezone.now()))
        if not value:
            return queryset.filter(Exists(late))
        return queryset.filter(Exists(rounds.filter(answered_at__isnull=False)), ~Exists(late))

    def filter_issued(self, queryset, name, value):
        """Keep slips of which one round went out in the period; both ends are asked of the same round."""
        period = self.form.cleaned_data
        rounds = DayFilter(field_name="issued_at").filter(Round.objects.filter(complaint=OuterRef("pk")), period["issued_from"])
        return queryset.filter(Exists(DayFilter(field_name="issued_at", is_end=True).filter(rounds, period["issued_to"])))
