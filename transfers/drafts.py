"""Rows on their way into the database: what stands there, what the file says, what therefore changes."""

from collections import defaultdict
from operator import itemgetter

from common.bulk import OnConflict, load, reserve_ids

EMPTY = (None, "")
UNCHANGED = frozenset()
# Kept beside these fields, for searching.
TAILS = {"phone": "phone_tail", "vin": "vin_tail"}


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


def read_drafts(queryset, names):
    """Return the rows of ``queryset`` as drafts, the oldest first."""
    # Sorted here: for an ORDER BY, SQLite walks the whole table in that order instead of looking the few rows up.
    rows = sorted(queryset.order_by().values_list("pk", *names), key=itemgetter(0))
    return [Draft(dict(zip(names, row[1:], strict=True)), row[0]) for row in rows]


def insert_drafts(model, store, drafts, names, now):
    """Write drafts of new rows, which get their ids."""
    for draft, pk in zip(drafts, reserve_ids(model, len(drafts)), strict=True):
        draft.id, draft.is_new = pk, False
    load(model, ["id", *names], as_rows(drafts, names), shared={"store": store.pk, "updated_at": now})


def update_drafts(model, store, drafts, names, now):
    """Write changed drafts, those with the same changes together: what does not change costs nothing."""
    alike = defaultdict(list)
    for draft in drafts:
        alike[frozenset(draft.changed)].append(draft)
    for changed, group in alike.items():
        tails = [TAILS[name] for name in changed if name in TAILS]
        conflict = OnConflict(key=("id",), update=tuple(sorted(changed)), touch=("updated_at", *tails))
        load(model, ["id", *names], as_rows(group, names), conflict, {"store": store.pk, "updated_at": now})


def as_rows(drafts, names):
    picked = itemgetter(*names)
    return ((draft.id, *picked(draft.values)) for draft in drafts)
