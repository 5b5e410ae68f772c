"""What visits ship: the delivery ceremony (S3-18, item 5) the numbers of the three guarantees (domain 3.5) and maintenance intervals."""

from datetime import date

from visits.models import Ceremony, GuaranteeRule, LoyaltyRule, MaintenanceInterval

# text in Chinese, text in English, needs a photo
CEREMONY = [
    (
        "车辆清洗完毕，外观无划伤，油（电）量够到最近的加油站或充电站",
        "Car washed, no scratches, fuel or charge enough to reach the next station",
        False,
    ),
    ("交车区布置：欢迎牌、鲜花、红绸", "Delivery area prepared: welcome board, flowers, ribbon", False),
    ("与客户核对发票、合格证、保险单等随车资料", "Papers gone through with the customer: invoice, certificate, insurance", False),
    ("随车物品与备用钥匙清点签收", "Accessories and spare key counted and signed for", False),
    ("车辆功能逐项讲解，并帮客户调好座椅、后视镜、蓝牙", "Functions explained; seat, mirrors and phone set up for the customer", False),
    ("讲解保养周期、首保时间与三包凭证", "Maintenance intervals, first service and three-guarantees certificate explained", False),
    ("介绍售后服务顾问与24小时救援电话", "Service advisor and 24-hour rescue number introduced", False),
    ("说明上牌流程与临牌有效期", "Registration steps and end of the temporary plate explained", False),
    ("交钥匙、献花、合影（客户同意后拍摄）", "Key handed over with flowers and a photo, if the customer agrees", False),
    ("里程表与车身照片留档", "Photo of odometer and car for the file", True),
    ("管理人员到场致谢，全员送别", "A manager thanks the customer, the team says goodbye", False),
    ("提醒24小时内与7天内的回访", "Calls within 24 hours and 7 days announced", False),
]
# first day of the cars, name in Chinese, name in English, what differs from the rule in force since 2022
GUARANTEE_RULES = [
    (
        date(2013, 10, 1),
        "2013年三包规定（质检总局令第150号）",
        "Rule of 2013 (AQSIQ Order 150)",
        {"max_repair_days": 35, "max_same_fault": 5, "exchange_days": 0, "compensation_percent": "0.8", "done_working_days": 15},
    ),
    (date(2022, 1, 1), "2022年三包规定（市场监管总局令第43号）", "Rule of 2022 (SAMR Order 43)", {}),
]
# power, first service at km and after months, then every so many km and months; makers differ, so every group edits them (S2-10)
INTERVALS = [("", 5000, 6, 10_000, 6), ("electric", 5000, 6, 20_000, 12)]


def load():
    """Add the ceremony and the rules where there are none yet; what has been edited stays."""
    if not GuaranteeRule.objects.exists():
        for valid_from, name_zh, name_en, numbers in GUARANTEE_RULES:
            GuaranteeRule.objects.create(valid_from=valid_from, name_zh=name_zh, name_en=name_en, **numbers)
    # Six months away is at risk, a year is lost (domain, loss rate by method B); the rest is ours.
    if not LoyaltyRule.objects.exists():
        LoyaltyRule.objects.create(valid_from=date(2020, 1, 1))
    if not MaintenanceInterval.objects.exists():
        for power, first_km, first_months, every_km, every_months in INTERVALS:
            numbers = {"first_km": first_km, "first_months": first_months, "every_km": every_km, "every_months": every_months}
            MaintenanceInterval.objects.create(power=power, valid_from=date(2020, 1, 1), **numbers)
    if not Ceremony.objects.exists():
        Ceremony.publish([{"text_zh": zh, "text_en": en, "needs_photo": needs_photo} for zh, en, needs_photo in CEREMONY])
