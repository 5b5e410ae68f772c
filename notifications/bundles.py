"""Repeats told as one line with a number (UX10)."""

from dataclasses import dataclass, field

from django.template.loader import render_to_string

from notifications.kinds import kind_of


@dataclass
class Bundle:
    """One sentence and the notifications that say it, in the order they came."""

    sentence: str
    notes: list = field(default_factory=list)

    @property
    def kind(self):
        return kind_of(self.notes[0].code)

    @property
    def is_new(self):
        return self.notes[0].read_at is None


def bundles_of(notes, words=lambda html: html):
    """Return the notifications bundled by what they say; what is read is not mixed with what is not. ``words`` may change the wording."""
    bundles = {}
    for note in notes:
        sentence = words(render_to_string(note.template_names, {"notification": note, "particulars": note.particulars}))
        bundles.setdefault((sentence, note.read_at is None), Bundle(sentence)).notes.append(note)
    return list(bundles.values())
