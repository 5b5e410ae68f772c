"""``field__among=values``: like ``in`` for thousands of values, sent as one parameter instead of thousands."""

import json

from django.db.models import Field, ForeignKey, Lookup


class Among(Lookup):
    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        values = sorted(self.rhs)
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s)", [*params, values]
        return f"{column} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(values)]


Field.register_lookup(Among)
ForeignKey.register_lookup(Among)
