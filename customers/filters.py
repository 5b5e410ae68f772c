import django_filters
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.filters import UpdatedSinceFilter, YesNoFilter
from common.forms import day_input
from customers.custom import CustomFilterMixin
from customers.models import Customer, DuplicatePair, Reveal, Vehicle
from customers.search import any_of, customer_ranks, vehicle_ranks
from stores.models import Store


def visible_stores(request):
    return Store.objects.for_user(request.user)


def visible_customers(request):
    return Customer.objects.for_user(request.user)


def visible_vehicles(request):
    return Vehicle.objects.for_user(request.user)


def revealers(request):
    return User.objects.with_permission_in("customers.reveal", request.user.stores_with("customers.watch")).order_by("name")


class CustomerFilter(CustomFilterMixin, django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name or phone"), method="search")
    store = django_filters.ModelChoiceFilter(queryset=visible_stores)
    # Kept in the address of a link, asked for by nobody.
    referred_by = django_filters.ModelChoiceFilter(queryset=visible_customers, widget=HiddenInput)
    is_key_account = YesNoFilter(label=_("Key account"))
    do_not_call = YesNoFilter(field_name="do_not_call_at", lookup_expr="isnull", exclude=True, label=_("Do not call"))
    phone_doubtful = YesNoFilter(field_name="phone_doubtful_at", lookup_expr="isnull", exclude=True, label=_("Phone doubtful"))

    class Meta:
        model = Customer
        fields = ["q", "store", "kind", "loyalty", "channel", "is_key_account", "do_not_call", "phone_doubtful", "referred_by"]

    def search(self, queryset, name, value):
        return queryset.filter(any_of(customer_ranks(value)))


class CustomerApiFilter(CustomerFilter):
    updated_since = UpdatedSinceFilter()

    class Meta(CustomerFilter.Meta):
        fields = [*CustomerFilter.Meta.fields, "source", "external_id", "updated_since"]


class DuplicateFilter(django_filters.FilterSet):
    store = django_filters.ModelChoiceFilter(label=_("Store"), queryset=visible_stores)

    class Meta:
        model = DuplicatePair
        fields = ["store"]


class RevealFilter(django_filters.FilterSet):
    store = django_filters.ModelChoiceFilter(label=_("Store"), queryset=visible_stores)
    by = django_filters.ModelChoiceFilter(label=_("By"), queryset=revealers)
    day_from = django_filters.DateFilter(label=_("First day"), field_name="at", lookup_expr="date__gte", widget=day_input())
    day_to = django_filters.DateFilter(label=_("Last day"), field_name="at", lookup_expr="date__lte", widget=day_input())
    customer = django_filters.ModelChoiceFilter(queryset=visible_customers, widget=HiddenInput)

    class Meta:
        model = Reveal
        fields = ["store", "by", "reason", "day_from", "day_to", "customer"]


class VehicleFilter(CustomFilterMixin, django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Plate or VIN"), method="search")
    store = django_filters.ModelChoiceFilter(queryset=visible_stores)
    no_plate = YesNoFilter(label=_("No plate yet"), method="without_plate")

    class Meta:
        model = Vehicle
        fields = ["q", "store", "power", "no_plate"]

    def search(self, queryset, name, value):
        return queryset.filter(any_of(vehicle_ranks(value)))

    def without_plate(self, queryset, name, value):
        return queryset.filter(plate="") if value else queryset.exclude(plate="")


class VehicleApiFilter(VehicleFilter):
    customer = django_filters.ModelChoiceFilter(queryset=visible_customers)
    updated_since = UpdatedSinceFilter()

    class Meta(VehicleFilter.Meta):
        fields = [*VehicleFilter.Meta.fields, "customer", "source", "external_id", "updated_since"]
