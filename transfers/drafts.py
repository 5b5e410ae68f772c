"""Rows on their way into the database: what stands there, what the file says, what therefore changes."""

from operator import itemgetter

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
            if value is None or value == "" or own[name] == value or not (overwrite or own[name] in EMPTY):
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
    """Write new drafts, which get their ids, and changed ones."""
    new = [draft for draft in drafts if draft.is_new]
    for draft, pk in zip(new, reserve_ids(model, len(new)), strict=True):
        draft.id = pk
    columns = ["id", "store", "updated_at", *names]
    load(model, columns, as_rows(new, store, names, now))
    changed = [draft for draft in drafts if not draft.is_new]
    if changed:
        load(model, columns, as_rows(changed, store, names, now), OnConflict(key=("id",), update=tuple(names), touch=("updated_at",)))


def as_rows(drafts, store, names, now):
    picked = itemgetter(*names)
    return ((draft.id, store.pk, now, *picked(draft.values)) for draft in drafts)
