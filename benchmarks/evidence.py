"""How many faked days of calls are found and how many honest ones are doubted (FU13): ``python -m benchmarks.evidence``.

A seeded set of 200 honest and 20 faked days of one caller each, 40 calls a day. Honest days hold what honest people do: a few stock phrases, papers
entered afterwards, unlucky evenings, a page opened too late, a call after closing time. A faked day is partly honest: who makes calls up makes up some of them.
"""

import os
import random
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

HONEST, FAKED, SEEDS = 200, 20, range(1, 11)
CALLS_A_DAY = 40
MORNING = datetime(2026, 11, 18, 1, 10, tzinfo=UTC)
CLOSED_FROM = timedelta(hours=11, minutes=20)
REACHED, MISSED = ["ok"] * 9 + ["callback", "refused"], ["no_answer"] * 7 + ["busy", "busy", "off"]
SHORT = ["", "", "满意", "很满意，没有建议", "客户比较忙", "提醒了下次保养"]
OPENINGS = ["客户说", "车主反映", "本人接听，表示", "太太接的电话，说", "客户觉得", "对方讲"]
WORKS = ["换机油", "换刹车片", "做首保", "修空调", "补漆", "换电瓶", "做四轮定位", "换雨刮", "查异响", "换轮胎"]
FEELINGS = ["挺满意", "还可以", "等得有点久", "价格偏贵", "讲解很清楚", "车没洗干净", "声音还在", "顾问态度好", "休息区有点冷", "交车比说的晚"]
WISHES = [
    "希望下次快一点",
    "没有别的要求",
    "想了解保养套餐",
    "问了保险续保",
    "要求短信发账单",
    "想周末再来",
    "请顾问再联系",
    "提醒前先打电话",
    "想换个顾问",
    "问二手车置换",
]
INVENTED = [
    "客户对本次维修服务表示非常满意没有其他意见和建议",
    "客户对服务态度和维修质量都很满意希望继续保持下去",
    "车辆使用正常客户对我店的服务表示认可并感谢来电",
]
EDITS = ["先生", "女士", "，", "。", "很", "也"]


@dataclass
class Day:
    """The calls of one caller on one day; ``faked`` are the numbers of those never made."""

    is_faked: bool
    calls: list = field(default_factory=list)
    faked: set = field(default_factory=set)


class Caller:
    """Writes one day call by call."""

    def __init__(self, source, number, is_faked=False):
        self.source, self.day, self.number = source, Day(is_faked), number
        self.at = MORNING + timedelta(minutes=source.uniform(0, 40))
        self.reaches = source.uniform(0.45, 0.75)

    def log(self, outcome, seconds, pause, note="", *, is_faked=False, is_told=False):
        from followups.evidence import Logged

        index = self.number * 1000 + len(self.day.calls)
        self.at += timedelta(seconds=pause + seconds)
        evidence = {"seconds": round(seconds), "is_told": is_told, "is_interview": True, "is_outside": self.at - MORNING > CLOSED_FROM}
        self.day.calls.append(Logged(pk=index, customer=index, at=self.at, day=MORNING.date(), outcome=outcome, note=note, **evidence))
        if is_faked:
            self.day.faked.add(index)

    def call(self, reaches=None):
        """Make one honest call: the phone rings, somebody talks or nobody answers, a line is written."""
        source = self.source
        pause = source.expovariate(1 / 240) + source.uniform(5, 40)
        if source.random() < (self.reaches if reaches is None else reaches):
            outcome = source.choice(REACHED)
            seconds = source.gauss(150, 45) if outcome == "ok" else source.gauss(45, 15)
            return self.log(outcome, max(seconds, 34 if outcome == "ok" else 13), pause, self.note())
        return self.log(source.choice(MISSED), source.uniform(9, 55), pause, source.choice(["", "", "响铃无人接"]))

    def note(self):
        source = self.source
        if source.random() < 0.45:
            return source.choice(SHORT)
        return source.choice(OPENINGS) + source.choice(WORKS) + source.choice(FEELINGS) + "，" + source.choice(WISHES)

    def slip(self):
        """Log a call whose page was opened only at its end: honest, and it looks too short."""
        self.log("ok", self.source.uniform(4, 25), 200, self.note())

    def work(self, calls=CALLS_A_DAY):
        for _number in range(calls):
            self.slip() if self.source.random() < 0.01 else self.call()


def honest_day(source, number):
    caller = Caller(source, number)
    habit = source.random()
    if habit < 0.02:
        # The computer stood still: the last six calls are entered from paper.
        caller.work(CALLS_A_DAY - 6)
        for _number in range(6):
            caller.log(source.choice(REACHED), source.uniform(12, 40), source.uniform(2, 8), caller.note())
    elif habit < 0.07:
        caller.work(CALLS_A_DAY - 14)
        for _number in range(14):
            caller.call(reaches=0.3)
    elif habit < 0.1:
        caller.work(CALLS_A_DAY - 1)
        caller.at = max(caller.at, MORNING + CLOSED_FROM + timedelta(minutes=8))
        caller.call()
    else:
        caller.work()
    return caller.day


def hurry(caller):
    """Mark a good dozen customers as not reached, seconds apart (T27)."""
    for _number in range(caller.source.randint(5, 20)):
        caller.log(caller.source.choice(MISSED), caller.source.uniform(1, 10), caller.source.uniform(1, 10), is_faked=True)


def click_through(caller):
    """Complete interviews nobody gave, quickly but with pauses that look like work."""
    for _number in range(caller.source.randint(3, 9)):
        caller.log("ok", caller.source.uniform(5, 36), caller.source.uniform(60, 300), caller.source.choice(SHORT), is_faked=True)


def copy(caller):
    """Leave the page open for the length of a talk and put in the same sentence, changed a little."""
    source, text = caller.source, caller.source.choice(INVENTED)
    for _number in range(source.randint(4, 10)):
        note = text
        for _edit in range(source.randint(0, 3)):
            place = source.randrange(len(note))
            note = note[:place] + source.choice(EDITS) + note[place + source.randint(0, 1) :]
        caller.log("ok", source.gauss(140, 30), source.uniform(60, 400), note, is_faked=True)


def miss(caller):
    """Mark customer after customer as not reached, at a pace nobody would wonder about."""
    for _number in range(caller.source.randint(10, 22)):
        caller.log(caller.source.choice(MISSED), caller.source.uniform(8, 40), caller.source.uniform(20, 150), is_faked=True)


def stay_late(caller):
    """Fill the quota in the evening from home."""
    caller.at = max(caller.at, MORNING + CLOSED_FROM + timedelta(minutes=caller.source.uniform(5, 90)))
    for _number in range(caller.source.randint(2, 8)):
        caller.log("ok", caller.source.gauss(120, 30), caller.source.uniform(60, 300), caller.note(), is_faked=True)


def keep_silent(caller):
    """Dial and hang up; the telephone tells that nobody talked."""
    for _number in range(caller.source.randint(1, 5)):
        caller.log("ok", 0, caller.source.uniform(100, 300), caller.note(), is_faked=True, is_told=True)


WAYS = [hurry, click_through, copy, miss, stay_late, keep_silent]


def faked_day(source, number):
    caller = Caller(source, number, is_faked=True)
    caller.work(CALLS_A_DAY // 2)
    WAYS[number % len(WAYS)](caller)
    return caller.day


def seeded_days(seed):
    """Return the set: the same for the same seed."""
    source = random.Random(seed)
    return [honest_day(source, number) for number in range(HONEST)] + [faked_day(source, number) for number in range(HONEST, HONEST + FAKED)]


def measure(days, rule):
    """Return the shares: of days and of calls, how many faked ones are found, how many honest ones are doubted, how many of the doubted ones are faked."""
    from followups.evidence import suspicions

    doubted = [{pk for found in suspicions(day.calls, lambda _day: rule) for pk in found.calls} for day in days]
    by_day = [(day.is_faked, bool(pks)) for day, pks in zip(days, doubted, strict=True)]
    by_call = [(call.pk in day.faked, call.pk in pks) for day, pks in zip(days, doubted, strict=True) for call in day.calls]
    return {"days": shares(by_day), "calls": shares(by_call)}


def shares(pairs):
    """Return recall, false alarms and precision of ``[(is faked, is doubted)]``."""
    count = {both: pairs.count(both) for both in [(True, True), (True, False), (False, True), (False, False)]}
    faked, honest, doubted = (count[True, True] + count[True, False], count[False, True] + count[False, False], count[True, True] + count[False, True])
    return {"recall": count[True, True] / faked, "false_alarms": count[False, True] / honest, "precision": count[True, True] / max(1, doubted)}


def main():
    from followups.models import EvidenceRule

    results = [measure(seeded_days(seed), EvidenceRule()) for seed in SEEDS]
    sys.stdout.write(f"{HONEST} honest and {FAKED} faked days of {CALLS_A_DAY} calls, {len(results)} seeds: mean (worst)\n")
    for unit in ("days", "calls"):
        for name, worst in (("recall", min), ("false_alarms", max), ("precision", min)):
            values = [result[unit][name] for result in results]
            sys.stdout.write(f"{unit:6} {name.replace('_', ' '):13} {sum(values) / len(values):6.1%} ({worst(values):.1%})\n")


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dealership.settings")
    django.setup()
    main()
