import django_filters
from django.db.models import F, Q
from django.forms import HiddenInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from common.filters import DayFilter, YesNoFilter
from customers.models import Customer, Vehicle
from followups.evidence import Sign
from followups.models import Doubt, FollowUp, Plan
from followups.outcomes import Outcome
from surveys.models import Side
from visits.models import Delivery, Visit


def stores_of(request):
    return request.user.stores_with(FollowUp.view_permission)


def people_of(request):
    """Return everybody a follow-up the person may see has been given to."""
    return User.objects.filter(pk__in=FollowUp.objects.for_user(request.user).open().filter(assignee__isnull=False).values("assignee")).order_by("name")


def doubted_people(request):
    """Return everybody whose calls are or were doubtful where the person may see it."""
    return User.objects.filter(pk__in=Doubt.objects.for_user(request.user).order_by().values("by")).order_by("name")


def reviewed_stores(request):
    return request.user.stores_with(Doubt.view_permission)


def rows_of(model):
    return lambda request: model.objects.for_user(request.user)


class FollowUpFilter(django_filters.FilterSet):
    """The one filter of follow-ups: page, API and the links down from other pages."""

    status = django_filters.ChoiceFilter(label=_("Status"), choices=FollowUp.Status)
    overdue = YesNoFilter(label=_("Overdue"), method="filter_overdue")
    plan = django_filters.ModelChoiceFilter(label=_("Plan"), queryset=Plan.objects.all())
    side = django_filters.ChoiceFilter(label=_("Side"), field_name="plan__side", choices=Side)
    store = django_filters.ModelChoiceFilter(label=_("Store"), queryset=stores_of)
    assignee = django_filters.ModelChoiceFilter(label=_("Assigned to"), queryset=people_of)
    role = django_filters.ChoiceFilter(label=_("Role"), choices=Role)
    outcome = django_filters.ChoiceFilter(label=_("Outcome"), choices=Outcome)
    due_from = DayFilter(label=_("Due from"), field_name="due_at")
    due_to = DayFilter(label=_("Due to"), field_name="due_at", is_end=True)
    attempted = YesNoFilter(label=_("Attempted"), field_name="first_attempt_at", lookup_expr="isnull", exclude=True)
    on_time = YesNoFilter(label=_("On time"), method="filter_on_time")
    promised = YesNoFilter(label=_("Call promised"), field_name="promised_at", lookup_expr="isnull", exclude=True)
    exemption = django_filters.ChoiceFilter(label=_("Why not eligible"), choices=FollowUp.Exemption)
    customer = django_filters.ModelChoiceFilter(label=_("Customer"), queryset=rows_of(Customer), widget=HiddenInput)
    vehicle = django_filters.ModelChoiceFilter(label=_("Vehicle"), queryset=rows_of(Vehicle), widget=HiddenInput)
    visit = django_filters.ModelChoiceFilter(label=_("Visit"), queryset=rows_of(Visit), widget=HiddenInput)
    delivery = django_filters.ModelChoiceFilter(label=_("Delivery"), queryset=rows_of(Delivery), widget=HiddenInput)

    class Meta:
        model = FollowUp
        fields = []

    def filter_overdue(self, queryset, name, value):
        overdue = Q(status=FollowUp.Status.OPEN, due_at__lt=timezone.now())
        return queryset.filter(overdue) if value else queryset.exclude(overdue)

    def filter_on_time(self, queryset, name, value):
        """No is: first tried too late, or not tried yet although it is due."""
        if value:
            return queryset.filter(first_attempt_at__lte=F("due_at"))
        return queryset.filter(Q(first_attempt_at__gt=F("due_at")) | Q(first_attempt_at=None, due_at__lt=timezone.now()))


class DoubtFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(label=_("Status"), choices=Doubt.Status)
    sign = django_filters.ChoiceFilter(label=_("Sign"), choices=Sign)
    by = django_filters.ModelChoiceFilter(label=_("Caller"), queryset=doubted_people)
    store = django_filters.ModelChoiceFilter(label=_("Store"), queryset=reviewed_stores)
    day_from = DayFilter(label=_("First day"), field_name="first_at")
    day_to = DayFilter(label=_("Last day"), field_name="first_at", is_end=True)

    class Meta:
        model = Doubt
        fields = []
