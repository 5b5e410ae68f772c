"""What the product ships: questionnaires, mystery-shop checklists and quotas (domain rules 2.1 to 2.6, S3-27, S3-29, S4-03, S4-04, S4-09).

Loading twice changes nothing: a version that stands is left alone, a better wording is a new version.
"""

from datetime import UTC, date, datetime

from accounts.roles import Role
from stores.models import Department
from surveys.models import Checklist, ChecklistItem, Factor, MysteryShopQuota, Question, Questionnaire, Side
from surveys.models.checklist import ShopKind

PUBLISHED = datetime(2013, 1, 1, tzinfo=UTC)
RATING, YES_NO, TEXT = Question.Kind.RATING, Question.Kind.YES_NO, Question.Kind.TEXT

# The end of every interview: the overall rating, the plain question for a grievance, the customer's own words.
OVERALL = (RATING, "overall", "All in all, how satisfied are you?", "总体来说，您的满意程度是多少分？", {"is_overall": True})
GRIEVANCE = (YES_NO, "grievance", "Is there anything you would like to complain about?", "您有没有什么不满意、需要我们处理的问题？", {"grievance_value": 1})
WORDS = (TEXT, "words", "What should we do better?", "您觉得我们还有哪些地方需要改进？")

# Each entry: code, index, side, names, [factor (code, weight, names, [question (code, texts)])], [question outside the index (kind, code, texts, flags)].
QUESTIONNAIRES = [
    (
        "csi-5f", "csi", Side.AFTER_SALES, "After-sales satisfaction (CSI, five factors)", "售后服务满意度（CSI 五因子）",
        [
            ("initiation", 17, "Service initiation", "服务启动", [
                ("appointment", "How easy was it to get the appointment you wanted?", "预约到您想要的时间是否方便？"),
                ("promptness", "How promptly were you received when you arrived?", "到店后接待是否及时？"),
            ]),
            ("adviser", 18, "Service adviser", "服务顾问", [
                ("courtesy", "How friendly and polite was your service adviser?", "服务顾问是否热情、有礼貌？"),
                ("need", "How well did the adviser look at the car with you and understand your need?", "服务顾问是否认真环车检查并了解您的需求？"),
                ("work-before", "Was the work explained beforehand and nothing done without your consent?", "维修前是否说明维修项目，并征得您的同意？"),
                ("cost-before", "How clearly was the cost explained beforehand?", "维修前是否说明预计费用？"),
            ]),
            ("facility", 21, "Facility", "经销商设施", [
                ("facility", "How did you like our site and the customer lounge?", "您对店内环境和客户休息区是否满意？"),
            ]),
            ("pick-up", 21, "Vehicle pick-up", "服务后交车", [
                ("promised-time", "Was the car ready at the promised time?", "是否按承诺的时间交车？"),
                ("work-after", "How well was the work explained afterwards?", "交车时是否讲解了所做的维修项目？"),
                ("charges", "How clearly were the charges explained?", "结算时是否逐项说明费用？"),
                ("fair-charge", "How fair did the charge feel?", "您觉得收费是否合理？"),
                ("clean-car", "How clean and in how good a condition did you get the car back?", "交车时车辆是否干净、完好？"),
                ("care-after", "How caring were our reminders and the contact after your visit?", "我们的提醒和售后关怀是否让您感到贴心？"),
            ]),
            ("quality", 24, "Service quality", "服务质量", [
                ("diagnosis", "How much do you trust our inspection and diagnosis?", "您对检查和故障诊断结果是否信任？"),
                ("first-time", "Was the work done right the first time?", "问题是否一次修好？"),
            ]),
        ],
        [(YES_NO, "beyond-expectation", "Did we do anything beyond what you expected?", "我们有没有做到超出您期望的地方？"), OVERALL, GRIEVANCE, WORDS],
    ),
    (
        "css-7f", "css", Side.SALES, "Sales satisfaction (CSS, seven factors)", "销售满意度（CSS 七因子）",
        [
            ("online", 18, "Online experience", "在线体验", [
                ("online-information", "How useful was what you found about us online?", "您在网上查到的信息是否有用、准确？"),
                ("online-reply", "How quickly and well was your online enquiry answered?", "网上咨询是否得到及时、清楚的回复？"),
            ]),
            ("pre-visit", 10, "Contact before the visit", "入店前沟通", [
                ("pre-visit-contact", "How helpful was the contact before you came to us?", "到店前与您的电话或微信沟通是否有帮助？"),
            ]),
            ("reception", 15, "Reception", "到店接待", [
                ("greeting", "How quickly were you greeted when you came in?", "进店后是否很快有人接待？"),
                ("attention", "How attentive was the salesperson?", "销售顾问是否全程关注您的需要？"),
                ("sales-courtesy", "How friendly and polite was the salesperson?", "销售顾问是否热情、有礼貌？"),
                ("signs", "How easy was it to find us and your way around?", "门店标识、指引是否清楚？"),
                ("outside", "How tidy was the outside area?", "店外环境是否整洁？"),
                ("lounge", "How comfortable was the lounge?", "客户休息区是否舒适？"),
            ]),
            ("viewing", 13, "Viewing the car", "店内看车", [
                ("features", "How well were the features of the car explained?", "车辆功能和配置是否讲解清楚？"),
                ("cars", "How clean were the cars and how large was the choice?", "展车是否干净、可选车型是否足够？"),
                ("questions", "How well were your questions answered?", "您提出的问题是否得到解答？"),
                ("display", "How did you like the display area?", "展厅陈列是否满意？"),
                ("product-information", "How good was the product information you were given?", "产品资料是否齐全？"),
                ("knowledge", "How well did the salesperson know the product?", "销售顾问的产品知识是否专业？"),
            ]),
            ("test-drive", 8, "Test drive", "试乘试驾", [
                ("test-car", "In what condition was the test car?", "试驾车车况是否良好？"),
                ("test-professional", "How professional was the test drive?", "试驾过程是否专业？"),
                ("test-route", "How suitable was the route?", "试驾路线安排是否合适？"),
            ]),
            ("deal", 16, "Deal", "交易过程", [
                ("payment", "How suitable were the payment options?", "付款和金融方案是否有选择？"),
                ("open-price", "How open was the price?", "价格是否公开透明？"),
                ("bargaining", "How pleasant was the bargaining?", "洽谈过程是否愉快？"),
                ("negotiation-area", "How suitable was the place where you negotiated?", "洽谈区环境是否合适？"),
                ("speed", "How quickly was the deal done?", "办理手续是否快捷？"),
                ("price", "How was the price compared with what you expected?", "成交价格是否符合您的预期？"),
            ]),
            ("delivery", 20, "Delivery", "交车过程", [
                ("delivery-time", "Was the car delivered as promised?", "是否按约定时间交车？"),
                ("delivery-area", "How did you like the delivery area?", "交车区环境是否满意？"),
                ("delivery-explanation", "How well was the car explained at delivery?", "交车时是否讲解了车辆的使用和保养？"),
                ("promises", "How well were all promises kept?", "承诺您的事项是否都兑现了？"),
                ("contact-after", "How good was the contact after delivery?", "交车后的联系和关怀是否到位？"),
            ]),
        ],
        [OVERALL, GRIEVANCE, WORDS],
    ),
    (
        "mot", "mot", Side.AFTER_SALES, "Moments of truth (MOT)", "关键时刻（MOT）",
        [
            ("reception", 1, "Reception", "热情接待", [("mot-reception", "How were you received?", "接待您的过程感受如何？")]),
            ("price", 1, "Clear prices", "价格透明", [("mot-price", "How clear were items and prices?", "维修项目和价格是否清楚透明？")]),
            ("on-time", 1, "On-time delivery", "准时交车", [("mot-on-time", "How punctual was the hand-over?", "交车是否准时？")]),
            ("clean-car", 1, "Clean car", "车辆清洁", [("mot-clean-car", "How clean was the car?", "交车时车辆是否清洁？")]),
            ("fixed", 1, "Fixed first time", "一次修复", [("mot-fixed", "Was the car fixed the first time?", "车辆是否一次修好？")]),
            ("follow-up", 1, "Follow-up", "跟踪回访", [("mot-follow-up", "How did you like our follow-up?", "修后的跟踪回访是否让您满意？")]),
        ],
        [OVERALL, GRIEVANCE, WORDS],
    ),
    (
        "delivery-24h", "", Side.SALES, "Call within 24 hours of delivery", "交车 24 小时回访", [],
        [
            (YES_NO, "thanks", "Thank the customer for the purchase: done?", "感谢客户购车：已致谢？"),
            (TEXT, "car", "How does the car feel, and is anything not understood?", "用车感受如何？有没有不清楚、不会操作的地方？"),
            (TEXT, "shop", "How did the shop and the salespeople feel?", "对本店和销售人员的感受如何？"),
            (TEXT, "staff", "How did our staff work, and what do you suggest?", "对工作人员的服务有什么意见和建议？"),
            (
                YES_NO, "dissatisfied", "Is the customer dissatisfied with anything? Handle it at once.", "客户有没有不满意的地方？如有请立即处理。",
                {"grievance_value": 1},
            ),
            (TEXT, "plating", "How far is the plating, and is help needed?", "上牌办理到哪一步了？需要我们协助吗？"),
            OVERALL,
        ],
    ),
    (
        "delivery-7d", "", Side.SALES, "Call within 7 days of delivery", "交车 7 天回访", [],
        [
            (TEXT, "car", "How does the car feel?", "车辆使用感受如何？"),
            (YES_NO, "first-service", "Remind of the first service: done?", "提醒首保：已提醒？"),
            (TEXT, "plating", "How far is the plating, and is help needed?", "上牌情况如何？需要我们协助吗？"),
            (YES_NO, "dissatisfied", "Does the customer complain about anything?", "客户有没有抱怨或投诉？", {"grievance_value": 1}),
            (TEXT, "complaint", "Record the complaint truthfully: what was it, what was done?", "如实记录抱怨：内容是什么？如何处理？"),
            OVERALL,
        ],
    ),
    (
        "verification", "", Side.AFTER_SALES, "Verification of a complaint", "投诉处理回访验证", [],
        [
            (
                YES_NO, "satisfied", "Are you satisfied with how we settled your complaint?", "您对投诉的处理结果是否满意？",
                {"is_required": True, "is_overall": True, "grievance_value": 0},
            ),
            (TEXT, "words", "What does the customer say?", "客户原话"),
        ],
    ),
]  # fmt: skip

# Each entry: code, side, names, [section (names, [item (texts, points, may be not applicable)])].
CHECKLISTS = [
    (
        "ms-sales", Side.SALES, "Mystery shop: sales", "神秘访客：销售",
        [
            ("Reception", "展厅接待", [
                ("Greeted within one minute, with a welcome", "进店 1 分钟内主动迎接并问好", 5, False),
                ("Gave own name and card", "自我介绍并递上名片", 3, False),
                ("Asked about the customer's need", "主动询问客户需求", 5, False),
            ]),
            ("Product", "产品介绍", [
                ("At least 90% of the questions answered right", "客户提问 90% 以上回答正确", 5, False),
                ("Display cars clean, prices and data shown", "展车整洁，价格及参数牌齐全", 3, False),
            ]),
            ("Test drive", "试乘试驾", [
                ("Route sent by SMS one hour before", "提前 1 小时短信告知试驾路线", 3, True),
                ("Safety briefing before the drive", "试驾前进行安全说明", 5, True),
                ("Seat and mirrors set for the customer", "协助客户调整座椅和后视镜", 3, True),
            ]),
            ("Deal", "报价成交", [
                ("Itemised quotation", "提供逐项报价单", 5, False),
                ("No hidden fee", "无隐性收费", 5, False),
                ("Saw the customer off and agreed the next contact", "送客并约定下次联系时间", 3, False),
            ]),
            ("Overall", "总体印象", [("Overall impression of the visit (1–10)", "本次体验总体评分（1–10 分）", 10, False)]),
        ],
    ),
    (
        "ms-after-sales", Side.AFTER_SALES, "Mystery shop: after-sales", "神秘访客：售后",
        [
            ("Appointment by phone", "电话预约", [
                ("Phone answered within three rings (10 seconds)", "电话响铃三声内（10 秒）接听", 5, True),
                ("Greeted with the name of the shop and the own name", "报店名和本人姓名并问好", 3, True),
                ("Opening hours or a free slot offered", "主动提供营业时间或可预约时段", 3, True),
                ("Directions offered", "主动说明到店路线", 2, True),
                ("Current campaign mentioned", "主动介绍当前服务活动", 2, True),
                ("Model, mileage, VIN or plate asked", "询问车型、里程、车架号或车牌", 3, True),
                ("Time and price estimated", "预估维修时间和费用", 5, True),
                ("Name and phone asked", "询问客户姓名和电话", 3, True),
                ("Reminder the day before and the hour before", "提前一天和提前一小时各提醒一次", 5, True),
            ]),
            ("Reception by the adviser", "服务顾问接待", [
                ("Active and friendly, handed over the card", "主动热情接待并递上名片", 5, False),
                ("Treated old and new, local and outside customers alike", "新老客户、本地外地客户一视同仁", 5, False),
                ("Answered every question, looked it up or called where needed", "有问必答，不清楚时查电脑或打电话确认", 5, False),
                ("When busy: apologised, offered drinks or a meal, served new customers first", "繁忙时致歉，提供饮料或用餐，优先接待新客户", 5, True),
            ]),
            ("Overall", "总体印象", [("Overall impression of this stage (1–10)", "本环节总体评分（1–10 分）", 10, False)]),
        ],
    ),
]  # fmt: skip

# Every sales adviser two announced checks, the sales supervisor one; customer care two covert ones in total.
QUOTAS = [
    {"kind": ShopKind.ANNOUNCED, "side": Side.SALES, "role": Role.SALESPERSON, "department_kind": "", "per_month": 2},
    {"kind": ShopKind.ANNOUNCED, "side": Side.SALES, "role": Role.SALES_MANAGER, "department_kind": "", "per_month": 1},
    {"kind": ShopKind.COVERT, "side": "", "role": "", "department_kind": Department.Kind.CARE, "per_month": 2},
]
QUOTAS_VALID_FROM = date(2013, 1, 1)


def load():
    for code, index, side, name_en, name_zh, factors, others in QUESTIONNAIRES:
        heading = {"index": index, "side": side, "name_en": name_en, "name_zh": name_zh, "published_at": PUBLISHED}
        questionnaire, is_new = Questionnaire.objects.get_or_create(code=code, version=1, defaults=heading)
        if is_new:
            load_questions(questionnaire, factors, others)
    for code, side, name_en, name_zh, sections in CHECKLISTS:
        checklist, is_new = Checklist.objects.get_or_create(code=code, version=1, defaults={"side": side, "name_en": name_en, "name_zh": name_zh})
        if is_new:
            load_items(checklist, sections)
    if not MysteryShopQuota.objects.exists():
        MysteryShopQuota.objects.bulk_create(MysteryShopQuota(valid_from=QUOTAS_VALID_FROM, **quota) for quota in QUOTAS)


def load_questions(questionnaire, factors, others):
    questions = []
    for position, (code, weight, name_en, name_zh, attributes) in enumerate(factors):
        factor = Factor.objects.create(questionnaire=questionnaire, code=code, weight=weight, name_en=name_en, name_zh=name_zh, position=position)
        questions += [{"factor": factor, "code": code, "text_en": text_en, "text_zh": text_zh} for code, text_en, text_zh in attributes]
    for kind, code, text_en, text_zh, *flags in others:
        questions.append({"kind": kind, "code": code, "text_en": text_en, "text_zh": text_zh, **(flags[0] if flags else {})})
    Question.objects.bulk_create(Question(questionnaire=questionnaire, position=position, **question) for position, question in enumerate(questions))


def load_items(checklist, sections):
    items = [
        {"section_en": section_en, "section_zh": section_zh, "text_en": text_en, "text_zh": text_zh, "points": points, "may_be_na": may_be_na}
        for section_en, section_zh, rows in sections
        for text_en, text_zh, points, may_be_na in rows
    ]
    ChecklistItem.objects.bulk_create(ChecklistItem(checklist=checklist, position=position, **item) for position, item in enumerate(items))
