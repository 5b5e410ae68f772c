"""A second way to every figure: plain SQL from the source tables, no facts, no registry."""

from datetime import datetime, timedelta
from decimal import Decimal
from statistics import stdev

from django.db import connection

from common.periods import Period

FOLLOWUPS = """
FROM followups_followup f JOIN followups_plan p ON p.id = f.plan_id
LEFT JOIN visits_visit v ON v.id = f.visit_id LEFT JOIN visits_delivery d ON d.id = f.delivery_id
WHERE f.store_id = %(store)s AND f.due_at >= %(start)s AND f.due_at < %(end)s AND f.due_at <= %(now)s AND p.kind = 'call' AND p.trigger <> 'complaint_answered'
AND f.status <> 'cancelled' AND (f.status <> 'ineligible' OR f.attempt_count > 0)
AND (%(employee)s IS NULL OR COALESCE(v.advisor_id, d.salesperson_id) = %(employee)s)
"""
RESPONSES = """
FROM surveys_response r JOIN surveys_questionnaire q ON q.id = r.questionnaire_id
WHERE r.store_id = %(store)s AND r.served_on >= %(first)s AND r.served_on <= %(last)s AND r.voided_at IS NULL
AND (%(employee)s IS NULL OR r.employee_id = %(employee)s)
"""
INTERVIEWS = (
    RESPONSES
    + """
AND NOT EXISTS (SELECT 1 FROM followups_followup f JOIN followups_plan p ON p.id = f.plan_id WHERE f.response_id = r.id AND p.trigger = 'complaint_answered')
"""
)
SLIPS = """
FROM complaints_complaint c LEFT JOIN visits_visit v ON v.id = c.visit_id LEFT JOIN visits_delivery d ON d.id = c.delivery_id
WHERE c.store_id = %(store)s AND c.opened_at >= %(start)s AND c.opened_at < %(end)s
AND (%(employee)s IS NULL OR COALESCE(c.employee_id, v.advisor_id, d.salesperson_id) = %(employee)s)
"""
ROUNDS = """
FROM complaints_round o JOIN complaints_complaint c ON c.id = o.complaint_id
LEFT JOIN visits_visit v ON v.id = c.visit_id LEFT JOIN visits_delivery d ON d.id = c.delivery_id
WHERE c.store_id = %(store)s AND o.issued_at >= %(start)s AND o.issued_at < %(end)s AND (o.due_at <= %(now)s OR o.answered_at IS NOT NULL)
AND (%(employee)s IS NULL OR COALESCE(c.employee_id, v.advisor_id, d.salesperson_id) = %(employee)s)
"""
HOME = """
FROM followups_samplerow h JOIN followups_sample m ON m.id = h.sample_id
WHERE h.store_id = %(store)s AND h.done_on >= %(first)s AND h.done_on <= %(last)s AND h.result = 'met' AND m.kind = 'visit'
AND (%(employee)s IS NULL OR h.employee_id = %(employee)s)
"""
VISITS = "FROM visits_visit v WHERE v.store_id = %(store)s AND (%(employee)s IS NULL OR v.advisor_id = %(employee)s)"
ARRIVED = VISITS + " AND v.arrived_at >= %(start)s AND v.arrived_at < %(end)s AND v.status <> 'cancelled'"
PROMISED = VISITS + " AND v.handed_over_at >= %(start)s AND v.handed_over_at < %(end)s AND v.status = 'handed_over' AND v.promised_at IS NOT NULL"
REPAIRED = (
    VISITS + " AND v.handed_over_at >= %(start)s AND v.handed_over_at < %(end)s AND v.status = 'handed_over'"
    " AND v.kind NOT IN ('maintenance', 'first_service', 'other')"
)
MONTH_LATER = "v.handed_over_at + interval '30 days'" if connection.vendor == "postgresql" else "datetime(v.handed_over_at, '+30 days')"
RETURNED = f"""
EXISTS (SELECT 1 FROM visits_visit b WHERE b.comeback_of_id = v.id AND b.status <> 'cancelled' AND b.arrived_at <= {MONTH_LATER})
"""
REWORKED = "EXISTS (SELECT 1 FROM visits_qualitycheck k WHERE k.visit_id = v.id AND NOT k.has_passed)"
DELIVERED = """
FROM visits_delivery d WHERE d.store_id = %(store)s AND d.delivered_at >= %(start)s AND d.delivered_at < %(end)s
AND (%(employee)s IS NULL OR d.salesperson_id = %(employee)s)
"""
SHOPS = """
FROM surveys_mysteryshop s JOIN surveys_checklist l ON l.id = s.checklist_id
WHERE s.store_id = %(store)s AND s.visited_on >= %(first)s AND s.visited_on <= %(last)s AND s.submitted_at IS NOT NULL
AND (%(employee)s IS NULL OR s.employee_id = %(employee)s)
"""
OVERALL = """
FROM surveys_answer a JOIN surveys_question n ON n.id = a.question_id JOIN surveys_response r ON r.id = a.response_id
JOIN surveys_questionnaire q ON q.id = r.questionnaire_id
WHERE r.store_id = %(store)s AND r.served_on >= %(first)s AND r.served_on <= %(last)s AND r.voided_at IS NULL AND n.is_overall AND a.value IS NOT NULL
AND (%(employee)s IS NULL OR r.employee_id = %(employee)s)
"""
DONE = " AND f.status IN ('done', 'escalated')"
PHONE_SALES = " AND q.side = 'sales' AND r.mode <> 'face'"
PHONE_SERVICE = " AND q.side = 'after_sales' AND r.mode <> 'face'"
FACE = " AND q.side = 'sales' AND r.mode = 'face'"
FACED = (
    " AND (EXISTS (SELECT 1 FROM surveys_response r WHERE r.delivery_id = d.id AND r.mode = 'face' AND r.voided_at IS NULL)"
    " OR EXISTS (SELECT 1 FROM followups_samplerow h JOIN followups_sample m ON m.id = h.sample_id"
    " WHERE h.delivery_id = d.id AND h.result = 'met' AND m.kind = 'visit'))"
)

FACE_MOODS = {"satisfaction_face": "satisfied", "complaining_face": "complaining"}

# code: (rows, what makes the numerator)
SHARES = {
    "satisfaction_after_sales": (INTERVIEWS + PHONE_SERVICE, " AND r.mood = 'satisfied'"),
    "satisfaction_sales": (INTERVIEWS + PHONE_SALES, " AND r.mood = 'satisfied'"),
    "complaining_after_sales": (INTERVIEWS + PHONE_SERVICE, " AND r.mood = 'complaining'"),
    "complaining_sales": (INTERVIEWS + PHONE_SALES, " AND r.mood = 'complaining'"),
    "top_box_after_sales": (OVERALL + " AND q.side = 'after_sales'", " AND a.value = 10"),
    "top_box_sales": (OVERALL + " AND q.side = 'sales'", " AND a.value = 10"),
    "coverage": (FOLLOWUPS, " AND f.attempt_count > 0"),
    "success_after_sales": (FOLLOWUPS + " AND p.side = 'after_sales' AND f.status <> 'ineligible'", DONE),
    "success_sales": (FOLLOWUPS + " AND p.side = 'sales' AND f.status <> 'ineligible'", DONE),
    "on_time_callback": (FOLLOWUPS, DONE + " AND f.finished_at <= f.due_at"),
    "face_success": (DELIVERED, FACED),
    "complaint_feedback_in_time": (ROUNDS, " AND o.answered_at <= o.due_at"),
    "reissue_rate": (SLIPS, " AND c.round_count > 1"),
    "comeback_rate": (ARRIVED, " AND (v.kind = 'comeback' OR v.comeback_of_id IS NOT NULL)"),
    "first_time_fix": (REPAIRED, f" AND NOT {RETURNED} AND NOT {REWORKED}"),
    "internal_rework": (REPAIRED, f" AND {REWORKED}"),
    "on_time_handover": (
        PROMISED,
        " AND CASE WHEN v.backdating_accepted_at IS NULL AND v.backdated_at IS NOT NULL THEN v.backdated_at ELSE v.handed_over_at END <= v.promised_at"
        " AND v.handed_over_at <= v.promised_at",
    ),
}
MEANS = {
    **{code: ("r.points " + RESPONSES + f" AND q.index = '{code}' AND r.is_counted").replace("q.index", 'q."index"') for code in ("csi", "css", "mot")},
    "ms_average": "s.score " + SHOPS,
    "ms_sales": "s.score " + SHOPS + " AND l.side = 'sales'",
    "ms_after_sales": "s.score " + SHOPS + " AND l.side = 'after_sales'",
}


def particulars(store, period, now, employee):
    """The values of the placeholders; days begin at the store's own midnight."""
    start = datetime.combine(period.first, datetime.min.time(), store.zone)
    end = datetime.combine(period.last + timedelta(days=1), datetime.min.time(), store.zone)
    adapt = connection.ops.adapt_datetimefield_value
    moments = {"start": adapt(start), "end": adapt(end), "now": adapt(now)}
    return moments | {"store": store.pk, "first": period.first.isoformat(), "last": period.last.isoformat(), "employee": employee}


def fetched(sql, store, period, now, employee):
    given = particulars(store, period, now, employee)
    # PostgreSQL wants to know the type of a bare NULL.
    sql = sql.replace("%(employee)s", "CAST(%(employee)s AS bigint)")
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [row[0] for row in cursor.fetchall()]


def share(code, stores, period, now, employee=None):
    """Return (numerator, denominator) of a share."""
    if code == "complaint_rate":
        over, under = [SLIPS + " AND c.kind = 'complaint'"], [ARRIVED, DELIVERED]
    elif code in FACE_MOODS:
        mood, under = FACE_MOODS[code], [INTERVIEWS + FACE, HOME]
        over = [f"{under[0]} AND r.mood = '{mood}'", f"{under[1]} AND h.mood = '{mood}'"]
    else:
        rows, condition = SHARES[code]
        over, under = [rows + condition], [rows]
    return tuple(sum(fetched("SELECT COUNT(*) " + sql, store, period, now, employee)[0] for sql in side for store in stores) for side in (over, under))


def mean(code, stores, period, now, employee=None):
    """Return (sum, n, standard deviation) of the points, or of the scores."""
    points = [Decimal(str(point)) for store in stores for point in fetched("SELECT " + MEANS[code], store, period, now, employee)]
    return sum(points, Decimal(0)), len(points), stdev(points) if len(points) > 1 else None


def quota(stores, period, employee=None):
    """Return (done, due) of the quotas of the random world: from September 2 announced shops per salesperson, from October 2 covert ones per store."""
    done = due = 0
    for store in stores:
        for month in period.months():
            shops = [shop.split("/") for shop in fetched(
                "SELECT s.employee_id || '/' || l.side || '/' || s.kind " + SHOPS, store, month, datetime(2100, 1, 1, tzinfo=store.zone), None)]  # fmt: skip
            if month.start >= Period.parse("2026-09").start:
                for person in store.memberships.values_list("user_id", flat=True):
                    if employee in (None, person):
                        due += 2
                        done += min(2, shops.count([str(person), "sales", "announced"]))
            if month.start >= Period.parse("2026-10").start and employee is None:
                due += 2
                done += min(2, sum(1 for _person, _side, kind in shops if kind == "covert"))
    return done, due
