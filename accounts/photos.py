"""The photo of a member of staff, for the workshop board and the customer's page (S2-42, S4-19)."""

import secrets


def photo_path(user, name):
    """Return a random name: an address nobody can guess."""
    return f"staff/{secrets.token_hex(16)}.jpg"
