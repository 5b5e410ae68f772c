from calendar import isleap

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.errors import as_validation_error
from customers.lunar import lunar_birthdays_on, lunar_label, normal_lunar


class WithBirthday(models.Model):
    """Somebody with a birthday; whoever gives a lunar one keeps that, every year on another solar day (domain rule 5.6)."""

    birthday = models.DateField(_("birthday"), null=True, blank=True)
    lunar_birthday = models.CharField(
        _("lunar birthday"), max_length=6, blank=True, help_text=_("Only if kept by the lunar calendar, for example 六月十五 or 6-15.")
    )

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        with as_validation_error():
            self.lunar_birthday = normal_lunar(self.lunar_birthday) if self.lunar_birthday else ""

    @property
    def lunar_label(self):
        return lunar_label(self.lunar_birthday) if self.lunar_birthday else ""

    def keeps_birthday_on(self, day):
        if self.lunar_birthday:
            return self.lunar_birthday in lunar_birthdays_on(day)
        return self.birthday is not None and birthday_in(self.birthday, day.year) == day


def birthday_in(birthday, year):
    """Return the day it is kept in ``year``: 29 February moves to the 28th where there is none."""
    if (birthday.month, birthday.day) == (2, 29) and not isleap(year):
        return birthday.replace(year=year, day=28)
    return birthday.replace(year=year)


def born_on(days):
    """Return the condition for birthdays kept on one of ``days``, 29 February with the 28th."""
    wanted = {(day.month, day.day) for day in days}
    if (2, 28) in wanted:
        wanted.add((2, 29))
    solar = Q(pk__in=[])
    for month, number in wanted:
        solar |= Q(birthday__month=month, birthday__day=number)
    return Q(solar, lunar_birthday="") | Q(lunar_birthday__in=set().union(*(lunar_birthdays_on(day) for day in days)))
