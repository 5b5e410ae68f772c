from datetime import time

from demo.names import digits
from demo.world import DAY, Branch
from kpis.models import Target
from stores.models import BusinessHours, Department, Holiday, Region, Store, StoreDay

REGIONS = [("east", "华东演示大区"), ("south", "华南演示大区"), ("west", "华西演示大区"), ("north", "华北演示大区")]
STORES_PER_REGION = 3
SPANS = [(time(8, 30), time(12)), (time(13), time(18))]
DUTY_SPANS = [["09:00", "12:00"], ["13:00", "16:00"]]
DEPARTMENTS = [
    (Department.Kind.SALES, "Sales", "销售部"),
    (Department.Kind.SERVICE, "Service", "售后服务部"),
    (Department.Kind.WORKSHOP, "Workshop", "维修车间"),
    (Department.Kind.PARTS, "Parts", "配件部"),
    (Department.Kind.CARE, "Customer care", "客户关爱部"),
    (Department.Kind.MANAGEMENT, "Management", "总经理室"),
]
# What the maker and the owner ask of every store, beside the targets the program ships.
TARGETS = {"csi": 940, "mot": 930, "on_time_handover": 85}


def open_branches(number):
    """Found the stores of the group with departments and business hours."""
    return [open_branch(place) for place in range(1, number + 1)]


def open_branch(number):
    code, name = REGIONS[(number - 1) // STORES_PER_REGION % len(REGIONS)]
    region = Region.objects.get_or_create(code=f"demo-{code}", defaults={"name": name})[0]
    name = digits(number, 1) if number < 10 else str(number)
    address = f"演示市满意路{number * 100}号"
    store = Store.objects.create(code=f"S{number:02d}", name=f"满意演示{name}店", region=region, phone=f"021-0000{number:04d}", address=address)
    BusinessHours.objects.bulk_create(
        BusinessHours(store=store, weekday=weekday, opens=opens, closes=closes) for weekday in range(1, 8) for opens, closes in SPANS
    )
    for kind, name_en, name_zh in DEPARTMENTS:
        Department.objects.create(store=store, kind=kind, name_en=name_en, name_zh=name_zh)
    return Branch(store, number, {department.kind: department for department in store.departments.all()})


def put_on_duty(branch, first, last):
    """Keep the store open for shorter hours on state holidays, except at the Spring Festival."""
    duty = []
    for day in (first + DAY * number for number in range((last - first).days + 1)):
        is_working, name = branch.calendar.state.special(day) or (True, "")
        if not is_working and name != Holiday.SPRING_FESTIVAL:
            duty.append(StoreDay(store=branch.store, date=day, spans=DUTY_SPANS, reason="节假日值班"))
    StoreDay.objects.bulk_create(duty)


def set_targets(first, now):
    """Tell every store and the group what to reach, from the first day on."""
    Target.objects.bulk_create(Target(indicator=code, valid_from=first, value=value, changed_at=now) for code, value in TARGETS.items())
