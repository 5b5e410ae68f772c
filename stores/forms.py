from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from stores.models import CalendarDay

FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)


class YearForm(forms.Form):
    year = forms.IntegerField(label=_("year"), min_value=FIRST.year, max_value=LAST.year)


class CalendarDayForm(forms.ModelForm):
    date = forms.DateField(
        label=_("date"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), validators=[MinValueValidator(FIRST), MaxValueValidator(LAST)]
    )

    class Meta:
        model = CalendarDay
        fields = ["date", "is_working", "holiday", "name"]

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("is_working") and not (cleaned.get("holiday") or cleaned.get("name")):
            self.add_error("holiday", _("Choose the holiday or give another name: the explanation of deadlines shows it."))
        return cleaned
