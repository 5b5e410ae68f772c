"""Rows on their way into the database: what stands there, what the file says, what therefore changes."""

from common.bulk import OnConflict, load, reserve_ids

EMPTY = (None, "")


class Draft:
    """One row of a table. ``changed`` names the fields the file changes; a new row has no ``id`` yet."""

    __slots__ = ("changed", "id", "is_new", "values")

    def __init__(self, values, id=None):
        self.id, self.values, self.is_new = id, values, id is None
        self.changed = set()

    def take(self, values, *, overwrite=True):
        """Take what the file says: an empty cell changes nothing, a filled one only what is empty unless ``overwrite``."""
        own = self.values
        for name, value in values:
            if value in EMPTY or own[name] == value or not (overwrite or own[name] in EMPTY):
                continue
            own[name] = value
            self.changed.add(name)

    @property
    def needs_writing(self):
        return self.is_new or bool(self.changed)

    @property
    def outcome(self):
        return "created" if self.is_new else "updated" if self.changed else "unchanged"


def read_drafts(queryset, names):
    """Return the rows of ``queryset`` as drafts."""
    return [Draft(dict(zip(names, row[1:], strict=True)), row[0]) for row in queryset.values_list("pk", *names)]


def write_drafts(model, store, drafts, names, now):
    """Write new and changed drafts in one go; new ones get their ids."""
    new = [draft for draft in drafts if draft.is_new]
    for draft, pk in zip(new, reserve_ids(model, len(new)), strict=True):
        draft.id = pk
    rows = ((draft.id, store.pk, now, *(draft.values[name] for name in names)) for draft in drafts)
    load(model, ["id", "store", "updated_at", *names], rows, OnConflict(key=("id",), update=tuple(names), touch=("updated_at",)))
