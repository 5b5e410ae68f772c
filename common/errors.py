"""Errors that are meant for people: a form, a toast, one JSON shape. Everything else is a bug and surfaces."""

from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A rule said no. ``message`` is translatable, ``code`` is stable, ``field`` names the input to mend, if any."""

    status = 400
    code = "refused"

    def __init__(self, message, *, code=None, field=None):
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.field = field


class NotAllowed(DomainError):
    """The person may see the object but lacks the right to do this."""

    status = 403
    code = "not_allowed"

    def __init__(self, message=_("You do not have the right to do this."), **kwargs):
        super().__init__(message, **kwargs)


class Conflict(DomainError):
    """Somebody or something else was faster; the object has moved on."""

    status = 409
    code = "conflict"


@contextmanager
def as_validation_error():
    """Turn a ``DomainError`` raised inside into the ``ValidationError`` of its field, for ``Model.clean``."""
    try:
        yield
    except DomainError as error:
        raise ValidationError({error.field: error.message} if error.field else error.message, code=error.code) from error
