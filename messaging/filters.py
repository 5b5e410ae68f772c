import django_filters
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _

from common.filters import DayFilter
from customers.filters import visible_customers, visible_vehicles
from messaging.models import Message, MessageTemplate, Reply


def stores_of(request):
    return request.user.stores_with(Message.view_permission)


class MessageFilter(django_filters.FilterSet):
    """The one filter of messages: page and API."""

    status = django_filters.ChoiceFilter(label=_("status"), choices=Message.Status)
    template = django_filters.ModelChoiceFilter(label=_("template"), queryset=MessageTemplate.objects.all())
    store = django_filters.ModelChoiceFilter(label=_("store"), queryset=stores_of)
    due_from = DayFilter(label=_("due from"), field_name="due_at")
    due_to = DayFilter(label=_("due to"), field_name="due_at", is_end=True)
    customer = django_filters.ModelChoiceFilter(queryset=visible_customers, widget=HiddenInput())
    vehicle = django_filters.ModelChoiceFilter(queryset=visible_vehicles, widget=HiddenInput())

    class Meta:
        model = Message
        fields = []


class ReplyFilter(django_filters.FilterSet):
    """The filter of replies in the API."""

    status = django_filters.ChoiceFilter(label=_("status"), choices=Reply.Status)
    store = django_filters.ModelChoiceFilter(label=_("store"), queryset=stores_of)
    customer = django_filters.ModelChoiceFilter(label=_("customer"), queryset=visible_customers)
    received_since = django_filters.IsoDateTimeFilter(label=_("received since"), field_name="received_at", lookup_expr="gte")

    class Meta:
        model = Reply
        fields = []
