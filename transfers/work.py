"""What one import knows while it runs, and what it reports."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType

from activity.models import Event
from common.bulk import load_columns, reserve_ids
from customers.models import Customer, PastPlate, Phone
from customers.models.plate import began
from customers.numbers import MOBILE
from stores.models import Store
from transfers.archive import Archive
from transfers.drafts import insert_drafts, update_drafts
from transfers.models import ImportRun
from visits.signals import people_changed

OUTCOMES = ("created", "updated", "unchanged", "skipped")
CLOCK_DRIFT = timedelta(minutes=10)


@dataclass
class Report:
    """What came of a file: row counts, notes on rows that were rejected or deserve a look, and the rows of our tables it made or changed.

    ``created`` holds ids by model; ``updated`` what stood in the changed fields before, by model and id, ``after`` what stands there now.
    """

    counts: Counter = field(default_factory=Counter)
    rejected: list = field(default_factory=list)
    warnings: list = field(default_factory=list)
    rejected_cells: list = field(default_factory=list)
    header: tuple = ()
    titles: dict = field(default_factory=dict)
    unknown_headers: list = field(default_factory=list)
    created: dict = field(default_factory=lambda: defaultdict(list))
    updated: dict = field(default_factory=lambda: defaultdict(dict))
    after: dict = field(default_factory=lambda: defaultdict(dict))
    run: ImportRun | None = None

    def note_changed(self, model, drafts):
        """A row that comes again in a later block keeps what stood there before the first."""
        updated, after = self.updated[model], self.after[model]
        for draft in drafts:
            updated[draft.id] = draft.before | updated.get(draft.id, {})
            after[draft.id] = {name: draft.values[name] for name in updated[draft.id]}

    def as_dict(self):
        counts = {name: self.counts[name] for name in OUTCOMES}
        return counts | {"rejected": [note.as_dict() for note in self.rejected], "warnings": [note.as_dict() for note in self.warnings]}


@dataclass
class Work:
    """What the readers share while one file is taken in. A dry run finds out the same and writes nothing."""

    store: Store
    archive: Archive
    run: ImportRun
    by: object
    now: object
    report: Report
    is_dry_run: bool = False
    days: set = field(default_factory=set)
    corrected: dict = field(default_factory=dict)
    seen: set = field(default_factory=set)

    def __post_init__(self):
        self.zone = self.store.zone
        # Compared with the file's times, which are in this zone too: that is quicker.
        self.now = self.now.astimezone(self.zone)
        self.latest = self.now + CLOCK_DRIFT
        self.origin = datetime(2000, 1, 1), datetime(2000, 1, 1, tzinfo=self.zone)

    def aware(self, moments):
        """Return a file's local times in the store's zone."""
        # Sums of local times stay local; ``replace`` takes four times as long.
        plain, aware = self.origin
        return [moment and aware + (moment - plain) for moment in moments]

    def touch(self, moments):
        """Note the store days whose figures change."""
        zone = self.zone
        self.days |= {moment.date() if moment.tzinfo is zone else moment.astimezone(zone).date() for moment in moments if moment is not None}

    def write_new_archive(self):
        """Write the customers and cars met since the last time: they stand there before anything points to them."""
        self.archive.write_new(self.now, is_dry_run=self.is_dry_run)

    def close_archive(self):
        """Write what changed in customers and cars, and the facts about all of them."""
        if self.is_dry_run:
            return
        self.archive.write_changes(self.now)
        for shelf, references in ((self.archive.customers, customer_references), (self.archive.vehicles, vehicle_references)):
            self.record_new(shelf.model, *columns_of(map(references, shelf.new)))
            self.record_changed(shelf.model, shelf.changed, references)
        self.write_numbers([(customer.id, number) for customer, number in self.archive.numbers.new if number != customer.values["phone"]])
        self.close_plates([car for car in self.archive.vehicles.changed if car.before.get("plate")])

    def write_numbers(self, rows):
        """Write the numbers that stand beside the preferred ones, and let those who fetch what has changed know."""
        if not rows:
            return
        owners, numbers = (list(column) for column in zip(*rows, strict=True))
        ids = reserve_ids(Phone, len(rows))
        labels = [Phone.Label.MOBILE.value if MOBILE.fullmatch(number) else Phone.Label.HOME.value for number in numbers]
        load_columns(Phone, {"id": ids, "customer_id": owners, "phone": numbers, "phone_tail": [number[-4:] for number in numbers], "label": labels})
        Customer.objects.filter(pk__among=set(owners)).update(updated_at=self.now)
        self.record_new(Phone, ids, owners, [None] * len(rows))

    def close_plates(self, cars):
        """Keep the plates that others have taken the place of; the change itself is on record with the car."""
        if not cars:
            return
        today, pks = self.store.today(self.now), [car.id for car in cars]
        last = dict(PastPlate.objects.filter(vehicle__among=pks).order_by("until", "pk").values_list("vehicle_id", "until"))
        since = [began(last.get(car.id) or car.before.get("registered_on", car.values["registered_on"]), today) for car in cars]
        ids = reserve_ids(PastPlate, len(cars))
        load_columns(PastPlate, {"id": ids, "vehicle_id": pks, "plate": [car.before["plate"] for car in cars], "since": since}, {"until": today})
        self.report.created[PastPlate].extend(ids)

    def write_drafts(self, model, fields, drafts):
        """Write those of the drafts that are new or changed, with their events."""
        new, changed = [draft for draft in drafts if draft.is_new], [draft for draft in drafts if draft.is_changed]
        if self.is_dry_run:
            return
        insert_drafts(model, self.store, new, fields, self.now)
        update_drafts(model, changed, self.now)
        self.record_new(model, *columns_of(map(row_references, new)))
        self.record_changed(model, changed, row_references)

    def record_new(self, model, ids=(), customer_ids=(), vehicle_ids=()):
        """Write the fact that these rows were imported."""
        self.report.created[model].extend(ids)
        self.load_events(model, "imported", {}, ids, customer_ids, vehicle_ids)

    def record_changed(self, model, drafts, references):
        """Write the fact that these rows were changed: one load for all in which the same was."""
        self.report.note_changed(model, drafts)
        alike = defaultdict(list)
        for draft in drafts:
            alike[tuple(sorted(draft.before))].append(draft)
        for fields, same in alike.items():
            self.load_events(model, "edited", {"fields": fields}, *columns_of(map(references, same)))

    def count(self, identities, outcomes):
        """Count the rows; one whose identity came in an earlier block is not counted again."""
        if self.seen.isdisjoint(identities):
            self.report.counts.update(outcomes)
        else:
            self.report.counts.update("skipped" if identity in self.seen else outcome for identity, outcome in zip(identities, outcomes, strict=True))
        self.seen.update(identities)

    def announce_people(self, model, pks):
        """Tell the apps above that these rows have somebody else to answer for them."""
        if pks and not self.is_dry_run:
            people_changed.send(sender=model, store_id=self.store.pk, pks=pks)

    def load_events(self, model, verb, particulars, ids=(), customer_ids=(), vehicle_ids=()):
        subject_type = ContentType.objects.get_for_model(model).pk
        shared = {"store": self.store.pk, "at": self.now, "actor": self.by and self.by.pk, "subject_type": subject_type}
        words = {"code": f"{model._meta.model_name}.{verb}", "particulars": {"run": self.run.pk} | particulars}
        load_columns(Event, {"subject_id": ids, "customer_ref": customer_ids, "vehicle_ref": vehicle_ids}, shared | words)


def columns_of(rows):
    return zip(*rows, strict=True)


def customer_references(draft):
    return draft.id, draft.id, None


def vehicle_references(draft):
    return draft.id, draft.values["customer_id"], draft.id


def row_references(draft):
    return draft.id, draft.values["customer_id"], draft.values["vehicle_id"]
