import re
from datetime import time, timedelta

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from followups.models import Shift

SPAN = re.compile(r"^\s*(\d{1,2})(?::(\d{2}))?\s*[-–~至]\s*(\d{1,2})(?::(\d{2}))?\s*$")
WEEK = [timedelta(days=number) for number in range(7)]


class SpanField(forms.CharField):
    """Hours as people write them: ``9-18`` or ``9:00-17:30``; nothing is a day off."""

    def __init__(self, **kwargs):
        super().__init__(required=False, max_length=20, widget=forms.TextInput(attrs={"placeholder": "–", "size": 9, "class": "form-control"}), **kwargs)

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        found = SPAN.match(text)
        hours = found and [int(part or 0) for part in found.groups()]
        if not found or hours[0] > 23 or hours[2] > 23 or hours[1] > 59 or hours[3] > 59:
            raise forms.ValidationError(_("Write the hours as 9-18 or 9:00-17:30, or leave the day empty."), code="span")
        span = time(*hours[:2]), time(*hours[2:])
        if span[0] >= span[1]:
            raise forms.ValidationError(_("A shift ends after it starts."), code="order")
        return span


class ShiftsForm(forms.Form):
    """One week of a store: a row per person who makes calls, a field per day."""

    def __init__(self, *args, store, monday, **kwargs):
        super().__init__(*args, **kwargs)
        self.days = [monday + step for step in WEEK]
        written = Shift.objects.filter(store=store, date__range=(self.days[0], self.days[-1]))
        here = User.objects.with_permission("followups.work", store).filter(memberships__store=store).values("pk")
        self.people = list(User.objects.filter(Q(pk__in=here) | Q(pk__in=written.values("person"))).order_by("name"))
        shifts = {(shift.person_id, shift.date): str(shift) for shift in written}
        for person in self.people:
            for day in self.days:
                self.fields[name_of(person, day)] = SpanField(label=f"{person} {day:%m-%d}", initial=shifts.get((person.pk, day), ""))

    @property
    def rows(self):
        return [(person, [self[name_of(person, day)] for day in self.days]) for person in self.people]

    def given(self):
        return {(person, day): self.cleaned_data[name_of(person, day)] for person in self.people for day in self.days}


def name_of(person, day):
    return f"p{person.pk}-{day:%Y%m%d}"
