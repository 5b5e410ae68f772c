"""The rules of the annual inspection the product ships (domain rule 5.4)."""

from datetime import date

from customers.models import InspectionClass, InspectionRule

OLD = {"site_years": "2,4,6", "then_months": 12, "later_year": 15, "later_months": 6}
# class, first day, name in Chinese, name in English, cycle
RULES = [
    (InspectionClass.RELIEF, date(2004, 5, 1), "道路交通安全法实施条例第16条", "Road Traffic Safety Regulations Art. 16", OLD),
    (
        InspectionClass.RELIEF,
        date(2022, 10, 1),
        "2022年检验制度改革（四部门意见）",
        "Reform of 2022 (opinion of four ministries)",
        {"mark_years": "2,4,8", "site_years": "6,10", "then_months": 12},
    ),
    (InspectionClass.OLD_CYCLE, date(2004, 5, 1), "道路交通安全法实施条例第16条", "Road Traffic Safety Regulations Art. 16", OLD),
]


def load():
    """Add the rules where there are none yet; what has been edited stays."""
    if not InspectionRule.objects.exists():
        for code, valid_from, name_zh, name_en, cycle in RULES:
            InspectionRule.objects.create(inspection_class=code, valid_from=valid_from, name_zh=name_zh, name_en=name_en, **cycle)
