"""The targets the product ships, for the whole group (S0-13, S2-37, S3-02 to S3-07, S3-10, S3-21, S3-32).

An indicator without a number in the rule book gets none: "no target" is not "missed".
"""

from datetime import date
from decimal import Decimal

from kpis.models import Target

VALID_FROM = date(2013, 1, 1)
TARGETS = {
    "css": 950,
    "satisfaction_after_sales": 98,
    "satisfaction_sales": 98,
    "satisfaction_face": 100,
    "coverage": 100,
    "success_after_sales": 80,
    "success_sales": 80,
    "face_success": 80,
    "complaint_feedback_in_time": 100,
    "comeback_rate": 3,
    "ms_average": 90,
    "ms_sales": 90,
    "ms_after_sales": 90,
    "ms_completion": 100,
}


def load():
    """Add the targets of indicators for which the group has none yet."""
    known = set(Target.objects.filter(store=None).values_list("indicator", flat=True))
    Target.objects.bulk_create(Target(indicator=code, value=Decimal(value), valid_from=VALID_FROM) for code, value in TARGETS.items() if code not in known)
