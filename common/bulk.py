"""Many rows in one go, the same call on both databases.

PostgreSQL takes them by COPY, by way of a temporary table where conflicts are to be resolved; SQLite (and PostgreSQL for a handful)
by statements of many rows. Nothing of Django's ``save`` runs: no signals, no ``clean``; the caller has checked the rows.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date
from itertools import chain, islice

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

BATCH = 5000
# Below this number of rows COPY and its temporary table cost more than they save.
FEW = 50
STAGE = "bulk_stage"
NOTHING = r"\N"
ENDING = re.compile(r"[\\\t\n\r]")
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
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
    target = target_of(model, columns, shared, conflict)
    return write(target, batches(rows, len(target.fields)))


def load_columns(model, columns, shared=None):
    """Insert rows given column by column, as a mapping of fields to lists of one length; everything else as in ``load``."""
    target = target_of(model, columns, shared)
    return write(target, [list(columns.values())])


def change(model, columns, rows, shared=None):
    """Overwrite ``columns`` of rows that are there; each of ``rows`` begins with the primary key. ``shared`` maps fields to a value written into all."""
    fields = [model._meta.pk, *(model._meta.get_field(name) for name in columns)]
    given = {model._meta.get_field(name): value for name, value in (shared or {}).items()}
    target = Target(model, fields, {field: converted(field, value) for field, value in given.items()}, None)
    columns_of_rows = prepared(fields, batches(rows, len(fields)))
    with transaction.atomic(), connection.cursor() as cursor:
        (change_staged if connection.vendor == "postgresql" else change_each)(cursor, target, columns_of_rows)


def target_of(model, columns, shared, conflict=None):
    fields = [model._meta.get_field(name) for name in columns]
    given = {model._meta.get_field(name): value for name, value in (shared or {}).items()}
    unnamed = [field for field in model._meta.local_concrete_fields if field not in fields and field not in given and not field.primary_key]
    shared = {field: converted(field, value) for field, value in (given | {field: field.get_default() for field in unnamed}).items()}
    return Target(model, fields, shared, conflict)


def write(target, batches):
    batches = prepared(target.fields, batches)
    first = next(batches, None)
    if first is None:
        return Loaded(0, 0)
    is_upsert = bool(target.conflict and target.conflict.update)
    is_copied = connection.vendor == "postgresql" and (len(first[0]) >= FEW or is_upsert)
    way = execute_many if not is_copied else move_in if target.conflict else copy_in
    with transaction.atomic(), connection.cursor() as cursor:
        return way(cursor, target, chain([first], batches))


def batches(rows, width):
    """Yield the rows turned into columns, some thousands at a time."""
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        columns = list(zip(*batch, strict=True))
        if len(columns) != width:
            raise ValueError(f"{len(columns)} cells in a row, {width} columns named")
        yield columns


def prepared(fields, batches):
    """Yield the columns as the driver wants them."""
    converters = [converter(field) for field in fields]
    for batch in batches:
        if len(batch[0]):
            yield [list(map(convert, column)) if convert else column for convert, column in zip(converters, batch, strict=True)]


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


def copy_in(cursor, target, batches):
    """Write new rows straight into the table; what all rows share ends every line."""
    tail = "".join(f"\t{cell}" for cell in copy_cells(target.shared.values()))
    with cursor.copy(f"COPY {target.table} ({target.all_named}) FROM STDIN") as copy:
        for columns in batches:
            copy.write(copy_lines(columns, tail))
    return Loaded(cursor.rowcount, 0)


def move_in(cursor, target, batches):
    """Stage the rows by COPY and move them with one statement, which adds what all rows share (``xmax`` is 0 on new rows)."""
    stage(cursor, target, batches)
    casts = "".join(f", CAST(%s AS {field.db_type(connection)})" for field in target.shared)
    move = f"INSERT INTO {target.table} ({target.all_named}) SELECT {target.named}{casts} FROM {STAGE} {target.on_conflict()}"
    shared = list(target.shared.values())
    if target.conflict.update:
        cursor.execute(f"WITH moved AS ({move} RETURNING xmax = 0 AS is_new) SELECT count(*) FILTER (WHERE is_new), count(*) FROM moved", shared)
        inserted, touched = cursor.fetchone()
    else:
        cursor.execute(move, shared)
        inserted = touched = cursor.rowcount
    cursor.execute(f"DROP TABLE {STAGE}")
    return Loaded(inserted, touched - inserted)


def stage(cursor, target, batches):
    cursor.execute(f"CREATE TEMPORARY TABLE {STAGE} ON COMMIT DROP AS SELECT {target.named} FROM {target.table} WITH NO DATA")
    with cursor.copy(f"COPY {STAGE} ({target.named}) FROM STDIN") as copy:
        for columns in batches:
            copy.write(copy_lines(columns))


def change_staged(cursor, target, batches):
    stage(cursor, target, batches)
    primary, *changed = (quoted(field.column) for field in target.fields)
    changes = [f"{column} = {STAGE}.{column}" for column in changed] + [f"{quoted(field.column)} = %s" for field in target.shared]
    same = f"{target.table}.{primary} = {STAGE}.{primary}"
    cursor.execute(f"UPDATE {target.table} SET {', '.join(changes)} FROM {STAGE} WHERE {same}", list(target.shared.values()))
    cursor.execute(f"DROP TABLE {STAGE}")


def change_each(cursor, target, batches):
    primary, *changed = (quoted(field.column) for field in target.fields)
    changes = ", ".join(f"{column} = %s" for column in [*changed, *(quoted(field.column) for field in target.shared)])
    shared = tuple(target.shared.values())
    for columns in batches:
        rows = ((*row, *shared, key) for key, *row in zip(*columns, strict=True))
        cursor.executemany(f"UPDATE {target.table} SET {changes} WHERE {primary} = %s", rows)


def copy_lines(columns, tail=""):
    """Return the rows in the text format of COPY; made column by column, which takes a third of the driver's time per cell."""
    rows = zip(*map(copy_cells, columns), strict=True)
    return "".join([f"{line}{tail}\n" for line in map("\t".join, rows)])


def copy_cells(values):
    r"""Return the values as COPY reads them: \N for nothing, and a backslash before what would end a cell."""
    kinds = set(map(type, values))
    has_gaps = type(None) in kinds
    texts = values if kinds == {str} else ["" if value is None else str(value) for value in values] if has_gaps else list(map(str, values))
    if any(issubclass(kind, str) for kind in kinds) and ENDING.search("".join(texts)):
        texts = [text.translate(ESCAPES) for text in texts]
    return [NOTHING if value is None else text for value, text in zip(values, texts, strict=True)] if has_gaps else texts


def execute_many(cursor, target, batches):
    """Insert in one transaction by statements of many rows; new rows are those above the highest key seen before."""
    primary, is_upsert = quoted(target.model._meta.pk.column), bool(target.conflict and target.conflict.update)
    if is_upsert:
        cursor.execute(f"SELECT COALESCE(MAX({primary}), 0) FROM {target.table}")
        highest = cursor.fetchone()[0]
    touched = insert_rows(cursor, target, batches)
    if not is_upsert:
        return Loaded(touched, 0)
    cursor.execute(f"SELECT COUNT(*) FROM {target.table} WHERE {primary} > %s", [highest])
    inserted = cursor.fetchone()[0]
    return Loaded(inserted, touched - inserted)


def insert_rows(cursor, target, batches):
    """Insert as many rows at once as parameters are allowed; one statement runs without Python's lock, so other threads get on meanwhile."""
    places = ", ".join(["%s"] * len(target.fields) + literals(cursor, target.shared))
    at_once = max(1, (connection.features.max_query_params or FEW) // max(1, len(target.fields)))
    touched = 0
    for columns in batches:
        rows = list(zip(*columns, strict=True))
        full = len(rows) - len(rows) % at_once
        many = (list(chain.from_iterable(rows[start : start + at_once])) for start in range(0, full, at_once))
        for count, params in ((at_once, many), (1, rows[full:])):
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
    """Return ``count`` primary keys nobody else will get; on SQLite use them before the next are reserved."""
    table, primary = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Asked once: inside the other statement the name would be looked up for every row.
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, primary])
            cursor.execute("SELECT nextval(CAST(%s AS regclass)) FROM generate_series(1, %s)", [*cursor.fetchone(), count])
            return [row[0] for row in cursor.fetchall()]
        cursor.execute(f"SELECT COALESCE(MAX({quoted(primary)}), 0) FROM {quoted(table)}")
        highest = cursor.fetchone()[0]
        cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        start = max(highest, cursor.fetchone()[0]) + 1
        return list(range(start, start + count))


def acquaint(*models):
    """Let PostgreSQL look at tables it has never seen filled: it would walk through them instead of looking up the rows asked for."""
    if connection.vendor != "postgresql":
        return
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relname = ANY(%s) AND reltuples <= 0", [tables])
        for (table,) in cursor.fetchall():
            cursor.execute(f"ANALYZE {quoted(table)}")
