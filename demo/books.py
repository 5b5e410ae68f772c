"""The books of the demo group: rows are collected with their keys given beforehand and written in bulk.

What is written is what the verbs would have written; the verbs themselves would need minutes for two years.
"""

from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from django.contrib.contenttypes.models import ContentType
from django.db import models

from accounts.models import User
from activity.models import Event
from common.bulk import load, reserve_ids
from complaints.models import Complaint, Round
from customers.models import Consent, ContactPerson, Customer, PastPlate, Phone, Vehicle
from followups.models import Attempt, FollowUp
from gatherings.models import Gathering, Guest
from leads.models import Lead
from messaging.models import SimulatedReceipt
from notifications.models import Notification
from surveys.models import Answer, FactorScore, ItemScore, MysteryShop, Response
from visits.models import AdvisedWork, Agreement, Appointment, CeremonyCheck, Delivery, GuaranteeRepair, OrderItem, Promise, QualityCheck, Visit

# Written in this order, so that every row finds what it refers to.
KEYED = [
    Customer,
    Vehicle,
    ContactPerson,
    Consent,
    Visit,
    Delivery,
    Appointment,
    AdvisedWork,
    GuaranteeRepair,
    Response,
    FollowUp,
    Complaint,
    Round,
    MysteryShop,
    Promise,
    Lead,
    Gathering,
    Guest,
]
UNKEYED = {
    Phone: ["customer_id", "phone", "phone_tail", "label", "note"],
    PastPlate: ["vehicle_id", "plate", "since", "until"],
    Answer: ["response_id", "question_id", "value", "text"],
    FactorScore: ["response_id", "factor_id", "points"],
    Attempt: ["followup_id", "by_id", "at", "outcome", "note", "next_at", "held_since", "call_ref", "talk_seconds"],
    ItemScore: ["shop_id", "item_id", "earned", "is_na", "note"],
    CeremonyCheck: ["delivery_id", "item_id", "done_at", "done_by_id"],
    Visit.technicians.through: ["visit_id", "user_id"],
    Agreement: ["visit_id", "subject", "text", "amount", "agreed_by", "channel", "agreed_at", "logged_by_id"],
    OrderItem: ["visit_id", "kind", "name", "group", "hours", "amount", "payer"],
    QualityCheck: ["visit_id", "level", "has_passed", "has_road_test", "findings", "checked_by_id", "checked_at"],
    SimulatedReceipt: ["message_ref", "phone", "body", "received_at"],
}
EVENT = ["id", "store_id", "at", "actor_id", "code", "subject_type_id", "subject_id", "customer_ref", "vehicle_ref", "particulars"]
NOTIFICATION = ["user_id", "store_id", "code", "subject_type_id", "subject_id", "particulars", "created_at", "read_at"]


@dataclass
class Note:
    """An event to be written, and the people it is told to with what the bell says."""

    at: datetime
    code: str
    subject: models.Model
    by: User | None
    particulars: dict
    told: list = field(default_factory=list)
    bell: dict = field(default_factory=dict)
    pk: int = 0


class Books:
    def __init__(self, most):
        """Reserve ``most`` keys for each kind of row."""
        self.keys = {model: iter(reserve_ids(model, most)) for model in KEYED}
        self.rows = {model: [] for model in [*KEYED, *UNKEYED]}
        self.notes = []
        self.bells = []

    def add(self, row):
        """Enter a row under the next key and return it."""
        row.pk = next(self.keys[type(row)])
        self.rows[type(row)].append(row)
        return row

    def enter(self, model, *cells):
        """Enter a row nothing refers to, as the cells of ``UNKEYED``."""
        self.rows[model].append(cells)

    def note(self, code, subject, at, by=None, /, **particulars):
        """Enter the event ``code`` about ``subject``."""
        note = Note(at, code, subject, by, particulars)
        self.notes.append(note)
        return note

    def ring(self, user, code, subject, at, /, **particulars):
        """Enter a line for the bell of ``user`` about a row that is not an event."""
        self.bells.append((user.pk, subject.store_id, code, type_id(subject), subject.pk, particulars, at))

    def write_archive(self):
        """Write the rows others refer to; what follows may read them from the database."""
        for model in KEYED:
            columns = [each.attname for each in model._meta.concrete_fields if not isinstance(each, models.FileField)]
            load(model, columns, map(attrgetter(*columns), self.rows[model]))

    def write_rest(self, read_before):
        """Write answers, scores, attempts and events; bells rung before ``read_before`` count as read."""
        for model, columns in UNKEYED.items():
            load(model, columns, self.rows[model])
        self.write_events()
        load(Notification, NOTIFICATION, [(*bell, bell[-1] if bell[-1] < read_before else None) for bell in self.bells])

    def write_events(self):
        """Write the events in the order of time, and the bells about them."""
        self.notes.sort(key=lambda note: note.at)
        for note, pk in zip(self.notes, reserve_ids(Event, len(self.notes)), strict=True):
            note.pk = pk
        # A list, not a generator: while PostgreSQL takes rows in, the connection answers no query, not even for a content type.
        load(Event, EVENT, [event_cells(note) for note in self.notes])
        event_type = ContentType.objects.get_for_model(Event).pk
        for note in self.notes:
            self.bells += [(user.pk, note.subject.store_id, note.code, event_type, note.pk, note.bell, note.at) for user in note.told]


def event_cells(note):
    subject = note.subject
    customer_ref = subject.pk if isinstance(subject, Customer) else getattr(subject, "customer_id", None)
    vehicle_ref = subject.pk if isinstance(subject, Vehicle) else getattr(subject, "vehicle_id", None)
    actor_id = note.by.pk if note.by else None
    return note.pk, subject.store_id, note.at, actor_id, note.code, type_id(subject), subject.pk, customer_ref, vehicle_ref, note.particulars


def type_id(row):
    return ContentType.objects.get_for_model(row).pk
