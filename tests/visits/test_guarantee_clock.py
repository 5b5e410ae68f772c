"""B4, domain 3.5: the three-guarantees clock counts by the law and explains itself."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tests.factories import on
from visits.guarantees.clock import Clock, Repair, use_compensation
from visits.models import GuaranteeRule

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = on("2025-06-01")
RULE = GuaranteeRule(valid_from=on("2022-01-01"), compensation_percent=Decimal("0.5"))
OLD_RULE = GuaranteeRule(valid_from=on("2013-10-01"), max_repair_days=35, max_same_fault=5, exchange_days=0)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def repair(begun="2025-09-01 09:00", hours=3, **fields):
    return Repair("V1", "/", at(begun), at(begun) + timedelta(hours=hours), **{"mileage": 10_000, **fields})


def clock(*repairs, rule=RULE, now="2026-03-01 12:00", mileage=10_000, start=START):
    return Clock(rule, start, mileage, list(repairs), at(now), SHANGHAI)


def found(*repairs, **given):
    """Return ``{code: (value, is_reached)}`` of the limits used up."""
    return {limit.code: (limit.value, limit.is_reached) for limit in clock(*repairs, **given).limits}


@pytest.mark.parametrize(
    ("hours", "excluded", "days"),
    [(0.5, 0, 1), (23.9, 0, 1), (24, 0, 1), (24.1, 0, 2), (48, 0, 2), (49, 0, 3), (72, 24, 2), (72, "23.9", 3), (10, 12, 0)],
)
def test_each_full_24_hours_are_a_day_and_a_remainder_is_one_more(hours, excluded, days):
    """3.5 day counting (Art. 40), less what does not count (Art. 24)."""
    assert clock(repair(hours=hours, excluded_hours=Decimal(excluded))).repair_days == days


def test_four_repairs_over_midnight_and_a_holiday_are_the_days_counted_by_hand():
    """B4: 14 hours over midnight are 1; 48 h are 2; the National Day holiday counts like any day: 6 days 5 h are 7; 25 h less 2 are 1."""
    spans = [
        Repair("V1", "/", at("2025-07-01 18:00"), at("2025-07-02 08:00")),
        Repair("V2", "/", at("2025-08-04 09:00"), at("2025-08-06 09:00")),
        Repair("V3", "/", at("2025-09-30 10:00"), at("2025-10-06 15:00")),
        Repair("V4", "/", at("2025-12-01 10:00"), at("2025-12-02 11:00"), excluded_hours=Decimal(2), excluded_for="road rescue"),
    ]
    lines = clock(*spans).lines
    assert [(line.repair.number, line.days, line.total) for line in lines] == [("V1", 1, 1), ("V2", 2, 3), ("V3", 7, 10), ("V4", 1, 11)]
    assert [line.hours for line in lines] == [14, 48, 149, 23]


def test_a_repair_that_goes_on_counts_until_now():
    going_on = replace(repair("2026-02-27 10:00"), finished_at=None)
    assert clock(going_on, now="2026-03-01 12:00").repair_days == 3


# What was repaired, and the limit with its value that it must have reached, or not: the rows of 3.5.
SAFETY, GEARBOX, PART = {"is_safety": True}, {"assembly": "gearbox"}, {"part_of": "brakes", "part": "Brake pump"}
TABLE = [
    ("Art. 22 day 7", [repair("2025-06-08 09:00", assembly="engine")], "exchange_window", (1, True)),
    ("Art. 22 main part", [repair("2025-06-02 09:00", part_of="motor", part="Rotor")], "exchange_window", (1, True)),
    ("Art. 22 day 8", [repair("2025-06-09 09:00", assembly="engine")], "exchange_window", None),
    ("Art. 22 other part", [repair("2025-06-02 09:00", **PART)], "exchange_window", None),
    ("Art. 20 day 60", [repair("2025-07-31 09:00", part_of="engine", part="Crankshaft", mileage=3000)], "early_assembly", (1, True)),
    ("Art. 20 day 61", [repair("2025-08-01 09:00", part_of="engine", part="Crankshaft", mileage=3000)], "early_assembly", None),
    ("Art. 20 km 3,001", [repair("2025-06-20 09:00", part_of="engine", part="Crankshaft", mileage=3001)], "early_assembly", None),
    ("Art. 20 other part", [repair("2025-06-20 09:00", mileage=900, **PART)], "early_assembly", None),
    ("Art. 23 steering", [repair("2025-07-20 09:00", grave_fault="steering", mileage=2000)], "early_grave", (1, True)),
    ("Art. 23 battery fire", [repair("2025-07-20 09:00", grave_fault="fire", mileage=2000)], "early_grave", (1, True)),
    ("Art. 23 too late", [repair("2025-09-20 09:00", grave_fault="brakes", mileage=2000)], "early_grave", None),
    ("Art. 24(1) once", [repair(**SAFETY)], "safety", (1, False)),
    ("Art. 24(1) twice", [repair(**SAFETY)] * 2, "safety", (2, True)),
    ("Art. 24(2) once", [repair(**GEARBOX)], "assembly", (1, False)),
    ("Art. 24(2) twice", [repair(**GEARBOX)] * 2, "assembly", (2, True)),
    ("Art. 24(2) two kinds", [repair(**GEARBOX), repair(assembly="engine")], "assembly", (1, False)),
    ("Art. 24(3) twice", [repair(**PART), repair(part_of="brakes", part="brake pump ")], "part", (2, True)),
    ("Art. 24(3) two parts", [repair(**PART), repair(part_of="brakes", part="Disc")], "part", (1, False)),
    ("Art. 24(4) 30 days", [repair(hours=24 * 30)], "repair_days", (30, False)),
    ("Art. 24(4) over 30", [repair(hours=24 * 30 + 1)], "repair_days", (31, True)),
    ("Art. 24(4) 4 times", [repair(fault="Oil leak")] * 4, "same_fault", (4, False)),
    ("Art. 24(4) 5th time", [repair(fault="Oil leak")] * 4 + [repair(fault="oil  leak")], "same_fault", (5, True)),
    ("Art. 24 not counted", [repair(hours=24 * 31, excluded_hours=Decimal(48))], "repair_days", (29, False)),
    ("Art. 18 after 2 years", [repair("2027-06-02 09:00", **SAFETY)] * 2, "safety", None),
    ("Art. 18 last day", [repair("2027-06-01 09:00", **SAFETY)] * 2, "safety", (2, True)),
    ("Art. 18 over 50,000 km", [repair(mileage=50_001, **SAFETY)] * 2, "safety", None),
]


@pytest.mark.parametrize(("row", "repairs", "code", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_each_row_of_the_table(row, repairs, code, expected):
    """3.5: what the customer may ask for is reached exactly when the article says so."""
    assert found(*repairs, now="2027-09-01 12:00").get(code) == expected


@pytest.mark.parametrize(
    ("hours", "substitute", "now", "expected"),
    [
        (24 * 5, "", "2026-03-01 12:00", (5, False)),
        (24 * 5 + 1, "", "2026-03-01 12:00", (6, True)),
        (24 * 5 + 1, "car", "2026-03-01 12:00", None),
        (24 * 5 + 1, "money", "2026-03-01 12:00", None),
        (24 * 5 + 1, "", "2028-05-20 12:00", (6, True)),
        (24 * 5 + 1, "", "2028-06-02 12:00", None),
    ],
)
def test_from_day_6_a_substitute_car_is_owed_in_the_free_repair_period(hours, substitute, now, expected):
    """3.5, Art. 21: parts waited for included; three years or 60,000 km."""
    going_on = Repair("V1", "/", at(now) - timedelta(hours=hours), None, substitute=substitute)
    assert found(going_on, now=now).get("substitute") == expected


@pytest.mark.parametrize(
    ("now", "mileage", "is_running", "is_repair_free"),
    [
        ("2027-06-01 12:00", 50_000, True, True),
        ("2027-06-02 12:00", 50_000, False, True),
        ("2026-06-01 12:00", 50_001, False, True),
        ("2028-06-01 12:00", 60_000, False, True),
        ("2028-06-02 12:00", 60_000, False, False),
        ("2026-06-01 12:00", 60_001, False, False),
    ],
)
def test_the_periods_end_with_time_or_kilometres(now, mileage, is_running, is_repair_free):
    """3.5, Art. 18: 2 years or 50,000 km, 3 years or 60,000 km, first reached."""
    of_car = clock(now=now, mileage=mileage)
    assert (of_car.is_running, of_car.is_repair_free) == (is_running, is_repair_free)


@pytest.mark.parametrize(("code", "remedy"), [("exchange_window", "free"), ("early_grave", "free"), ("early_assembly", "assembly"), ("safety", "paid")])
def test_each_limit_names_its_remedy(code, remedy):
    """3.5, Art. 20, 22, 23, 24, 27: only Art. 24 costs use compensation."""
    early = repair("2025-06-02 09:00", assembly="engine", part_of="engine", part="Crankshaft", grave_fault="fuel", is_safety=True, mileage=100)
    assert next(limit.remedy for limit in clock(early).limits if limit.code == code) == remedy


def test_the_use_compensation_of_the_example():
    """3.5, Art. 27: 150,000 yuan, 12,000 km, 0.5% are 9,000 yuan."""
    assert use_compensation(150_000, 12_000, Decimal("0.5")) == Decimal("9000.00")


@pytest.mark.parametrize(("days", "percent"), [(14, 46), (15, 50), (24, 80), (30, 100), (31, 103)])
def test_how_near_a_limit_is(days, percent):
    assert clock(repair(hours=24 * days)).nearest.percent == percent


def test_the_old_rule_counts_to_35_days_and_5_times():
    """3.5, Art. 42: the numbers of 2013, for cars of that time."""
    repairs = [repair(hours=24 * 7, fault="Oil leak")] * 5
    assert found(*repairs, rule=OLD_RULE)["repair_days"] == (35, False)
    assert found(*repairs, rule=OLD_RULE)["same_fault"] == (5, False)
    assert found(*repairs)["repair_days"] == (35, True)
    assert found(*repairs)["same_fault"] == (5, True)


def test_a_car_that_was_exchanged_starts_anew():
    """3.5, Art. 29: the new car has its own start, so nothing of the old one counts."""
    assert clock(repair(**SAFETY), start=date(2025, 10, 1)).limits == []
