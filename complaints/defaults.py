"""What the product ships: the category tree and the three days of feedback (S3-09, S3-32, S4-16, S4-32, domain rules 3.4)."""

from datetime import date

from complaints.models import Category, FeedbackRule
from stores.calendar import Unit
from stores.models import Department

SALES, SERVICE, WORKSHOP, PARTS = Department.Kind.SALES, Department.Kind.SERVICE, Department.Kind.WORKSHOP, Department.Kind.PARTS
CARE, MANAGEMENT = Department.Kind.CARE, Department.Kind.MANAGEMENT

# (code, English, Chinese, responsible department, [(code, English, Chinese, department where it is another one)])
CATEGORIES = [
    (
        "vehicle-quality",
        "Vehicle quality",
        "车辆质量",
        SERVICE,
        [
            ("safety-hazard", "Safety hazard", "安全隐患"),
            ("product-defect", "Product defect", "产品缺陷或故障"),
            ("testing-dispute", "Dispute over testing or diagnosis", "检测鉴定争议"),
            ("concealed-condition", "Condition of the car concealed", "隐瞒车况", SALES),
            ("vehicle-other", "Other vehicle quality", "其他车辆质量问题"),
        ],
    ),
    (
        "after-sales-service",
        "After-sales service",
        "售后服务",
        SERVICE,
        [
            ("advisor-attitude", "Service advisor's attitude", "服务顾问态度差"),
            ("technician-no-answers", "Technicians do not answer questions", "维修技师不解答疑问", WORKSHOP),
            ("service-wait", "Long wait or late hand-over", "等候时间长或交车不准时"),
            ("service-explained-unclearly", "Work or charges explained unclearly", "项目或费用说明不清"),
            ("service-facility", "Facilities and lounge", "环境与休息区"),
            ("service-other", "Other after-sales service", "其他售后服务问题"),
        ],
    ),
    (
        "repair-quality",
        "Repair quality",
        "维修质量",
        WORKSHOP,
        [
            ("technician-skill", "Technicians' skill weak", "维修技师技术水平差"),
            ("not-repaired", "Fault not removed, comeback", "故障未排除、返修"),
            ("damage-in-repair", "Damage during the repair", "维修造成损伤"),
            ("cleanliness", "Car not clean", "车辆清洁不到位"),
            ("parts-quality", "Quality of parts", "配件质量", PARTS),
            ("parts-supply", "Parts not available", "配件供应不及时", PARTS),
        ],
    ),
    (
        "sales-service",
        "Sales service",
        "销售服务",
        SALES,
        [
            ("forced-accessories", "Forced accessories", "强制加装精品"),
            ("adviser-not-warm", "Salesperson not warm", "销售顾问不热情"),
            ("delivery-slow", "Delivery too slow", "交车太慢"),
            ("product-explained-unclearly", "Product explained unclearly", "产品讲解不清"),
            ("reception-wait", "Long wait at reception", "接待等候时间长"),
            ("promise-broken", "Promise not kept", "承诺未兑现"),
            ("sales-other", "Other sales service", "其他销售服务问题"),
        ],
    ),
    (
        "insurance-mortgage-beauty",
        "Insurance, mortgage, beauty",
        "保险、按揭、美容",
        SALES,
        [
            ("insurance", "Insurance", "保险"),
            ("mortgage", "Mortgage", "按揭贷款"),
            ("beauty", "Beauty and accessories", "美容精品"),
        ],
    ),
    (
        "charges-and-documents",
        "Charges and documents",
        "收费与单据",
        MANAGEMENT,
        [
            ("unreasonable-charges", "Unreasonable charges", "收费不合理"),
            ("unfair-documents", "Unfair contract or documents", "合同或单据不公平"),
        ],
    ),
    ("staff-conduct", "Conduct of staff", "员工行为", MANAGEMENT, []),
    ("other", "Other", "其他", CARE, []),
]


def load():
    """Lay down what is not there yet; what somebody has changed stays changed."""
    FeedbackRule.objects.get_or_create(valid_from=date(2013, 7, 1), defaults={"amount": 3, "unit": Unit.CALENDAR_DAYS})
    for place, (code, name_en, name_zh, department_kind, children) in enumerate(CATEGORIES, start=1):
        parent = category(code, name_en, name_zh, department_kind, position=place * 100)
        for number, (child_code, child_en, child_zh, *own) in enumerate(children, start=1):
            category(child_code, child_en, child_zh, *(own or [department_kind]), position=place * 100 + number, parent=parent)


def category(code, name_en, name_zh, department_kind, **place):
    texts = {"name_en": name_en, "name_zh": name_zh, "department_kind": department_kind}
    return Category.objects.get_or_create(code=code, defaults=texts | place)[0]
