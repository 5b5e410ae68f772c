"""The ledger of erasures: a file outside the database, so that a restored backup brings nobody back (T124).

It names records by number and moment of creation, never a person. Keep it apart from the backups of the database.
"""

import json
import os

from django.conf import settings

ERASED, RESTRICTED, LIFTED = "erased", "restricted", "lifted"


def note(what, customers, **particulars):
    """Write a line at the end of the transaction: without the line nothing is committed."""
    line = json.dumps({"what": what, "records": [[each.pk, each.created_at.isoformat()] for each in customers]} | particulars)
    path = settings.ERASURE_LEDGER
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", opener=private) as file:
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())


def private(path, flags):
    return os.open(path, flags, 0o600)


def last_words():
    """Return ``{(number, moment of creation): line}``, the last line about each record."""
    if not settings.ERASURE_LEDGER.exists():
        return {}
    lines = [json.loads(line) for line in settings.ERASURE_LEDGER.read_text().splitlines() if line.strip()]
    return {(pk, created_at): line for line in lines for pk, created_at in line["records"]}
