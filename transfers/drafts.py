"""Rows on their way into the database: what stands there, what the file says, what therefore changes."""

from operator import itemgetter

from common.bulk import OnConflict, load, reserve_ids

EMPTY = (None, "")
UNCHANGED = frozenset()


class Draft:
    """One row of a table. ``changed`` names the fields the file changes; a new row has no ``id`` yet."""

    __slots__ = ("changed", "id", "is_new", "values")

    def __init__(self, values, id=None):
        self.id, self.values, self.is_new = id, values, id is None
        self.changed = UNCHANGED

    def take(self, names, values, *, overwrite=True):
        """Take the ``names`` from what the file says: an empty cell (None) changes nothing, a filled one only what is empty unless ``overwrite``."""
        own = self.values
        said = {name: value for name in names if (value := values.get(name)) is not None}
        if not overwrite:
            said = {name: value for name, value in said.items() if own[name] in EMPTY}
        if not self.is_new:
            self.changed = self.changed.union(name for name, value in said.items() if own[name] != value)
        own.update(said)

    @property
    def needs_writing(self):
        return self.is_new or bool(self.changed)

    @property
    def outcome(self):
        return "created" if self.is_new else "updated" if self.changed else "unchanged"

    def settle(self):
        """Note that the row stands in the database as it is here."""
        self.is_new, self.changed = False, UNCHANGED


def read_drafts(queryset, names):
    """Return the rows of ``queryset`` as drafts."""
    return [Draft(dict(zip(names, row[1:], strict=True)), row[0]) for row in queryset.values_list("pk", *names)]


def write_drafts(model, store, drafts, names, now):
    """Write new drafts, which get their ids, and changed ones."""
    new = [draft for draft in drafts if draft.is_new]
    for draft, pk in zip(new, reserve_ids(model, len(new)), strict=True):
        draft.id = pk
    columns, shared = ["id", *names], {"store": store.pk, "updated_at": now}
    load(model, columns, as_rows(new, names), shared=shared)
    changed = [draft for draft in drafts if not draft.is_new]
    if changed:
        load(model, columns, as_rows(changed, names), OnConflict(key=("id",), update=tuple(names), touch=("updated_at",)), shared)


def as_rows(drafts, names):
    picked = itemgetter(*names)
    return ((draft.id, *picked(draft.values)) for draft in drafts)
