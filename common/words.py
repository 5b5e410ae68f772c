"""Texts that live in the database in both languages (questionnaires, plans, checklists)."""

from django.utils import translation


def in_language(english: str, chinese: str) -> str:
    """Return the text in the active language, the other one where it is empty."""
    first, second = (chinese, english) if (translation.get_language() or "").startswith("zh") else (english, chinese)
    return first or second
