"""Filters of lists that several apps use."""

from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import NullBooleanField, Select
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, DateFilter, IsoDateTimeFilter

from common.forms import day_input

ROWS_PER_PAGE = 50


class DayFilter(DateFilter):
    """Compare a moment with a local day: from its start on, or with ``is_end`` up to its last second."""

    def __init__(self, *args, is_end=False, **kwargs):
        self.is_end = is_end
        super().__init__(*args, **{"widget": day_input(), **kwargs})

    def filter(self, queryset, value):
        if value is None:
            return queryset
        start = timezone.make_aware(datetime.combine(value + timedelta(days=self.is_end), time.min))
        return queryset.filter(**{f"{self.field_name}__{'lt' if self.is_end else 'gte'}": start})


class YesNoSelect(Select):
    """Offers true and false; an address may also say yes and no."""

    WORDS = {"yes": "true", "1": "true", "no": "false", "0": "false"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"choices": [("", _("All")), ("true", _("Yes")), ("false", _("No"))], **kwargs})

    def value_from_datadict(self, data, files, name):
        given = data.get(name, "").lower()
        return self.WORDS.get(given, given)


class YesNoField(NullBooleanField):
    def to_python(self, value):
        if value not in {"", "true", "false", None, True, False}:
            raise ValidationError(_("Answer with yes or no."))
        return super().to_python(value)


class YesNoFilter(BooleanFilter):
    """A question with three answers: yes, no, all the same."""

    field_class = YesNoField

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"widget": YesNoSelect(), **kwargs})


class UpdatedSinceFilter(IsoDateTimeFilter):
    """What another program has not seen yet."""

    def __init__(self, **kwargs):
        super().__init__(field_name="updated_at", lookup_expr="gte", **kwargs)


def page_of(filterset, number):
    """Return a page of what the filters let through: nothing while a filter is wrong, so that an error never widens the list."""
    rows = filterset.qs if filterset.is_valid() else filterset.queryset.none()
    return Paginator(rows, ROWS_PER_PAGE).get_page(number)
