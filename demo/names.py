"""Names, phones, plates and VINs that nobody can take for real ones: a family name with a number for a given name."""

from customers.models import Vehicle
from customers.numbers import vin_check_ok

FAMILIES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
DIGITS = "〇一二三四五六七八九"
YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"
FIRST_YEAR = 2010
BRAND = "示范汽车"
MODELS = [
    ("一型 1.5L 轿车", Vehicle.Power.FUEL),
    ("二型 2.0T 轿车", Vehicle.Power.FUEL),
    ("三型 1.5T SUV", Vehicle.Power.FUEL),
    ("五型 插电混动 SUV", Vehicle.Power.HYBRID),
    ("六型 纯电轿车", Vehicle.Power.ELECTRIC),
]
MODEL_WEIGHTS = [30, 18, 26, 14, 12]


def digits(number, places):
    return "".join(DIGITS[int(digit)] for digit in f"{number:0{places}d}")


def customer_name(number):
    return FAMILIES[(number // 1000 + number) % len(FAMILIES)] + digits(number % 1000, 3)


def company_name(number):
    return f"演示企业{digits(number % 1000, 3)}有限公司"


def staff_name(number):
    return FAMILIES[number % len(FAMILIES)] + digits(number, 2)


def phone(number):
    return f"199{number:08d}"


def plate(number, power):
    """Return a plate of its own for each number; green ones carry the letter of their power."""
    tail = number * 7919 % 100_000
    if power == Vehicle.Power.FUEL:
        return f"沪{'ABCEFGHJ'[number // 100_000 % 8]}{tail:05d}"
    return f"沪A{'D' if power == Vehicle.Power.ELECTRIC else 'F'}{tail:05d}"


def vin(number, year):
    """Return a VIN with the right check digit."""
    head, tail = "LDEMY0A1", f"{YEARS[(year - FIRST_YEAR) % len(YEARS)]}S{number:06d}"
    return next(whole for check in "0123456789X" if vin_check_ok(whole := head + check + tail))
