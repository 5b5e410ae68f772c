"""Columns of repair orders and deliveries as dealer systems export them."""

from django.utils.translation import gettext_lazy as _

from common.cells import amount, choice, limited_text, moment, unknown_word, whole_number
from common.excel import Column, spelled
from customers.excel import BRAND, CUSTOMER_NAME, INVOICED_ON, MODEL, PHONE, PLATE, SALESPERSON, VIN, accepted
from customers.numbers import normal_phone
from visits.models import Visit

KINDS = {
    Visit.Kind.MAINTENANCE: ["定期保养", "保养", "常规保养", "例行保养", "日常保养", "maintenance", "scheduled maintenance", "service"],
    Visit.Kind.FIRST_SERVICE: ["首保", "首次保养", "免费首保", "first service"],
    Visit.Kind.REPAIR: ["一般维修", "维修", "普通维修", "机电维修", "小修", "大修", "检修", "repair", "general repair"],
    Visit.Kind.WARRANTY: ["索赔", "保修", "质保", "三包", "索赔维修", "保修索赔", "warranty", "warranty claim"],
    Visit.Kind.BODY: ["钣喷", "钣金喷漆", "钣金", "喷漆", "body", "body and paint"],
    Visit.Kind.ACCIDENT: ["事故维修", "事故", "事故车", "保险维修", "accident", "accident repair"],
    Visit.Kind.COMEBACK: ["返修", "返工", "外返", "comeback", "comeback repair"],
    Visit.Kind.OTHER: ["其他", "其它", "other"],
}

visit_kind = choice(KINDS, Visit.Kind.OTHER)
kind_unknown = unknown_word("kind_unknown", _("The visit type “%(value)s” is unknown; the order is kept as “other”."))

VISIT_COLUMNS = [
    Column(
        "number",
        spelled("工单号|维修工单号|工单编号|委托书号|施工单号|结算单号|RO号|单号|Repair order|RO number|Order number"),
        limited_text(40),
        required=True,
        repeats=False,
    ),
    PLATE,
    VIN,
    Column(CUSTOMER_NAME.name, CUSTOMER_NAME.headers, CUSTOMER_NAME.parse),
    Column("sender_name", spelled("送修人|送修人姓名|联系人|Brought in by|Contact"), limited_text(80)),
    Column(
        "sender_phone",
        spelled("送修人电话|送修人手机|联系人电话|联系电话|手机号码|手机号|客户电话|手机|电话|Contact phone|Phone|Mobile"),
        accepted(normal_phone),
    ),
    Column(
        "arrived_at",
        spelled("进厂时间|进店时间|接车时间|开单时间|来店时间|进厂日期|开单日期|Arrived|Arrival|Date in"),
        moment,
        required=True,
        repeats=False,
    ),
    Column("promised_at", spelled("预计交车时间|预计完工时间|约定交车时间|承诺交车时间|预交车时间|Promised|Promised time|Promised for"), moment, repeats=False),
    Column("handed_over_at", spelled("实际交车时间|交车时间|出厂时间|离厂时间|实际出厂时间|Handed over|Hand-over|Date out"), moment, repeats=False),
    Column("kind", spelled("维修类型|业务类型|维修类别|工单类型|修理类型|Visit type|Order type|Type"), visit_kind, check=kind_unknown),
    Column("advisor", spelled("服务顾问|接待顾问|业务接待|接待员|SA|Advisor|Service advisor|Service adviser"), limited_text(60)),
    Column("technician", spelled("主修技师|技师|维修技师|主修人|维修工|Technician"), limited_text(60)),
    Column("bay", spelled("工位|维修工位|工位号|Bay"), limited_text(30)),
    Column("mileage", spelled("进厂里程|行驶里程|里程|里程数|公里数|Mileage|Odometer"), whole_number, repeats=False),
    Column("symptom", spelled("故障描述|客户描述|故障现象|报修内容|Symptom|Complaint|Customer says"), limited_text(4000)),
    Column("work", spelled("维修项目|维修内容|施工项目|作业项目|Repair items|Work|Jobs"), limited_text(4000)),
    Column("labour_amount", spelled("工时费|工时金额|工费|Labour|Labor"), amount),
    Column("parts_amount", spelled("材料费|配件费|零件费|配件金额|Parts"), amount),
    Column("total_amount", spelled("合计金额|结算金额|总金额|合计|应收金额|金额|Total|Amount"), amount),
]

DELIVERY_COLUMNS = [
    CUSTOMER_NAME,
    PHONE,
    Column(VIN.name, VIN.headers, VIN.parse, required=True, check=VIN.check),
    PLATE,
    BRAND,
    MODEL,
    INVOICED_ON,
    Column("delivered_at", spelled("交车日期|交车时间|交付日期|提车日期|提车时间|Delivery date|Delivered|Delivered on"), moment, required=True),
    SALESPERSON,
]
