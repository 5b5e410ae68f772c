"""Columns of customers and vehicles as dealer systems export them."""

import re

from django.utils.translation import gettext_lazy as _

from common.cells import BadCell, choice, day, limited_text, text
from common.errors import DomainError
from common.excel import Column, spelled
from customers.models import Customer
from customers.numbers import normal_phone, normal_plate, normal_vin, plate_known, vin_check_ok

APART = re.compile(r"[,;|/，；、\n]")
GENDERS = {Customer.Gender.MALE: ["男", "先生", "male", "m"], Customer.Gender.FEMALE: ["女", "女士", "小姐", "female", "f"]}


def accepted(normalise):
    """Return a cell parser from a normaliser that raises ``DomainError``."""

    def parse(cell):
        try:
            return normalise(text(cell))
        except DomainError as error:
            raise BadCell(error.code, error.message) from error

    return parse


def phones(cell):
    """Read several numbers in one cell, put apart by commas, semicolons, bars or slashes."""
    parts = filter(None, (part.strip() for part in APART.split(text(cell))))
    return tuple(dict.fromkeys(map(accepted(normal_phone), parts))) or None


def plate(cell) -> str:
    value = normal_plate(text(cell))
    if len(value) > 12:
        raise BadCell("text_too_long", _("The text may have at most %(limit)d characters."), limit=12)
    return value


def vin_warning(vin):
    if not vin_check_ok(vin):
        return "vin_check_digit", _("The check digit of the VIN does not fit; please compare with the registration."), {}


def plate_warning(value):
    if value and not plate_known(value):
        return "plate_unknown", _("“%(value)s” does not follow a known plate pattern."), {"value": value}


def gender(cell):
    value = choice(GENDERS, "")(cell)
    return value if isinstance(value, str) else ""


CUSTOMER_NAME = Column("customer_name", spelled("客户姓名|客户名称|车主姓名|车主|姓名|客户|Customer|Customer name|Owner|Name"), limited_text(80), required=True)
PHONE = Column("phone", spelled("手机号码|手机号|手机|联系电话|客户电话|车主电话|移动电话|电话|Phone|Mobile|Phone number"), accepted(normal_phone))
VIN = Column(
    "vin",
    spelled("车架号|VIN|VIN码|车辆识别代号|车辆识别码|车辆识别代码|底盘号|车架号码|Chassis number"),
    accepted(normal_vin),
    check=vin_warning,
)
PLATE = Column(
    "plate",
    spelled("车牌号|车牌号码|车牌|牌照号|牌照号码|号牌号码|Plate|License plate|Licence plate|Registration"),
    plate,
    check=plate_warning,
)
BRAND = Column("brand", spelled("品牌|车辆品牌|Brand|Make"), limited_text(40))
MODEL = Column("model", spelled("车型|车型名称|车系|车辆型号|Model"), limited_text(60))
INVOICED_ON = Column("invoiced_on", spelled("购车日期|开票日期|销售日期|Invoice date|Purchase date|Invoiced on"), day)
DELIVERED_ON = Column("delivered_on", spelled("交车日期|交付日期|提车日期|Delivery date|Delivered on"), day)
SALESPERSON = Column("salesperson", spelled("销售顾问|销售员|销售人员|顾问|Salesperson|Sales consultant|Sales advisor"), limited_text(60))

CUSTOMER_COLUMNS = [
    Column("external_id", spelled("客户编号|客户编码|客户号|客户代码|档案编号|Customer number|Customer no|Customer ID"), limited_text(80)),
    CUSTOMER_NAME,
    Column("gender", spelled("性别|客户性别|Gender|Sex"), gender),
    PHONE,
    Column("other_phones", spelled("其他电话|备用电话|备用手机|第二电话|其他手机|Other phones|Other phone|Second phone"), phones),
    Column("birthday", spelled("生日|出生日期|客户生日|Birthday|Date of birth"), day),
    Column("address", spelled("地址|联系地址|通讯地址|住址|Address"), limited_text(200)),
    PLATE,
    VIN,
    Column("engine_number", spelled("发动机号|发动机号码|Engine number|Engine no"), limited_text(30)),
    BRAND,
    MODEL,
    INVOICED_ON,
    DELIVERED_ON,
    SALESPERSON,
    Column("compulsory_insurance_until", spelled("交强险到期日|交强险到期|交强险到期日期|Compulsory insurance until"), day),
    Column("commercial_insurance_until", spelled("商业险到期日|商业险到期|商业险到期日期|保险到期日|Commercial insurance until|Insurance until"), day),
    Column("registered_on", spelled("初次登记日期|注册登记日期|初登日期|上牌日期|登记日期|Registered on|Registration date|First registration"), day),
]
