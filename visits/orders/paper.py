"""The printed repair order (S4-12): who gets which copy."""

from django.utils.translation import gettext_lazy as _

# In the order they are added: two are the least, five what well-run shops keep.
COPIES = [_("Customer's copy"), _("Workshop's copy"), _("Reception's copy"), _("Accounting's copy"), _("File copy")]
FEWEST, USUAL = 2, 3


def copies_of(text):
    """Return the labels of as many copies as are asked for, from two to five."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else USUAL
    return COPIES[: max(FEWEST, number)]
