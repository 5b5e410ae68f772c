"""Taking an import back: its new rows go while nothing hangs on them, its changes are turned back where nobody has changed the row since."""

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from activity.models import Event
from activity.services import announce_days
from common.bulk import change, load
from customers.models import Customer, DuplicatePair, PastPlate, Phone, Vehicle
from followups.models import FollowUp
from stores.models import Store
from transfers.drafts import KEYS
from transfers.models import Kept
from visits.models import Delivery, Visit
from visits.signals import people_changed

# What points to others goes before them.
MODELS = (Visit, Delivery, Phone, Vehicle, Customer)
MOMENTS = {Visit: ("arrived_at", "handed_over_at"), Delivery: ("delivered_at",)}
PEOPLE = {Visit: "advisor_id", Delivery: "salesperson_id"}
POINTERS = {Visit: ("customer_id", "vehicle_id"), Delivery: ("customer_id", "vehicle_id"), Vehicle: ("customer_id",)}
# Customer and car an event about the row belongs to.
REFERENCES = {
    Visit: lambda pk, pointers: pointers,
    Delivery: lambda pk, pointers: pointers,
    Vehicle: lambda pk, pointers: (*pointers, pk),
    Customer: lambda pk, pointers: (pk, None),
}
LABELS = {Visit: "number", Delivery: "vehicle__vin_tail", Vehicle: "vin_tail", Phone: "phone_tail"}


def undo_import(run, *, by, now=None):
    """Take the import back as far as that harms nobody, all in one transaction; a second time is refused.

    1. Turn changed rows back: what they point to then was there before the import.
    2. Remove new rows with the calls planned for them that nobody has touched.
    3. Keep with the run what stays and why.
    """
    now = now or timezone.now()
    with transaction.atomic():
        # The same lock as an import's: the two never run into each other.
        Store.objects.select_for_update().get(pk=run.store_id)
        run.start_undo(by=by, now=now)
        undo = Undo(run, by, now)
        for model in MODELS:
            undo.turn_back(model)
        undo.reopen_plates()
        for model in MODELS:
            undo.remove(model)
        announce_days(run.store_id, *undo.days)
        run.finish_undo(by=by, removed=undo.removed, restored=undo.restored, kept=undo.kept)


class Undo:
    def __init__(self, run, by, now):
        self.run, self.trace, self.by, self.now = run, run.trace, by, now
        self.days, self.kept, self.removed, self.restored = set(), [], 0, 0

    def turn_back(self, model):
        for names, rows in self.trace.changes_of(model):
            there = dict(self.values(model, rows, names))
            touched = self.touched(model, there)
            back = {}
            for pk, (before, after) in rows.items():
                if pk not in there:
                    self.keep(model, [pk], Kept.GONE)
                elif pk in touched or there[pk] != after:
                    self.keep(model, [pk], Kept.CHANGED)
                else:
                    back[pk] = before
            if back:
                self.write(model, names, back)

    def reopen_plates(self):
        """Where the car has its plate back, its time has not ended."""
        PastPlate.objects.filter(pk__among=self.trace.created_of(PastPlate), plate=F("vehicle__plate")).delete()

    def values(self, model, pks, names):
        return ((pk, tuple(values)) for pk, *values in model.objects.filter(pk__among=set(pks)).values_list("pk", *names))

    def write(self, model, names, back):
        """Write the values from before, with the keys kept beside them and a fact for each row."""
        keys = [name for name in names if name in KEYS]
        rows = ((pk, *before, *(KEYS[name][1](before[names.index(name)]) for name in keys)) for pk, before in back.items())
        self.touch_days(model, back)
        change(model, [*names, *(KEYS[name][0] for name in keys)], rows, {"updated_at": self.now})
        self.touch_days(model, back)
        self.restored += len(back)
        self.record_edited(model, names, back)
        if PEOPLE.get(model) in names:
            people_changed.send(sender=model, store_id=self.run.store_id, pks=list(back))

    def record_edited(self, model, names, pks):
        rows = [(pk, *REFERENCES[model](pk, row)) for pk, *row in model.objects.filter(pk__among=set(pks)).values_list("pk", *POINTERS.get(model, ()))]
        shared = {"store": self.run.store_id, "at": self.now, "actor": self.by.pk, "subject_type": ContentType.objects.get_for_model(model).pk}
        words = {"code": f"{model._meta.model_name}.edited", "particulars": {"undone_run": self.run.pk, "fields": list(names)}}
        load(Event, ["subject_id", "customer_ref", "vehicle_ref"], rows, shared=shared | words)

    def remove(self, model):
        there = set(model.objects.filter(pk__among=self.trace.created_of(model)).values_list("pk", flat=True))
        touched = self.touched(model, there)
        calls = self.untouched_calls(model, there - touched)
        used = in_use(model, there - touched, calls)
        self.keep(model, touched, Kept.CHANGED)
        self.keep(model, used, Kept.USED)
        going = there - touched - used
        self.touch_days(model, going)
        if calls:
            self.remove_calls(model, going, calls)
        model.objects.filter(pk__among=going).delete()
        self.removed += len(going)

    def untouched_calls(self, model, pks):
        """Return the calls planned for these visits or deliveries that nobody has had anything to do with."""
        if model not in MOMENTS or not pks:
            return set()
        calls = set(FollowUp.objects.untouched().filter(**{f"{model._meta.model_name}__among": pks}).values_list("pk", flat=True))
        calls -= self.touched(FollowUp, calls)
        return calls - in_use(FollowUp, calls)

    def remove_calls(self, model, going, calls):
        planned = FollowUp.objects.filter(pk__among=calls, **{f"{model._meta.model_name}__among": going})
        self.days |= {self.run.store.local(due_at).date() for due_at in planned.values_list("due_at", flat=True)}
        planned.delete()

    def touched(self, model, pks):
        """Return the rows something has happened to since the import: every change leaves a fact."""
        since = Event.objects.filter(subject_type=ContentType.objects.get_for_model(model), subject_id__among=set(pks), at__gt=self.trace.at)
        return set(since.values_list("subject_id", flat=True))

    def touch_days(self, model, pks):
        if pks and model in MOMENTS:
            moments = model.objects.filter(pk__among=set(pks)).values_list(*MOMENTS[model])
            self.days |= {self.run.store.local(moment).date() for row in moments for moment in row if moment}

    def keep(self, model, pks, reason):
        if not pks:
            return
        label = LABELS.get(model, "pk")
        labels = dict(model.objects.filter(pk__among=set(pks)).values_list("pk", label))
        self.kept += [[model._meta.label_lower, pk, str(labels.get(pk) or pk), reason] for pk in sorted(pks)]


def in_use(model, pks, calls=()):
    """Return those of the rows another row points to, the planned ``calls`` and suspected duplicates aside."""
    used = set()
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one) and relation.related_model is not DuplicatePair:
            pointing = relation.related_model._base_manager.filter(**{f"{relation.field.name}__among": pks})
            pairs = pointing.values_list("pk", relation.field.attname)
            used |= {pk for own, pk in pairs if not (relation.related_model is FollowUp and own in calls)}
    return used
