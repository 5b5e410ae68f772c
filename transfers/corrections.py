"""What people have corrected by hand in the archive: a file does not take it back (T98)."""

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _

from activity.models import Event
from common.blocks import Block

# The facts of an import and of its undo name their run.
RUNS = ("run", "undone_run")
TITLES = {"name": "customer_name"}


def corrections(work, block):
    """Return ``{(model, id): {field: day}}`` of the fields people have changed in the rows known to the archive, and when last."""
    found = {}
    for shelf in (work.archive.customers, work.archive.vehicles):
        subject_type = ContentType.objects.get_for_model(shelf.model)
        changed = Event.objects.filter(code=f"{shelf.model._meta.model_name}.edited", subject_type=subject_type, subject_id__among=set(shelf.known))
        for pk, particulars, at in changed.exclude(actor=None).order_by("at").values_list("subject_id", "particulars", "at"):
            if not any(name in particulars for name in RUNS):
                days = found.setdefault((shelf.model, pk), {})
                days.update(dict.fromkeys(particulars.get("fields", ()), work.store.local(at).date()))
    return found


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
