"""Files as dealer systems write them, made by the tests."""

import csv
import io

import openpyxl

ORDER_HEADER = [
    "工单号", "车牌号", "车架号", "客户姓名", "送修人", "送修人电话", "进厂时间", "预计交车时间", "实际交车时间",
    "维修类型", "服务顾问", "进厂里程", "故障描述", "维修项目", "工时费", "材料费", "合计金额",
]  # fmt: skip
VIN = "LSVAA49J132047371"


def order(number="RO1", **cells):
    """One good repair order; name a header to overrule its cell."""
    values = {
        "工单号": number, "车牌号": "沪A12345", "车架号": "LGWHDZXW7NW840813", "客户姓名": "甲一", "送修人": "甲一", "送修人电话": "13800000001",
        "进厂时间": "2026-10-12 09:00", "预计交车时间": "2026-10-12 12:00", "实际交车时间": "2026-10-12 11:30", "维修类型": "定期保养",
        "服务顾问": "Sam", "进厂里程": "12000", "故障描述": "", "维修项目": "更换机油", "工时费": "100", "材料费": "200.5", "合计金额": "300.5",
    }  # fmt: skip
    return [{**values, **cells}[title] for title in ORDER_HEADER]


def workbook(folder, rows, name="orders.xlsx"):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    path = folder / name
    book.save(path)
    return path


def orders(folder, *rows):
    return workbook(folder, [ORDER_HEADER, *rows])


def text_file(folder, rows, encoding="utf-8", delimiter=",", name="table.csv"):
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    path = folder / name
    path.write_bytes(buffer.getvalue().encode(encoding))
    return path
