import django_filters
from django.utils.translation import gettext_lazy as _

from customers.filters import visible_stores
from customers.models import RightsRequest


class RightsRequestFilter(django_filters.FilterSet):
    store = django_filters.ModelChoiceFilter(label=_("Store"), queryset=visible_stores)

    class Meta:
        model = RightsRequest
        fields = ["store", "status", "kind"]
