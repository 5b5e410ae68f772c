import django_filters
from django.db.models import Exists, F, OuterRef, Q
from django.forms import Select
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.filters import DayFilter
from complaints.models import Category, Complaint, Round
from customers.models import Customer
from stores.models import Department


class YesNoFilter(django_filters.BooleanFilter):
    """A question with three answers: yes, no, all the same."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, widget=Select(choices=[("", _("All")), ("true", _("Yes")), ("false", _("No"))]), **kwargs)


def stores_of(request):
    return request.user.stores_with(Complaint.view_permission)


def departments_of(request):
    return Department.objects.filter(store__in=stores_of(request))


def customers_of(request):
    return Customer.objects.for_user(request.user)


def people_of(request):
    """Return everybody a slip the person may see is about."""
    return User.objects.filter(pk__in=Complaint.objects.for_user(request.user).values("employee")).order_by("name")


class ComplaintFilter(django_filters.FilterSet):
    """The one filter of complaints: page, API and the links down from the dashboard."""

    status = django_filters.MultipleChoiceFilter(label=_("status"), choices=Complaint.Status)
    open = YesNoFilter(label=_("open"), method="filter_open")
    overdue = YesNoFilter(label=_("overdue"), method="filter_overdue")
    mine = YesNoFilter(label=_("my department"), method="filter_mine")
    store = django_filters.ModelChoiceFilter(label=_("store"), queryset=stores_of)
    department = django_filters.ModelChoiceFilter(label=_("responsible department"), queryset=departments_of)
    category = django_filters.ModelChoiceFilter(label=_("category"), queryset=Category.objects.all(), method="filter_category")
    level = django_filters.ChoiceFilter(label=_("level"), choices=Complaint.Level)
    kind = django_filters.ChoiceFilter(label=_("kind"), choices=Complaint.Kind)
    customer = django_filters.ModelChoiceFilter(label=_("customer"), queryset=customers_of)
    employee = django_filters.ModelChoiceFilter(label=_("employee concerned"), queryset=people_of)
    reissued = YesNoFilter(label=_("second round or later"), method="filter_reissued")
    in_time = YesNoFilter(label=_("feedback in time"), method="filter_in_time")
    opened_from = DayFilter(label=_("opened from"), field_name="opened_at")
    opened_to = DayFilter(label=_("opened to"), field_name="opened_at", is_end=True)
    issued_from = DayFilter(label=_("round issued from"), method="filter_issued")
    issued_to = DayFilter(label=_("round issued to"), method="filter_issued")

    class Meta:
        model = Complaint
        fields = []

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
