"""What people have corrected by hand in the archive: a file does not take it back (T98)."""

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _

from activity.models import Event
from common.blocks import Block

# The facts of an import and of its undo name their run.
RUNS = ("run", "undone_run")
TITLES = {"name": "customer_name"}


def corrections(work):
    """Return ``{(model, id): {field: day}}`` of the fields people have changed in the rows known to the archive, and when last.

    Each row is asked about once a file; the archive knows more of them with every block.
    """
    for shelf in (work.archive.customers, work.archive.vehicles):
        new = {pk for pk in shelf.known if (shelf.model, pk) not in work.corrected}
        work.corrected |= {(shelf.model, pk): {} for pk in new}
        for pk, fields, day in by_hand(shelf.model, new, work.store):
            work.corrected[shelf.model, pk] |= dict.fromkeys(fields, day)
    return work.corrected


def by_hand(model, pks, store):
    """Yield ``(id, names of fields, day)`` of every change by a person, the oldest first."""
    subject_type = ContentType.objects.get_for_model(model)
    changed = Event.objects.filter(code=f"{model._meta.model_name}.edited", subject_type=subject_type, subject_id__among=pks)
    for pk, particulars, at in changed.exclude(actor=None).order_by("at").values_list("subject_id", "particulars", "at"):
        if not any(name in particulars for name in RUNS):
            yield pk, particulars.get("fields", ()), store.local(at).date()


@dataclass(frozen=True)
class Kept:
    """The corrections as one row of the file meets them: a value that says something else is left out and reported."""

    block: Block
    index: int
    corrected: dict

    def without(self, model, draft, values):
        days = self.corrected.get((model, draft.id), {})
        kept = [name for name in days if name in draft.values and values.get(name) not in (None, draft.values[name])]
        for name in kept:
            params = {"value": str(draft.values[name]), "day": days[name].isoformat()}
            message = _("On file is “%(value)s”, corrected by hand on %(day)s; it stays. Change it there if the file is right.")
            self.block.warn(self.index, TITLES.get(name, name), "corrected_by_hand", message, params)
        return {name: value for name, value in values.items() if name not in kept}
