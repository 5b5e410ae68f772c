"""One row of every kind in store A, for tests that walk over all pages and all endpoints."""

from datetime import timedelta
from types import SimpleNamespace

from activity.services import record
from complaints.models import Category, Complaint
from customers.models import CustomField, DuplicatePair, InspectionRule, PrivacyNotice, RightsRequest
from followups.models import Doubt, EvidenceRule, FollowUp, Plan, Report, Sample, SampleRow
from followups.reporting import figures_of
from gatherings.models import Gathering, Guest
from handoffs.models import Handoff
from kpis.models import Band, Target
from leads.models import Lead
from messaging.models import ChannelStop, ContactCap, Message, MessageTemplate, Receipt, ReminderRule, Reply
from notifications.models import Letter, Notification, Preference
from notifications.services import notify
from stores.models import CalendarDay
from surveys.models import Checklist, MysteryShop, Questionnaire, Response
from tests.factories import NOW, make_customer, make_delivery, make_handed_over, make_vehicle, make_visit, on
from transfers.models import ExportRun, Feed, ImportRun, IncomingFile
from visits.models import AdvisedWork, Appointment, Guarantee, GuaranteeRepair, GuaranteeRule, LoyaltyRule, MaintenanceInterval, Promise


def make_world(store, people):
    """Return one object of each kind in ``store``; ``people`` has agent, advisor and auditor."""
    customer = make_customer(store)
    vehicle = make_vehicle(store, customer)
    visit = make_visit(store, vehicle)
    handed_over = make_handed_over(store, vehicle=vehicle)
    delivery = make_delivery(store)
    followup = make_followup(store, handed_over)
    response = make_response(store, handed_over, people.agent)
    complaint = make_complaint(store, handed_over, people.agent)
    sample = Sample.objects.create(store=store, name="November", first_day=on("2026-11-01"), last_day=on("2026-11-30"), count=1, seed=1, drawn_at=NOW)
    gathering = Gathering.objects.create(
        store=store, kind="class", title="Owner class", starts_at=NOW + timedelta(days=9), planned_on=on("2026-11-27"), venue="Showroom"
    )
    notify([people.agent], "complaint.issued", complaint)
    record("visit.created", visit, by=people.advisor)
    return SimpleNamespace(
        colleague=people.agent,
        customer=customer,
        contact=customer.contacts.create(name="Contact", relation="spouse"),
        phone=customer.phones.create(phone="02112345678", label="work"),
        vehicle=vehicle,
        past_plate=vehicle.past_plates.create(plate="沪B88888", until=on("2026-05-01")),
        visit=visit,
        delivery=delivery,
        duplicate=DuplicatePair.objects.create(store=store, first=customer, second=delivery.customer, score=90),
        appointment=Appointment.objects.create(store=store, customer=customer, vehicle=vehicle, starts_at=NOW + timedelta(days=1)),
        advised=AdvisedWork.objects.create(store=store, vehicle=vehicle, text="Brake pads", due_on=on("2026-12-31")),
        promise=Promise.objects.create(store=store, customer=customer, text="Free wash", owner=people.advisor, due_on=on("2026-12-31")),
        guarantee=Guarantee.objects.create(store=store, vehicle=vehicle),
        guarantee_repair=GuaranteeRepair.objects.create(store=store, visit=handed_over, fault="Oil leak"),
        guarantee_rule=GuaranteeRule.objects.first(),
        inspection_rule=InspectionRule.objects.first(),
        rights_request=RightsRequest.objects.create(
            store=store, customer=customer, kind="access", asked_by="Owner", identity="Card seen", due_at=NOW + timedelta(days=15), taken_by=people.agent
        ),
        privacy_notice=PrivacyNotice.objects.first(),
        loyalty_rule=LoyaltyRule.objects.first(),
        interval=MaintenanceInterval.objects.first(),
        followup=followup,
        report=Report.objects.create(
            store=store, period="week", first_day=on("2026-11-09"), last_day=on("2026-11-15"), figures=figures_of(store, on("2026-11-09"), on("2026-11-15"))
        ),
        plan=followup.plan,
        doubt=make_doubt(followup, people.agent),
        evidence_rule=EvidenceRule.objects.first(),
        response=response,
        questionnaire=response.questionnaire,
        draft=Questionnaire.objects.create(code="draft", side="sales", name_en="Draft", name_zh="草稿"),
        complaint=complaint,
        sample=sample,
        sample_row=SampleRow.objects.create(sample=sample, store=store, customer=customer, vehicle=vehicle, standing="drawn", position=1),
        shop=make_shop(store, people),
        checklist=Checklist.objects.first(),
        target=Target.objects.create(indicator="csi", store=store, value=900, valid_from=on("2026-01-01")),
        calendar_day=CalendarDay.objects.first(),
        band=Band.objects.create(indicator="csi", store=store, name="A", from_value=900, valid_from=on("2026-01-01")),
        run=ImportRun.objects.create(store=store, kind="visits", file_name="orders.xlsx"),
        handoff=Handoff.objects.create(store=store, person=people.advisor, reason="leaves", by=people.agent),
        lead=Lead.objects.create(store=store, name="Lead", phone="13800007777"),
        gathering=gathering,
        guest=Guest.objects.create(gathering=gathering, customer=customer, status="registered", registered_at=NOW, came_at=NOW),
        feed=Feed.objects.create(store=store, kind="visits", folder="dms"),
        incoming=IncomingFile.objects.create(store=store, kind="visits", name="orders.xlsx", digest="0" * 64, status="refused"),
        export=ExportRun.objects.create(list_code="visits", reason="Audit", by=people.agent, language="en", time_zone="Asia/Shanghai", status="done"),
        notification=Notification.objects.get(user=people.agent),
        letter=Letter.objects.create(user=people.agent, key="world", mail="digest", due_at=NOW),
        preference=Preference.objects.create(user=people.agent),
        message=make_message(customer),
        template=MessageTemplate.objects.first(),
        rule=ReminderRule.objects.first(),
        channel_stop=ChannelStop.objects.create(channel="messaging.channels.mail", cause="by_hand"),
        receipt=Receipt.objects.create(channel="messaging.channels.mail", provider_ref="P-1", state="delivered"),
        cap=ContactCap.objects.first(),
        reply=Reply.objects.create(store=store, phone="13700000007", body="Hello", status="unmatched"),
        custom_field=CustomField.objects.create(subject="customer", code="hobby", kind="text", name_en="Hobby", name_zh="爱好"),
    )


def make_message(customer):
    template = MessageTemplate.objects.first()
    times = {"due_at": NOW, "expires_at": NOW + timedelta(days=3)}
    return Message.objects.create(store=customer.store, customer=customer, template=template, key="world", phone=customer.phone, **times)


def make_followup(store, visit, **fields):
    plan = Plan.objects.get(code="service-3wd")
    return FollowUp.objects.create(
        **{
            "store": store, "plan": plan, "source_kind": "visit", "source_id": visit.pk, "customer": visit.customer, "vehicle": visit.vehicle, "visit": visit,
            "role": plan.role, "due_at": NOW, "available_at": NOW, **fields,
        }
    )  # fmt: skip


def make_doubt(followup, by):
    """One finished call of ``by`` that the telephone says nobody talked in."""
    attempt = followup.attempts.create(by=by, at=NOW, outcome="ok", talk_seconds=0)
    numbers = {"calls": 1, "seconds": 0, "least": 30, "most": 3}
    doubt = Doubt.objects.create(store=followup.store, by=by, sign="length", numbers=numbers, first_at=NOW)
    doubt.attempts.add(attempt)
    return doubt


def make_response(store, visit, by):
    questionnaire = Questionnaire.objects.get(code="csi-5f")
    context = {"customer": visit.customer, "vehicle": visit.vehicle, "visit": visit, "employee": visit.advisor, "served_on": on("2026-11-18")}
    response = Response(store=store, questionnaire=questionnaire, **context)
    return response.submit({question.pk: 9 for question in questionnaire.questions.filter(kind="rating")}, by=by)


def make_complaint(store, visit, by):
    return Complaint(
        store=store, category=Category.objects.filter(parent__isnull=False).first(), department=store.first_department("service"),
        customer=visit.customer, vehicle=visit.vehicle, visit=visit, words="The brake squeals again.",
    ).issue(by=by)  # fmt: skip


def make_shop(store, people):
    checklist = Checklist.objects.get(code="ms-after-sales")
    return MysteryShop.objects.create(
        store=store, checklist=checklist, kind="announced", employee=people.advisor, auditor=people.auditor, visited_on=on("2026-11-17")
    )  # fmt: skip
