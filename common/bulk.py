"""Many rows in one go, the same call on both databases.

PostgreSQL takes them by COPY into a temporary table and one INSERT … SELECT, SQLite (and PostgreSQL for a handful)
by ``executemany``; both resolve conflicts with ON CONFLICT. Nothing of Django's ``save`` runs: no signals, no ``clean``; the caller has checked the rows.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date
from itertools import chain, islice

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

BATCH = 5000
# Below this number of rows COPY and its temporary table cost more than they save.
FEW = 50
STAGE = "bulk_stage"
# A float holds a decimal number of so many digits exactly.
EXACT_DIGITS = 15


@dataclass(frozen=True)
class OnConflict:
    """What to do with a row whose ``key`` is already there: nothing, or overwrite the ``update`` columns.

    ``key`` names the fields of a unique constraint (its condition, if any, is found on the model). A row in which no
    ``update`` column differs is left untouched and not counted; ``touch`` columns are written only along with a difference.
    With ``update`` each key may come once in a load.
    """

    key: tuple
    update: tuple = ()
    touch: tuple = ()


@dataclass(frozen=True)
class Loaded:
    inserted: int
    updated: int


def load(model, columns, rows, conflict=None, shared=None):
    """Insert ``rows`` (tuples in the order of ``columns``, field names or attnames) and count what happened.

    ``shared`` maps fields to a value all rows share; fields named nowhere get their model default, one value for the whole load.
    Such values are sent once, not once per row. Without ``conflict`` (an ``OnConflict``) a row that is already there raises
    ``IntegrityError`` and nothing is kept.
    """
    fields = [model._meta.get_field(name) for name in columns]
    given = {model._meta.get_field(name): value for name, value in (shared or {}).items()}
    unnamed = [field for field in model._meta.local_concrete_fields if field not in fields and field not in given and not field.primary_key]
    shared = {field: converted(field, value) for field, value in (given | {field: field.get_default() for field in unnamed}).items()}
    rows = prepared(fields, rows)
    first = list(islice(rows, FEW))
    is_staged = connection.vendor == "postgresql" and (len(first) == FEW or (conflict and conflict.update))
    with transaction.atomic(), connection.cursor() as cursor:
        return (copy_in if is_staged else execute_many)(cursor, Target(model, fields, shared, conflict), chain(first, rows))


@dataclass(frozen=True)
class Target:
    """The table and its columns, and the pieces of SQL made of them. ``shared`` maps fields to the value of all rows."""

    model: type
    fields: list
    shared: dict
    conflict: OnConflict | None

    @property
    def table(self):
        return quoted(self.model._meta.db_table)

    @property
    def named(self):
        return listed(self.fields)

    @property
    def all_named(self):
        return listed([*self.fields, *self.shared])

    def on_conflict(self):
        if self.conflict is None:
            return ""
        key = [self.model._meta.get_field(name) for name in self.conflict.key]
        where = f" WHERE {condition}" if (condition := key_condition(self.model, key)) else ""
        return f"ON CONFLICT ({listed(key)}){where} DO {self.overwrite() if self.conflict.update else 'NOTHING'}"

    def overwrite(self):
        """Overwrite only where something differs, so that unchanged rows cost no write and are not counted."""
        differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
        update, touch = ([quoted(self.model._meta.get_field(name).column) for name in names] for names in (self.conflict.update, self.conflict.touch))
        changes = ", ".join(f"{column} = excluded.{column}" for column in update + touch)
        return f"UPDATE SET {changes} WHERE {' OR '.join(f'{self.table}.{column} {differs} excluded.{column}' for column in update)}"


def copy_in(cursor, target, rows):
    """Stage the rows by COPY and move them with one statement, which adds what all rows share (``xmax`` is 0 on new rows)."""
    cursor.execute(f"CREATE TEMPORARY TABLE {STAGE} ON COMMIT DROP AS SELECT {target.named} FROM {target.table} WITH NO DATA")
    with cursor.copy(f"COPY {STAGE} ({target.named}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    casts = "".join(f", CAST(%s AS {field.db_type(connection)})" for field in target.shared)
    move = f"INSERT INTO {target.table} ({target.all_named}) SELECT {target.named}{casts} FROM {STAGE} {target.on_conflict()}"
    shared = list(target.shared.values())
    if target.conflict and target.conflict.update:
        cursor.execute(f"WITH moved AS ({move} RETURNING xmax = 0 AS is_new) SELECT count(*) FILTER (WHERE is_new), count(*) FROM moved", shared)
        inserted, touched = cursor.fetchone()
    else:
        cursor.execute(move, shared)
        inserted = touched = cursor.rowcount
    cursor.execute(f"DROP TABLE {STAGE}")
    return Loaded(inserted, touched - inserted)


def execute_many(cursor, target, rows):
    """Insert in one transaction by statements of many rows; new rows are those above the highest key seen before."""
    primary, is_upsert = quoted(target.model._meta.pk.column), bool(target.conflict and target.conflict.update)
    if is_upsert:
        cursor.execute(f"SELECT COALESCE(MAX({primary}), 0) FROM {target.table}")
        highest = cursor.fetchone()[0]
    touched = insert_rows(cursor, target, rows)
    if not is_upsert:
        return Loaded(touched, 0)
    cursor.execute(f"SELECT COUNT(*) FROM {target.table} WHERE {primary} > %s", [highest])
    inserted = cursor.fetchone()[0]
    return Loaded(inserted, touched - inserted)


def insert_rows(cursor, target, rows):
    """Insert as many rows at once as parameters are allowed; one statement runs without Python's lock, so other threads get on meanwhile."""
    places = ", ".join(["%s"] * len(target.fields) + literals(cursor, target.shared))
    at_once = max(1, (connection.features.max_query_params or FEW) // max(1, len(target.fields)))
    touched = 0
    rows = iter(rows)
    while batch := list(islice(rows, at_once * FEW)):
        full = len(batch) - len(batch) % at_once
        many = (list(chain.from_iterable(batch[start : start + at_once])) for start in range(0, full, at_once))
        for count, params in ((at_once, many), (1, batch[full:])):
            values = ", ".join([f"({places})"] * count)
            cursor.executemany(f"INSERT INTO {target.table} ({target.all_named}) VALUES {values} {target.on_conflict()}", params)
            touched += max(cursor.rowcount, 0)
    return touched


def literals(cursor, shared):
    """Return the shared values as the database itself quotes them, so that they need not be sent with every row."""
    if not shared:
        return []
    if connection.vendor == "postgresql":
        quotings = [f"quote_nullable(CAST(%s AS {field.db_type(connection)}))" for field in shared]
    else:
        quotings = ["quote(%s)"] * len(shared)
    cursor.execute(f"SELECT {', '.join(quotings)}", list(shared.values()))
    return [literal.replace("%", "%%") for literal in cursor.fetchone()]


def prepared(fields, rows):
    """Yield the rows as the driver wants them, converted column by column."""
    converters = [(index, convert) for index, field in enumerate(fields) if (convert := converter(field))]
    if not converters:
        yield from rows
        return
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        cells = list(zip(*batch, strict=True))
        if len(cells) != len(fields):
            raise ValueError(f"{len(cells)} cells in a row, {len(fields)} columns named")
        for index, convert in converters:
            cells[index] = map(convert, cells[index])
        yield from zip(*cells, strict=True)


def converter(field):
    """Return what turns a Python value into one the driver takes, None where it takes it as it is."""
    if isinstance(field, models.JSONField):
        return JsonText(field.encoder)
    if connection.vendor == "postgresql":
        return None
    if isinstance(field, models.DateTimeField):
        return UtcText()
    if isinstance(field, models.DateField):
        return optional(date.isoformat)
    if isinstance(field, models.DecimalField):
        # SQLite stores a number either way; as text it would have to read it first.
        return optional(float) if field.max_digits <= EXACT_DIGITS else lambda value: field.get_db_prep_value(value, connection)
    if isinstance(field, (models.TimeField, models.UUIDField, models.DurationField)):
        return lambda value: field.get_db_prep_value(value, connection)
    return None


def converted(field, value):
    convert = converter(field)
    return convert(value) if convert else value


class UtcText:
    """Write an aware moment as Django's SQLite backend does, in a fraction of the time; the same object again costs nothing."""

    def __init__(self):
        self.moment = self.text = None

    def __call__(self, moment):
        if moment is not self.moment:
            self.moment, self.text = moment, moment and moment.astimezone(UTC).isoformat(" ")[:-6]
        return self.text


def optional(convert):
    return lambda value: None if value is None else convert(value)


class JsonText:
    """Write JSON; the same object coming again (steps shared by many rows) is written once."""

    def __init__(self, encoder):
        self.encoder = encoder or DjangoJSONEncoder
        self.written = {}

    def __call__(self, value):
        if value is None:
            return None
        known = self.written.get(id(value))
        if known is None:
            if len(self.written) >= BATCH:
                self.written.clear()
            # The value is kept beside its text, so that its id cannot be given to another object.
            known = self.written[id(value)] = (value, json.dumps(value, cls=self.encoder))
        return known[1]


def key_condition(model, key):
    """Return the SQL condition of the unique constraint over exactly ``key``, None where it has none."""
    names = {field.name for field in key}
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and set(constraint.fields) == names:
            return constraint._get_condition_sql(model, connection.schema_editor())
    return None


def listed(fields):
    return ", ".join(quoted(field.column) for field in fields)


def quoted(name):
    return connection.ops.quote_name(name)


def reserve_ids(model, count):
    """Return ``count`` primary keys nobody else will get; use them in the same transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [table, model._meta.pk.column, count])
            return [row[0] for row in cursor.fetchall()]
        cursor.execute(f"SELECT COALESCE(MAX({quoted(model._meta.pk.column)}), 0) FROM {quoted(table)}")
        highest = cursor.fetchone()[0]
        cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        start = max(highest, cursor.fetchone()[0]) + 1
        return list(range(start, start + count))
