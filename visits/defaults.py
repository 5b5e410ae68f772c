"""What visits ship: the delivery ceremony (S3-18, item 5)."""

from visits.models import Ceremony

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


def load():
    """Add the ceremony where there is none yet; what has been edited stays."""
    if not Ceremony.objects.exists():
        Ceremony.publish([{"text_zh": zh, "text_en": en, "needs_photo": needs_photo} for zh, en, needs_photo in CEREMONY])
