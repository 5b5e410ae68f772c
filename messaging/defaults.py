"""The reminders the product ships: S2-10, S0-14, S0-16, domain rules 5.4 and 5.6."""

from datetime import date

from customers.models import Purpose
from messaging.models import ANSWER, ContactCap, MessageTemplate, ReminderRule

CARE = MessageTemplate.Category.CARE
Occasion = ReminderRule.Occasion
VALID_FROM = date(2024, 1, 1)

# code, name in English, name in Chinese, text
TEMPLATES = [
    (
        "maintenance-soon",
        "Maintenance in two weeks",
        "保养提前提醒",
        "【{store}】{customer}您好，您的{car}预计{date}到保养时间。提前预约可免排队，回复本短信或到店前联系您的服务顾问即可，期待您的光临。拒收请回复R",
    ),
    (
        "maintenance-now",
        "Maintenance within days",
        "保养临近提醒",
        "【{store}】{customer}您好，您的{car}将于{date}到保养时间，如尚未预约，请尽快安排时间到店，以免影响质保权益。若已保养请忽略。拒收请回复R",
    ),
    (
        "insurance-soon",
        "Insurance ends in weeks",
        "续保提前提醒",
        "【{store}】{customer}您好，您的{car}{policy}将于{date}到期，现在即可办理续保。如需协助核对保单或报价，请回复本短信，我们会与您联系。拒收请回复R",
    ),
    (
        "insurance-now",
        "Insurance ends within days",
        "续保临近提醒",
        "【{store}】{customer}您好，您的{car}{policy}将于{date}到期，脱保上路存在风险，请及时续保。若已续保请忽略本提醒。拒收请回复R",
    ),
    (
        "inspection-soon",
        "Annual inspection in months or weeks",
        "年检提前提醒",
        "【{store}】{customer}您好，您的{car}应在{date}前完成年检，现已可以或即将可以办理。请先确认交强险有效、违章已处理；需要代办或检测前检查，请联系您的服务顾问。拒收请回复R",
    ),
    (
        "inspection-now",
        "Annual inspection within days",
        "年检临近提醒",
        "【{store}】{customer}您好，您的{car}年检将于{date}到期，逾期上路会被处罚，请尽快办理。若已办理请忽略，并欢迎告知我们更新档案。拒收请回复R",
    ),
    (
        "advised-work-due",
        "Advised work falls due",
        "建议项目到期提醒",
        "【{store}】{customer}您好，上次到店检查时为您的{car}建议的项目将于{date}到期，为了行车安全请留意。如需预约或了解详情，请联系您的服务顾问。拒收请回复R",
    ),
    (
        "new-keeper",
        "Somebody else looks after you",
        "服务人员变更通知",
        "【{store}】{customer}您好，今后由{keeper}为您服务，用车、保养和售后问题都可以找{keeper}，也可致电{store_phone}。拒收请回复R",
    ),
    ("birthday", "Birthday greeting", "生日祝福", "【{store}】{customer}，今天是您的生日，我们全体同事祝您生日快乐、身体健康、出行平安！拒收请回复R"),
    (
        "purchase-anniversary",
        "Anniversary of the purchase",
        "购车周年祝福",
        "【{store}】{customer}您好，今天是您的{car}购车周年纪念日，感谢一路相伴，祝您用车顺心、出行平安！拒收请回复R",
    ),
    (
        "family-birthday",
        "Birthday in the family",
        "家人生日祝福",
        "【{store}】{customer}您好，今天是您{person}的生日，请代我们送上祝福，祝阖家幸福、出行平安！拒收请回复R",
    ),
]
# code, occasion, days before, template
RULES = [
    ("maintenance-14", Occasion.MAINTENANCE, 14, "maintenance-soon"),
    ("maintenance-3", Occasion.MAINTENANCE, 3, "maintenance-now"),
    ("insurance-60", Occasion.INSURANCE, 60, "insurance-soon"),
    ("insurance-30", Occasion.INSURANCE, 30, "insurance-soon"),
    ("insurance-7", Occasion.INSURANCE, 7, "insurance-now"),
    ("inspection-90", Occasion.INSPECTION, 90, "inspection-soon"),
    ("inspection-30", Occasion.INSPECTION, 30, "inspection-soon"),
    ("inspection-7", Occasion.INSPECTION, 7, "inspection-now"),
    ("birthday", Occasion.BIRTHDAY, 0, "birthday"),
    ("family-birthday", Occasion.FAMILY, 0, "family-birthday"),
    ("purchase-anniversary", Occasion.ANNIVERSARY, 0, "purchase-anniversary"),
    ("advised-7", Occasion.ADVISED, 7, "advised-work-due"),
]
# category, days, at most contacts of any kind; the law book's own limits stand in messaging/gate.py
CAPS = [(MessageTemplate.Category.CARE, 7, 3), (MessageTemplate.Category.PROMOTION, 7, 2)]


def load():
    """Add the templates and rules that are missing; what has been edited stays."""
    for code, name_en, name_zh, body in TEMPLATES:
        fields = {"category": CARE, "purpose": Purpose.REMINDER, "name_en": name_en, "name_zh": name_zh, "body": body}
        MessageTemplate.objects.get_or_create(code=code, defaults=fields)
    # What an agent writes belongs to what the customer has asked: a notice, which needs no further consent.
    answer = {"category": MessageTemplate.Category.NOTICE, "purpose": Purpose.REMINDER, "name_en": "Answer to a reply", "name_zh": "回复答复"}
    MessageTemplate.objects.get_or_create(code=ANSWER, defaults=answer | {"body": "【{store}】{answer}"})
    templates = {template.code: template for template in MessageTemplate.objects.all()}
    for code, occasion, days_before, template in RULES:
        fields = {"occasion": occasion, "days_before": days_before, "template": templates[template], "valid_from": VALID_FROM}
        ReminderRule.objects.get_or_create(code=code, defaults=fields)
    for category, days, most in CAPS:
        ContactCap.objects.get_or_create(category=category, days=days, valid_from=VALID_FROM, defaults={"most": most})
