"""The only place that counts deadlines."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Unit(models.TextChoices):
    CLOCK_HOURS = "clock_hours", _("clock hours")
    BUSINESS_HOURS = "business_hours", _("business hours")
    CALENDAR_DAYS = "calendar_days", _("calendar days")
    WORKING_DAYS = "working_days", _("working days")
    MONTHS = "months", _("months")
