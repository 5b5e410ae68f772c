"""What the product ships: the rules of the annual inspection (domain rule 5.4) and a privacy notice to begin with (domain rule 6.1)."""

from datetime import date

from customers.models import InspectionClass, InspectionRule, PrivacyNotice

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


# The day the Personal Information Protection Law came into force. A group puts its own text in force before it collects anything.
NOTICE_FROM = date(2021, 11, 1)
NOTICE_ZH = """一、我们是谁：本店及所属集团。联系方式见门店公示的电话与地址，也可当面向客户关爱部提出。
二、我们保存什么：姓名、电话、地址、生日，车辆的车架号、车牌、里程，维修、交车、回访、投诉和短信记录。
三、用来做什么：履行维修和销售合同、三包义务；经您同意后进行满意度回访、保养与节日提醒、营销通知。不同意不影响维修和购车。
四、保存多久：维修档案6年，销售档案10年，投诉3年，其余在目的实现后删除。
五、您的权利：可随时查阅、复制、更正、删除您的信息，可随时撤回同意。向任一门店提出，15个工作日内答复。"""
NOTICE_EN = """1. Who we are: this store and its group. Phone and address are displayed in the store; you may also ask customer care in person.
2. What we keep: name, phone, address, birthday; VIN, plate and mileage of the car; records of repairs, deliveries, calls, complaints and messages.
3. What for: the repair and sales contracts and the three guarantees; with your consent satisfaction calls, reminders, marketing. No costs you nothing.
4. How long: repair records 6 years, sales archives 10 years, complaints 3 years, all else until its purpose is met.
5. Your rights: to see, copy, correct and erase what we hold, and to withdraw consent at any time. Ask in any store; you are answered within 15 working days."""


def load():
    """Add rules and notice where there are none yet; what has been edited stays."""
    if not InspectionRule.objects.exists():
        for code, valid_from, name_zh, name_en, cycle in RULES:
            InspectionRule.objects.create(inspection_class=code, valid_from=valid_from, name_zh=name_zh, name_en=name_en, **cycle)
    if not PrivacyNotice.objects.exists():
        PrivacyNotice.objects.create(version=1, valid_from=NOTICE_FROM, text_zh=NOTICE_ZH, text_en=NOTICE_EN)
