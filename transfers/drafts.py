"""Rows on their way into the database: what stands there, what the file says, what therefore changes."""

from collections import defaultdict
from operator import itemgetter

from common.bulk import change, load_columns, reserve_ids
from customers.names import pinyin_key

EMPTY = (None, "")
NOTHING = frozenset()
# Kept beside these fields, for searching: under which name, and how it is made.
KEYS = {
    "name": ("name_key", pinyin_key),
    "phone": ("phone_tail", lambda phone: phone[-4:]),
    "vin": ("vin_tail", lambda vin: vin[-6:]),
}


class Draft:
    """One row of a table. ``before`` holds what stood in the fields the file changes, None for a row that is new with the file.

    ``unwritten`` names the fields changed since the row was read or written last. A new row gets its ``id`` by ``number_new``.
    """

    __slots__ = ("before", "id", "unwritten", "values")

    def __init__(self, values, id=None):
        self.id, self.values, self.before = id, values, None if id is None else {}
        self.unwritten = NOTHING

    def take(self, names, values, *, overwrite=True):
        """Take the ``names`` from what the file says: an empty cell (None) changes nothing, a filled one only what is empty unless ``overwrite``."""
        own = self.values
        for name in names:
            said = values.get(name)
            if said is None or said == own[name] or not (overwrite or own[name] in EMPTY):
                continue
            if self.before is not None and self.before.setdefault(name, own[name]) == said:
                # Changed and changed back.
                del self.before[name]
            self.unwritten |= {name}
            own[name] = said

    @property
    def is_new(self):
        return self.before is None

    @property
    def is_changed(self):
        return bool(self.before)

    @property
    def outcome(self):
        return "created" if self.is_new else "updated" if self.is_changed else "unchanged"


def read_drafts(queryset, names):
    """Return the rows of ``queryset`` as drafts, the oldest first."""
    # Sorted here: for an ORDER BY, SQLite walks the whole table in that order instead of looking the few rows up.
    rows = sorted(queryset.order_by().values_list("pk", *names), key=itemgetter(0))
    return [Draft(dict(zip(names, row[1:], strict=True)), row[0]) for row in rows]


def number_new(model, drafts):
    """Give new rows their ids before they are written, so that others can point to them."""
    for draft, pk in zip(drafts, reserve_ids(model, len(drafts)), strict=True):
        draft.id = pk


def insert_drafts(model, store, drafts, names, now):
    columns = {name: [draft.values[name] for draft in drafts] for name in names}
    load_columns(model, {"id": [draft.id for draft in drafts]} | columns, {"store": store.pk, "updated_at": now})
    mark_written(drafts)


def update_drafts(model, drafts, now):
    """Write what is unwritten, rows with the same changes together: what does not change costs nothing."""
    alike = defaultdict(list)
    for draft in drafts:
        alike[draft.unwritten].append(draft)
    for changed, group in alike.items():
        names = [*sorted(changed), *(KEYS[name][0] for name in changed if name in KEYS)]
        change(model, names, ((draft.id, *(draft.values[name] for name in names)) for draft in group), {"updated_at": now})
    mark_written(drafts)


def mark_written(drafts):
    for draft in drafts:
        draft.unwritten = NOTHING
