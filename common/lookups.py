"""``field__among=values``: like ``in`` for thousands of values, sent as one parameter instead of thousands."""

import json

from django.core.exceptions import EmptyResultSet
from django.db.models import Field, ForeignKey, Lookup


class Among(Lookup):
    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        if not self.rhs:
            raise EmptyResultSet
        values = json.dumps(sorted(self.rhs))
        if connection.vendor == "postgresql":
            # As JSON too: the driver would write an array value by value.
            kind = "text" if isinstance(next(iter(self.rhs)), str) else "bigint"
            return f"{column} IN (SELECT CAST(value AS {kind}) FROM json_array_elements_text(%s) AS each(value))", [*params, values]
        return f"{column} IN (SELECT value FROM json_each(%s))", [*params, values]


Field.register_lookup(Among)
ForeignKey.register_lookup(Among)
