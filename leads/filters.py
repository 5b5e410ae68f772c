import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.filters import UpdatedSinceFilter, YesNoFilter
from leads.models import Lead
from stores.models import Store

PHONE_TAIL = 4


def visible_stores(request):
    return Store.objects.for_user(request.user)


def salespeople(request):
    return User.objects.with_permission_in("leads.work", request.user.stores_with("leads.view")).order_by("name")


class LeadFilter(django_filters.FilterSet):
    """The one filter of leads: page and API."""

    q = django_filters.CharFilter(label=_("Name or phone"), method="search")
    store = django_filters.ModelChoiceFilter(queryset=visible_stores)
    salesperson = django_filters.ModelChoiceFilter(label=_("Salesperson"), queryset=salespeople)
    due = YesNoFilter(label=_("Contact due"), method="filter_due")
    captured = YesNoFilter(label=_("Left a phone"), method="filter_captured")

    class Meta:
        model = Lead
        fields = ["q", "store", "status", "level", "channel", "salesperson", "due", "captured"]

    def search(self, queryset, name, value):
        """Of a phone only the last four digits or the whole number match (T32)."""
        text = value.strip()
        if text.isdigit():
            return queryset.filter(Q(phone__endswith=text) if len(text) == PHONE_TAIL else Q(phone=text))
        return queryset.filter(Q(name__icontains=text) | Q(name_key__contains=text.lower()))

    def filter_due(self, queryset, name, value):
        due = Q(status=Lead.Status.OPEN, next_contact_on__lte=timezone.localdate())
        return queryset.filter(due) if value else queryset.exclude(due)

    def filter_captured(self, queryset, name, value):
        return queryset.exclude(phone="") if value else queryset.filter(phone="")


class LeadApiFilter(LeadFilter):
    updated_since = UpdatedSinceFilter()

    class Meta(LeadFilter.Meta):
        fields = [*LeadFilter.Meta.fields, "updated_since"]
