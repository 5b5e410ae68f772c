from gatherings.models.gathering import Gathering
from gatherings.models.guest import SATISFIED_FROM, Guest

__all__ = ["SATISFIED_FROM", "Gathering", "Guest"]
