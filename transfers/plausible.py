"""Columns that cannot be what their header says, because a dealer system has changed its export (T100)."""

import re

from django.utils.translation import gettext as _

from common.cells import BadCell, text
from common.excel import FileRefused

# So many doubtful cells and this share of the filled ones stop the file; single wrong cells are the rows' own affair.
FEWEST, SHARE = 20, 0.05
LOOKS = {
    "vin": re.compile(r"[0-9A-Za-z]{11,20}"),
    "phone": re.compile(r"(?:\+?86)?1[3-9]\d{9}|0\d{9,11}|[48]00\d{7}"),
    "sender_phone": re.compile(r"(?:\+?86)?1[3-9]\d{9}|0\d{9,11}|[48]00\d{7}"),
}
SIGNS = re.compile(r"[\s().·\-]")


def check_columns(block):
    """Refuse the whole file before anything of the block is written when a column of VINs or phones holds something else."""
    for name, look in LOOKS.items():
        if name in block.table.places:
            check_column(block, name, look)


def check_column(block, name, look):
    place = block.table.places[name]
    # What was parsed is right; only where something was refused need the cells be looked at.
    suspects = [cells[place] for cells, value in zip(block.cells, block.column(name), strict=True) if value is None and cells[place] not in (None, "")]
    odd = [cell for cell in suspects if not look.fullmatch(SIGNS.sub("", readable(cell)))]
    if len(odd) < FEWEST:
        return
    filled = sum(cells[place] not in (None, "") for cells in block.cells)
    if len(odd) > SHARE * filled:
        given = {"column": block.table.title(name), "count": len(odd), "filled": filled, "example": readable(odd[0])[:40]}
        message = _("Column “%(column)s”: %(count)d of %(filled)d cells cannot be right (“%(example)s”). Have columns changed places? Nothing was taken.")
        raise FileRefused(message % given, code="column_implausible")


def readable(cell):
    try:
        return text(cell)
    except BadCell:
        return str(cell)
