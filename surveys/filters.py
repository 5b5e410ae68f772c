import django_filters
from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.filters import YesNoFilter
from common.forms import day_input
from common.periods import Period
from customers.filters import visible_customers, visible_vehicles
from stores.models import Store
from surveys.models import MysteryShop, Question, Questionnaire, Response, Side
from visits.models import Visit

INDEXES = [("csi", "CSI"), ("css", "CSS"), ("mot", "MOT")]


def stores_of(request):
    return Store.objects.for_user(request.user)


def visits_of(request):
    return Visit.objects.for_user(request.user)


def people_served_by(request):
    """Return everybody a response the person may see is about."""
    return User.objects.filter(Exists(Response.objects.for_user(request.user).filter(employee=OuterRef("pk")))).order_by("name")


def people_shopped(request):
    return User.objects.filter(Exists(MysteryShop.objects.for_user(request.user).filter(employee=OuterRef("pk")))).order_by("name")


class ResponseFilter(django_filters.FilterSet):
    """The one filter of responses: page, API and the links down from the dashboard."""

    store = django_filters.ModelChoiceFilter(label=_("Store"), queryset=stores_of)
    questionnaire = django_filters.ModelChoiceFilter(label=_("Questionnaire"), queryset=Questionnaire.objects.published())
    index = django_filters.ChoiceFilter(label=_("Index"), field_name="questionnaire__index", choices=INDEXES)
    side = django_filters.ChoiceFilter(label=_("Side"), field_name="questionnaire__side", choices=Side)
    mood = django_filters.ChoiceFilter(label=_("Satisfaction"), choices=Response.Mood)
    employee = django_filters.ModelChoiceFilter(label=_("Adviser served"), queryset=people_served_by)
    served_from = django_filters.DateFilter(label=_("Served from"), field_name="served_on", lookup_expr="gte", widget=day_input())
    served_to = django_filters.DateFilter(label=_("Served to"), field_name="served_on", lookup_expr="lte", widget=day_input())
    counted = YesNoFilter(label=_("Counted"), method="filter_counted")
    rating_below = django_filters.NumberFilter(label=_("Any rating below"), method="filter_rating", min_value=1, max_value=11)
    question = django_filters.CharFilter(label=_("Question"), method="filter_question", widget=forms.HiddenInput())
    customer = django_filters.ModelChoiceFilter(queryset=visible_customers, widget=forms.HiddenInput())
    vehicle = django_filters.ModelChoiceFilter(queryset=visible_vehicles, widget=forms.HiddenInput())
    visit = django_filters.ModelChoiceFilter(queryset=visits_of, widget=forms.HiddenInput())

    class Meta:
        model = Response
        fields = []

    def filter_counted(self, queryset, name, value):
        return queryset.counted() if value else queryset.not_counted()

    def filter_rating(self, queryset, name, value):
        """Look at the named question only, where one is named."""
        return queryset.rated_below(value, self.form.cleaned_data["question"])

    def filter_question(self, queryset, name, value):
        return queryset.having_answered(value)

    @property
    def named_question(self):
        """Return the question the list is about, in words."""
        code = self.form.cleaned_data.get("question") if self.is_bound and self.form.is_valid() else ""
        return Question.objects.filter(code=code).first() if code else None


class MonthFilter(django_filters.DateFilter):
    """Keep the days of one month, written as 2026-10."""

    def __init__(self, **kwargs):
        widget = forms.DateInput(attrs={"type": "month"}, format="%Y-%m")
        messages = {"invalid": _("Enter a month like 2026-10.")}
        super().__init__(**kwargs, widget=widget, input_formats=["%Y-%m"], error_messages=messages)

    def filter(self, queryset, value):
        if value is None:
            return queryset
        month = Period.containing(value)
        return queryset.filter(**{f"{self.field_name}__range": (month.first, month.last)})


class MysteryShopFilter(django_filters.FilterSet):
    month = MonthFilter(label=_("Month"), field_name="visited_on")
    store = django_filters.ModelChoiceFilter(label=_("Store"), queryset=stores_of)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=MysteryShop.Kind)
    side = django_filters.ChoiceFilter(label=_("Side"), field_name="checklist__side", choices=Side)
    employee = django_filters.ModelChoiceFilter(label=_("Adviser"), queryset=people_shopped)
    submitted = YesNoFilter(label=_("Submitted"), field_name="submitted_at", lookup_expr="isnull", exclude=True)
    visited_from = django_filters.DateFilter(label=_("Visited from"), field_name="visited_on", lookup_expr="gte", widget=day_input())
    visited_to = django_filters.DateFilter(label=_("Visited to"), field_name="visited_on", lookup_expr="lte", widget=day_input())

    class Meta:
        model = MysteryShop
        fields = []

    @property
    def chosen_month(self):
        return self.form.cleaned_data.get("month") if self.is_bound and self.form.is_valid() else None

    @property
    def chosen_store(self):
        return self.form.cleaned_data.get("store") if self.is_bound and self.form.is_valid() else None
