"""Phones, VINs and plates: how they are normalised and checked (domain rules 5.1 to 5.3)."""

import re
import unicodedata
from operator import mul

from django.utils.translation import gettext_lazy as _

from common.errors import DomainError

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
LANDLINE = re.compile(r"0\d{9,11}(?:-\d{1,6})?|400\d{7}|800\d{7}", re.ASCII)
VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
VIN_VALUES = bytes.maketrans(b"0123456789ABCDEFGHJKLMNPRSTUVWXYZ", bytes([*range(10), 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9]))
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE = re.compile(
    rf"[{PROVINCES}][A-HJ-NP-Z](?:"
    r"[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳]"  # ordinary, trailer, training, police, Hong Kong and Macao
    # Of embassies (使) and consulates (领) the layout is not known for sure: somebody confirms them (domain rule 5.2).
    r"|[A-HJK][A-HJ-NP-Z0-9]\d{4}|\d{5}[A-HJK])",  # new energy, small and large
    re.ASCII,
)
NO_PLATE = {"", "未上牌", "无牌", "无", "暂无", "NOPLATE"}


def plain(text) -> str:
    """Return ``text`` with full-width letters made half-width, outer blanks cut."""
    return unicodedata.normalize("NFKC", str(text)).strip()


def normal_phone(text, field="phone") -> str:
    """Return 11 digits of a mobile or a landline number; raise ``DomainError`` naming what is accepted."""
    if MOBILE.fullmatch(str(text)):
        return str(text)
    number = re.sub(r"[\s().·-]", "", plain(text))
    number = re.sub(r"^(?:\+|00)86", "", number)
    if len(number) == 13 and number.startswith("86"):
        number = number[2:]
    if MOBILE.fullmatch(number) or LANDLINE.fullmatch(number):
        return number
    raise DomainError(_("The phone must be a mobile with 11 digits or a landline with area code."), code="phone_invalid", field=field)


def normal_vin(text) -> str:
    """Return the VIN in 17 capitals; length and alphabet are binding, the check digit is not (see ``vin_check_ok``)."""
    if VIN.fullmatch(str(text)):
        return str(text)
    vin = re.sub(r"[\s-]", "", plain(text)).upper()
    if len(vin) != 17:
        raise DomainError(_("The VIN must have 17 characters; this one has %(count)d.") % {"count": len(vin)}, code="vin_length", field="vin")
    if not VIN.fullmatch(vin):
        raise DomainError(_("The VIN may hold digits and capitals without I, O and Q."), code="vin_letters", field="vin")
    return vin


def vin_check_ok(vin: str) -> bool:
    remainder = sum(map(mul, vin.encode().translate(VIN_VALUES), VIN_WEIGHTS)) % 11
    return vin[8] == ("X" if remainder == 10 else str(remainder))


def normal_plate(text) -> str:
    """Return the plate without blanks and dots, empty for a car that has none yet (未上牌 is a legal state)."""
    if PLATE.fullmatch(text or ""):
        return text
    plate = re.sub(r"[\s·.•]", "", plain(text or "")).upper()
    return "" if plate in NO_PLATE else plate


def plate_known(plate: str) -> bool:
    """Tell whether the plate follows a known pattern; an unknown one is a warning, never refused."""
    return bool(PLATE.fullmatch(plate))


def vin_odd(vin: str) -> bool:
    """Tell whether somebody should compare the VIN with the papers; a car without one is another matter."""
    return bool(vin) and not (VIN.fullmatch(vin) and vin_check_ok(vin))


def plate_odd(plate: str) -> bool:
    return bool(plate) and not plate_known(plate)
