from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError
from customers.numbers import MOBILE


class Reached(models.Model):
    """How a customer's numbers go together: ``phone`` is the preferred one, what is known of it and of the others stands in ``phones`` (AR1)."""

    class Meta:
        abstract = True

    @property
    def other_phones(self):
        return self.numbers_beside(self.phones.all())

    @property
    def good_numbers(self):
        """Return what may be dialled, the preferred number first: this row for it, rows of ``phones`` for the others."""
        own = [self] if self.phone and not self.phone_doubtful_at else []
        return own + [each for each in self.other_phones if each.wrong_at is None]

    def numbers_beside(self, phones):
        """Return those of its ``phones`` that are not the preferred one, each number once; a merge may have brought the same twice."""
        return list({each.phone: each for each in phones if each.phone != self.phone}.values())

    def number_known(self, pk):
        """Return what is known about the number of this id."""
        phone = self.phones.filter(pk=pk).first()
        if phone is None:
            raise DomainError(_("The customer has no such number."), code="phone_unknown", field="phone")
        return phone

    def next_number(self):
        """Return the number that takes the place of the preferred one when that is struck out, empty without any."""
        return next((each.phone for each in self.other_phones if each.wrong_at is None), "")

    def exchange_number(self, number, doubtful_at, *, is_struck):
        """Give up ``number``, which was preferred; return since when the new one is doubted.

        It is kept beside the new one when that was written down before; a number nobody knew yet comes in its place.
        """
        known, former = self.phones.filter(phone=self.phone).first(), self.phones.filter(phone=number)
        if known is None or is_struck:
            former.delete()
        elif number and not former.update(wrong_at=doubtful_at):
            self.write_down(number, doubtful_at)
        return known and known.wrong_at

    def write_down(self, number, wrong_at=None):
        """Keep a number beside the preferred one, with the label it most likely has."""
        return self.phones.create(phone=number, label="mobile" if MOBILE.fullmatch(number) else "home", wrong_at=wrong_at)

    def doubt_phone(self):
        """Mark the preferred number for verification at the next visit (wrong, empty or never answered)."""
        type(self).objects.filter(pk=self.pk, phone_doubtful_at=None).update(phone_doubtful_at=timezone.now())

    def touch(self):
        """Let those who fetch what has changed know that something beside the row has."""
        type(self).objects.filter(pk=self.pk).update(updated_at=timezone.now())
