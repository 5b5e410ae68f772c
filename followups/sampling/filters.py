import django_filters
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.filters import YesNoFilter
from customers.models import Customer
from followups.filters import rows_of, stores_of
from followups.models import Sample, SampleRow


def employees_of(request):
    """Return who served the customers of the samples the person may see."""
    return User.objects.filter(pk__in=SampleRow.objects.for_user(request.user).order_by().values("employee")).order_by("name")


class SampleFilter(django_filters.FilterSet):
    store = django_filters.ModelChoiceFilter(label=_("Store"), queryset=stores_of)
    running = YesNoFilter(label=_("Running"), field_name="closed_at", lookup_expr="isnull")

    class Meta:
        model = Sample
        fields = ["store", "kind", "source", "running"]


class SampleRowFilter(django_filters.FilterSet):
    """The one filter of the rows of samples: page, API and export."""

    sample = django_filters.ModelChoiceFilter(label=_("Sample"), queryset=rows_of(Sample))
    standing = django_filters.ChoiceFilter(label=_("Standing"), choices=SampleRow.Standing)
    exclusion = django_filters.ChoiceFilter(label=_("Why excluded"), choices=SampleRow.Exclusion)
    waiting = YesNoFilter(label=_("Still to be met"), method="filter_waiting")
    employee = django_filters.ModelChoiceFilter(label=_("Served by"), queryset=employees_of)
    store = django_filters.ModelChoiceFilter(label=_("Store"), queryset=stores_of)
    customer = django_filters.ModelChoiceFilter(label=_("Customer"), queryset=rows_of(Customer), widget=HiddenInput)

    class Meta:
        model = SampleRow
        fields = ["sample", "standing", "exclusion", "waiting", "result", "mood", "loyalty", "employee", "store", "customer"]

    def filter_waiting(self, queryset, name, value):
        waiting = SampleRow.objects.waiting().values("pk")
        return queryset.filter(pk__in=waiting) if value else queryset.exclude(pk__in=waiting)
