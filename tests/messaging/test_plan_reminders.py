"""Planning reminders: S2-10, S0-14, S0-16, S3-14, domain rules 5.4 and 5.6, FU12, T54, T57, T58, T59, T61."""

from datetime import UTC, date, datetime, timedelta

import pytest

from customers.models import Channel, ContactPerson, Purpose
from customers.models.birthday import birthday_in
from messaging import outbox
from messaging.models import Message, MessageTemplate, Reason, ReminderRule
from messaging.occasions import occasion_problem
from messaging.reminders import plan_reminders
from tests.factories import NOW, make_customer, make_vehicle, make_visit, on
from tests.messaging.factories import agree
from tests.stores.naive_calendar import instant
from visits.models import AdvisedWork

# Half past two in the night of Wednesday 18 November 2026, when the schedule plans.
NIGHT = instant("2026-11-18 02:30")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("defaults")]


def planned():
    """Rule, day it is about and local due time of every message."""
    return [(m.rule.code, str(m.occurs_on), f"{m.store.local(m.due_at):%Y-%m-%d %H:%M}") for m in Message.objects.order_by("due_at", "pk")]


def test_maintenance_is_reminded_two_weeks_and_three_days_ahead(store, customer):
    make_vehicle(store, customer, next_maintenance_on=on("2026-12-02"))
    plan_reminders(NIGHT)
    assert planned() == [("maintenance-14", "2026-12-02", "2026-11-18 09:30")]
    plan_reminders(instant("2026-11-25 02:30"))
    assert planned() == [("maintenance-14", "2026-12-02", "2026-11-18 09:30"), ("maintenance-3", "2026-12-02", "2026-11-29 09:30")]


def test_the_reminder_of_in_seven_days_can_be_seen_and_the_eighth_not(store, customer):
    make_vehicle(store, customer, next_maintenance_on=on("2026-12-09"))
    make_vehicle(store, customer, next_maintenance_on=on("2026-12-10"))
    plan_reminders(NIGHT)
    assert planned() == [("maintenance-14", "2026-12-09", "2026-11-25 09:30")]


def test_the_text_is_a_whole_sentence_to_this_customer(store, customer):
    make_vehicle(store, customer, plate="沪A12345", next_maintenance_on=on("2026-12-02"))
    plan_reminders(NIGHT)
    message = Message.objects.get()
    assert message.body.startswith("【Store S01】王伟先生您好，您的沪A12345预计12月2日到保养时间。")
    assert message.parameters == [["customer", "王伟先生"], ["car", "沪A12345"], ["date", "12月2日"]]
    assert (message.phone, message.expires_at - message.due_at) == ("13900000001", timedelta(days=3))


def test_both_policies_on_one_day_are_one_reminder(store, customer):
    make_vehicle(store, customer, commercial_insurance_until=on("2026-12-18"), compulsory_insurance_until=on("2026-12-18"))
    plan_reminders(NIGHT)
    assert planned() == [("insurance-30", "2026-12-18", "2026-11-18 09:30")]


def test_policies_that_end_apart_are_reminded_apart(store, customer):
    make_vehicle(store, customer, commercial_insurance_until=on("2026-12-18"), compulsory_insurance_until=on("2026-11-26"))
    plan_reminders(NIGHT)
    assert planned() == [("insurance-30", "2026-12-18", "2026-11-18 09:30"), ("insurance-7", "2026-11-26", "2026-11-19 09:30")]


def test_a_birthday_is_greeted_on_the_day_and_over_in_the_evening(store, customer):
    customer.birthday = on("1986-11-20")
    customer.save()
    plan_reminders(NIGHT)
    message = Message.objects.get()
    assert (message.subject, message.due_at, message.expires_at) == (customer, instant("2026-11-20 09:30"), instant("2026-11-20 20:30"))


def test_a_birthday_across_new_year_is_found(store, customer):
    customer.birthday = on("1990-01-02")
    customer.save()
    plan_reminders(instant("2026-12-29 02:30"))
    assert planned() == [("birthday", "2027-01-02", "2027-01-02 09:30")]


@pytest.mark.parametrize(("year", "day"), [(2024, "2024-02-29"), (2026, "2026-02-28"), (2027, "2027-02-28"), (2028, "2028-02-29"), (2100, "2100-02-28")])
def test_29_february_is_kept_on_the_28th_in_common_years(year, day):
    assert birthday_in(date(1992, 2, 29), year) == on(day)


@pytest.mark.parametrize(("night", "day"), [("2027-02-25 02:30", "2027-02-28"), ("2028-02-26 02:30", "2028-02-29")])
def test_29_february_is_greeted_once_a_year(store, customer, night, day):
    """T58."""
    customer.birthday = on("1992-02-29")
    customer.save()
    for days in range(5):
        plan_reminders(instant(night) + timedelta(days=days))
    assert planned() == [("birthday", day, f"{day} 09:30")]


@pytest.mark.parametrize(
    ("written", "nights", "days"),
    [
        # The twelfth month falls into the next solar year (domain 5.6).
        ("12-8", ["2027-01-10 02:30"], ["2027-01-15"]),
        # Month 6 of 2025 came twice: once, in the first; a birthday in the leap month likewise, and in common years too.
        ("6-15", ["2025-07-05 02:30", "2025-08-05 02:30"], ["2025-07-09"]),
        ("L6-15", ["2025-07-05 02:30", "2025-08-05 02:30"], ["2025-07-09"]),
        ("L6-15", ["2026-07-24 02:30"], ["2026-07-28"]),
        # The twelfth month of 2026 has 29 days.
        ("12-30", ["2027-02-01 02:30"], ["2027-02-05"]),
    ],
)
def test_a_lunar_birthday_is_greeted_once_on_its_day(store, customer, written, nights, days):
    """Domain 5.6, B7."""
    customer.birthday, customer.lunar_birthday = on("1980-11-20"), written
    customer.save()
    for night in nights:
        plan_reminders(instant(night))
        plan_reminders(instant(night) + timedelta(days=1))
    assert planned() == [("birthday", day, f"{day} 09:30") for day in days]


def test_who_keeps_the_lunar_day_is_not_greeted_on_the_solar_one(store, customer):
    customer.birthday, customer.lunar_birthday = on("1986-11-20"), "1-1"
    customer.save()
    plan_reminders(NIGHT)
    assert planned() == []


def test_the_family_is_greeted_through_the_customer(store, customer):
    """S4-01: spouse, child and parents, by either calendar; a driver's birthday is his own."""
    for relation, given in [("spouse", {"birthday": on("1990-11-19")}), ("parent", {"lunar_birthday": "10-15"}), ("driver", {"birthday": on("1990-11-19")})]:
        customer.contacts.create(name="Contact", relation=relation, **given)
    plan_reminders(NIGHT)
    assert planned() == [("family-birthday", "2026-11-19", "2026-11-19 09:30"), ("family-birthday", "2026-11-23", "2026-11-23 09:30")]
    assert "您爱人的生日" in Message.objects.order_by("due_at").first().body


@pytest.mark.parametrize("changes", [{"birthday": on("1990-11-20")}, {"lunar_birthday": "1-1"}, None])
def test_a_greeting_for_the_family_falls_with_its_reason(store, customer, changes):
    person = customer.contacts.create(name="Contact", relation="spouse", birthday=on("1990-11-19"))
    plan_reminders(NIGHT)
    assert occasion_problem(Message.objects.get()) == ""
    person.delete() if changes is None else ContactPerson.objects.update(**changes)
    assert occasion_problem(Message.objects.get()) == Reason.DATE_MOVED


def test_the_day_of_purchase_is_greeted_every_year(store, customer):
    """S4-07: care occasions with family birthdays and the anniversary of the car; not on the day of delivery itself."""
    for day in ("2024-11-20", "2026-11-20", "2023-12-20"):
        make_vehicle(store, customer, delivered_on=on(day))
    plan_reminders(NIGHT)
    assert planned() == [("purchase-anniversary", "2026-11-20", "2026-11-20 09:30")]
    message = Message.objects.get()
    assert "购车周年" in message.body
    assert occasion_problem(message) == ""
    message.vehicle.delivered_on = on("2024-11-21")
    assert occasion_problem(message) == Reason.DATE_MOVED


@pytest.mark.parametrize("birthday", ["1986-05-04", "1988-07-15", "1991-09-15"])
def test_birthdays_of_the_summer_time_years_are_not_shifted(store, customer, birthday):
    """T59: China had summer time from 1986 to 1991."""
    customer.birthday = on(birthday)
    customer.save()
    plan_reminders(instant(f"2027-{birthday[5:]} 02:30"))
    assert planned() == [("birthday", f"2027-{birthday[5:]}", f"2027-{birthday[5:]} 09:30")]


def test_running_twice_late_or_after_a_jump_of_the_clock_plans_once(store, customer):
    """T54, T57."""
    make_vehicle(store, customer, next_maintenance_on=on("2026-12-02"))
    assert plan_reminders(NIGHT) == 1
    assert [plan_reminders(NIGHT + timedelta(hours=hours)) for hours in (0, -1, 1, 24)] == [0, 0, 0, 0]


def test_after_days_of_standstill_only_what_is_still_useful_is_planned(store, customer):
    """T55: due on the 18th; worth sending for three days, in allowed hours."""
    make_vehicle(store, customer, next_maintenance_on=on("2026-12-02"))
    assert plan_reminders(instant("2026-11-21 09:31")) == 0
    assert plan_reminders(instant("2026-11-21 03:00")) == 1
    outbox.send_due(instant("2026-11-21 03:00"))
    message = Message.objects.get()
    assert (message.status, message.due_at) == (Message.Status.PLANNED, instant("2026-11-21 08:30"))


@pytest.mark.parametrize(
    "unreached",
    [
        lambda customer: customer.consents.all().delete(),
        lambda customer: agree(customer, is_granted=False, at=NOW - timedelta(days=1)),
        lambda customer: type(customer).objects.filter(pk=customer.pk).update(phone=""),
        lambda customer: type(customer).objects.filter(pk=customer.pk).update(do_not_call_at=NOW),
        lambda customer: customer.consents.update(purpose=Purpose.MARKETING),
        lambda customer: customer.consents.update(channel=Channel.PHONE),
    ],
)
def test_who_has_not_agreed_or_has_no_phone_is_not_planned(store, customer, unreached):
    make_vehicle(store, customer, next_maintenance_on=on("2026-12-02"))
    unreached(customer)
    assert plan_reminders(NIGHT) == 0


def test_the_newest_word_counts(store, customer):
    make_vehicle(store, customer, next_maintenance_on=on("2026-12-02"))
    agree(customer, is_granted=False, at=NOW - timedelta(days=2))
    agree(customer, at=NOW - timedelta(days=1))
    assert plan_reminders(NIGHT) == 1


def test_a_rule_counts_only_while_it_is_valid(store, customer):
    make_vehicle(store, customer, next_maintenance_on=on("2026-12-02"))
    ReminderRule.objects.filter(code="maintenance-14").update(valid_to=on("2026-11-17"))
    assert plan_reminders(NIGHT) == 0


def test_a_rule_can_be_edited(store, customer):
    make_vehicle(store, customer, next_maintenance_on=on("2026-12-02"))
    ReminderRule.objects.filter(code="maintenance-14").update(days_before=10)
    plan_reminders(NIGHT)
    assert planned() == [("maintenance-14", "2026-12-02", "2026-11-22 09:30")]


def test_today_is_the_day_of_the_store(store, other_store, customer):
    """At 16:30 in London it is already tomorrow in Shanghai."""
    make_vehicle(store, customer, next_maintenance_on=on("2026-12-10"))
    assert plan_reminders(datetime(2026, 11, 18, 15, 59, tzinfo=UTC)) == 0
    assert plan_reminders(datetime(2026, 11, 18, 16, 0, tzinfo=UTC)) == 1


def send(at):
    outbox.send_due(at)
    message = Message.objects.get()
    return message.status, message.reason


def test_an_early_visit_cancels_the_reminder(store, customer):
    """FU12."""
    vehicle = make_vehicle(store, customer, next_maintenance_on=on("2026-12-02"))
    plan_reminders(NIGHT)
    make_visit(store, vehicle, arrived_at=instant("2026-11-17 10:00"), promised_at=None)
    assert send(NOW) == (Message.Status.CANCELLED, Reason.VISITED)


def test_a_visit_of_the_last_round_does_not(store, customer):
    vehicle = make_vehicle(store, customer, next_maintenance_on=on("2026-12-02"))
    plan_reminders(NIGHT)
    make_visit(store, vehicle, arrived_at=instant("2026-06-02 10:00"), promised_at=None)
    assert send(NOW) == (Message.Status.SENT, "")


@pytest.mark.parametrize(
    ("given", "moved"),
    [
        ({"next_maintenance_on": on("2026-12-02")}, {"next_maintenance_on": on("2027-06-02")}),
        ({"commercial_insurance_until": on("2026-12-18")}, {"commercial_insurance_until": on("2027-12-18")}),
    ],
)
def test_a_day_that_has_moved_cancels_the_reminder(store, customer, given, moved):
    vehicle = make_vehicle(store, customer, **given)
    plan_reminders(NIGHT)
    type(vehicle).objects.filter(pk=vehicle.pk).update(**moved)
    assert send(NOW) == (Message.Status.CANCELLED, Reason.DATE_MOVED)


def test_a_corrected_birthday_cancels_the_greeting(store, customer):
    type(customer).objects.filter(pk=customer.pk).update(birthday=on("1990-11-18"))
    plan_reminders(NIGHT)
    type(customer).objects.filter(pk=customer.pk).update(birthday=on("1990-11-19"))
    assert send(NOW) == (Message.Status.CANCELLED, Reason.DATE_MOVED)


def test_the_shipped_texts_are_signed_offer_a_refusal_and_are_valid():
    for template in MessageTemplate.objects.all():
        template.full_clean()
        assert template.body.startswith("【{store}】")
        assert template.body.endswith("拒收请回复R") or template.category == MessageTemplate.Category.NOTICE


def test_loading_the_defaults_again_keeps_what_was_edited():
    from messaging import defaults

    MessageTemplate.objects.filter(code="birthday").update(body="【{store}】生日快乐")
    defaults.load()
    assert MessageTemplate.objects.get(code="birthday").body == "【{store}】生日快乐"
    assert (MessageTemplate.objects.filter(rules__isnull=False).distinct().count(), ReminderRule.objects.count()) == (10, 12)


def test_planning_asks_a_fixed_number_of_queries(store, customer, django_assert_max_num_queries):
    for _ in range(30):
        make_vehicle(store, agree(make_customer(store)), next_maintenance_on=on("2026-12-02"))
    with django_assert_max_num_queries(40):
        assert plan_reminders(NIGHT) == 30


def test_advised_work_is_reminded_once_a_day_and_car_while_it_is_open(store, customer):
    """VI4: when due it becomes a row of the outbox; closed meanwhile, it loses its reason."""
    car = make_vehicle(store, customer)
    for text in ("Brake pads", "Tyres"):
        AdvisedWork.objects.create(store=store, vehicle=car, text=text, due_on=on("2026-11-28"))
    plan_reminders(NIGHT)
    assert planned() == [("advised-7", "2026-11-28", "2026-11-21 09:30")]
    assert occasion_problem(Message.objects.get()) == ""
    AdvisedWork.objects.update(status=AdvisedWork.Status.REFUSED)
    assert occasion_problem(Message.objects.get()) == Reason.DATE_MOVED


def test_the_inspection_is_reminded_three_times_and_falls_when_it_is_done(store, customer, agent):
    """S1-17, FU12, domain 5.4: ninety, thirty and seven days before."""
    car = make_vehicle(store, customer, registered_on=on("2025-01-31"), inspection_due_on=on("2027-01-31"))
    for night in ("2026-11-01 02:30", "2026-12-31 02:30", "2027-01-23 02:30"):
        plan_reminders(instant(night))
    assert [(code, due[:10]) for code, _day, due in planned()] == [
        ("inspection-90", "2026-11-02"),
        ("inspection-30", "2027-01-01"),
        ("inspection-7", "2027-01-24"),
    ]
    message = Message.objects.first()
    assert occasion_problem(message) == ""
    type(car).objects.filter(pk=car.pk).update(inspection_due_on=on("2029-01-31"))
    assert occasion_problem(Message.objects.get(pk=message.pk)) == Reason.DATE_MOVED


def test_the_text_names_the_policy_that_ends(store, customer):
    """S1-17, domain 5.4: compulsory and commercial insurance end apart."""
    make_vehicle(store, customer, commercial_insurance_until=on("2026-12-18"), compulsory_insurance_until=on("2026-11-26"))
    make_vehicle(store, customer, commercial_insurance_until=on("2027-01-17"), compulsory_insurance_until=on("2027-01-17"))
    plan_reminders(NIGHT)
    told = {message.rule.code: message.body for message in Message.objects.select_related("rule")}
    assert "的交强险" not in told["insurance-30"]
    assert [code for code in ("insurance-60", "insurance-30", "insurance-7") if code in told] == ["insurance-60", "insurance-30", "insurance-7"]
    assert "商业险将于12月18日" in told["insurance-30"]
    assert "交强险将于11月26日" in told["insurance-7"]
    assert "交强险和商业险将于1月17日" in told["insurance-60"]
