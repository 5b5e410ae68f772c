import django_filters
from django.utils.translation import gettext_lazy as _

from common.filters import UpdatedSinceFilter
from common.periods import FIRST_YEAR, LAST_YEAR
from customers.filters import CustomerFilter
from gatherings.models import Gathering
from stores.models import Store


def visible_stores(request):
    return Store.objects.filter(pk__in=request.user.stores_with(Gathering.view_permission).values("pk"))


class GatheringFilter(django_filters.FilterSet):
    """The one filter of owner activities: page and API."""

    year = django_filters.NumberFilter(label=_("Plan of the year"), method="of_year", min_value=FIRST_YEAR, max_value=LAST_YEAR, decimal_places=0)
    store = django_filters.ModelChoiceFilter(label=_("Store"), queryset=visible_stores)

    class Meta:
        model = Gathering
        fields = ["year", "store", "kind", "status"]

    def of_year(self, queryset, name, value):
        return queryset.in_year(int(value))


class GatheringApiFilter(GatheringFilter):
    updated_since = UpdatedSinceFilter()

    class Meta(GatheringFilter.Meta):
        fields = [*GatheringFilter.Meta.fields, "updated_since"]


class InviteFilter(CustomerFilter):
    """Whom to invite: the filter of customers, in the store of the activity."""

    store = None

    class Meta(CustomerFilter.Meta):
        fields = [name for name in CustomerFilter.Meta.fields if name != "store"]
