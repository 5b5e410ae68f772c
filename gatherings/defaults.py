"""The invitation the product ships."""

from customers.models import Purpose
from gatherings.models.gathering import INVITATION
from messaging.models import MessageTemplate

BODY = "【{store}】{customer}您好，诚邀您参加{title}：{date}{time}，{place}。名额有限，报名请回复本短信或联系您的服务顾问。拒收请回复R"


def load():
    """Add the text when it is missing; what has been edited stays."""
    names = {"name_en": "Invitation to an owner activity", "name_zh": "车主活动邀请"}
    fields = {"category": MessageTemplate.Category.PROMOTION, "purpose": Purpose.MARKETING, "body": BODY}
    MessageTemplate.objects.get_or_create(code=INVITATION, defaults=names | fields)
