"""A workbook of repair orders as a dealer system exports it, the same for the same number of rows."""

import random
from datetime import datetime, timedelta
from string import ascii_uppercase, digits

from rustpy_xlsxwriter import FastExcel

HEADER = [
    "工单号", "车牌号", "车架号", "客户姓名", "送修人", "送修人电话", "进厂时间", "预计交车时间", "实际交车时间", "维修类型",
    "服务顾问", "主修技师", "工位", "进厂里程", "故障描述", "维修项目", "工时费", "材料费", "合计金额",
]  # fmt: skip
ORDERS_PER_CAR = 3.8
DAYS = 720
KINDS = ["定期保养", "一般维修", "首保", "钣喷", "索赔", "返修"]
WORK = ["更换机油机滤;全车检查", "更换前制动片", "左前门喷漆", "首次保养;机油机滤", "更换火花塞;清洗节气门"]
SYMPTOMS = ["", "行驶抖动", "制动异响", "空调不制冷", "事故左前受损"]
LETTERS = "".join(letter for letter in ascii_uppercase if letter not in "IOQ")


def write_orders(path, number, now):
    """Write ``number`` orders of the two years before ``now``, oldest first."""
    source = random.Random(number)
    cars = [car(source, index) for index in range(max(1, round(number / ORDERS_PER_CAR)))]
    start = datetime(now.year, now.month, now.day) - timedelta(days=DAYS)
    rows = (order(source, index, source.choice(cars), start + timedelta(days=DAYS * index // number)) for index in range(number))
    FastExcel(str(path)).sheet("Sheet1", (dict(zip(HEADER, row, strict=True)) for row in rows)).save()


def car(source, index):
    vin = "LGW" + "".join(source.choices(LETTERS + digits, k=8)) + f"{index:06d}"
    plate = f"沪{source.choice(LETTERS)}{source.randrange(10)}{index % 10000:04d}"
    owner, phone = f"客户{index:06d}", f"13{source.randrange(10**9):09d}"
    return plate, vin, owner, phone


def order(source, index, car, day):
    plate, vin, owner, phone = car
    arrived = day + timedelta(minutes=source.randrange(8 * 60, 17 * 60))
    promised = arrived + timedelta(hours=source.randrange(1, 6))
    labour, parts = source.randrange(100, 1500), source.randrange(50, 4000)
    return (
        f"RO{index:08d}", plate, vin, owner, owner, phone, arrived, promised, promised + timedelta(minutes=source.randrange(-40, 20)), source.choice(KINDS),
        f"顾问{source.randrange(8)}", f"技师{source.randrange(12)}", f"{source.randrange(1, 10)}号工位", source.randrange(1_000, 180_000),
        source.choice(SYMPTOMS), source.choice(WORK), float(labour), float(parts), float(labour + parts),
    )  # fmt: skip
