from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activity.services import record
from common.errors import DomainError, NotAllowed, as_validation_error
from common.scope import StoreScopedQuerySet
from customers.models.customer import Customer
from customers.numbers import normal_phone


class PhoneQuerySet(StoreScopedQuerySet):
    store_path = "customer__store_id"


class Phone(models.Model):
    """What is known about a number of a customer; the preferred one stands on the customer and needs no row of its own (AR1)."""

    view_permission = "customers.view"

    class Label(models.TextChoices):
        MOBILE = "mobile", _("Mobile")
        HOME = "home", _("Home phone")
        WORK = "work", _("Work phone")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="phones", verbose_name=_("customer"))
    phone = models.CharField(_("phone"), max_length=20, help_text=_("Mobile with 11 digits or a landline with area code."))
    phone_tail = models.CharField(max_length=4, editable=False)
    label = models.CharField(_("label"), max_length=8, choices=Label, default=Label.MOBILE)
    note = models.CharField(_("note"), max_length=120, blank=True, help_text=_("For example: evenings only."))
    wrong_at = models.DateTimeField(_("wrong since"), null=True, editable=False)

    objects = PhoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("other phone")
        verbose_name_plural = _("other phones")
        ordering = ["pk"]
        indexes = [models.Index(fields=["phone"], name="phone_whole"), models.Index(fields=["phone_tail"], name="phone_tail")]

    def __str__(self):
        return f"{self.get_label_display()} …{self.phone_tail}"

    def clean(self):
        super().clean()
        with as_validation_error():
            self.phone = normal_phone(self.phone) if self.phone else ""

    def save(self, *args, **kwargs):
        self.phone_tail = self.phone[-4:]
        super().save(*args, **kwargs)

    @property
    def store_id(self):
        return self.customer.store_id

    @transaction.atomic
    def add(self, *, by):
        """Write the number down beside the preferred one; of a number known already label and note change. The first one becomes the preferred one."""
        self.allow(by)
        known = self.customer.phones.filter(phone=self.phone).first()
        if known is not None:
            self.pk, self.wrong_at, self._state.adding = known.pk, known.wrong_at, False
        self.save()
        self.customer.touch()
        record("phone.added", self, by=by, label=self.label)
        if not self.customer.phone:
            self.prefer(by=by)
        return self

    def prefer(self, *, by):
        """Make it the number that is called and written to first; the one before is kept beside it."""
        self.customer.edit(by=by, phone=self.phone)

    @transaction.atomic
    def mark_wrong(self, *, by=None):
        """Note that somebody else, or nobody, answers there."""
        self.mark("phone.marked_wrong", timezone.now(), by)

    def doubt_phone(self):
        """Mark the number after a call that reached nobody, or somebody else."""
        self.mark_wrong()

    @transaction.atomic
    def mark_right(self, *, by):
        """Take the mark back."""
        self.mark("phone.marked_right", None, by)

    def mark(self, code, moment, by):
        """Set or clear the mark once, however often it is told."""
        if by is not None:
            self.allow(by)
        if Phone.objects.filter(pk=self.pk, wrong_at__isnull=moment is not None).update(wrong_at=moment):
            self.wrong_at = moment
            Customer.objects.filter(pk=self.customer_id, phone=self.phone).update(phone_doubtful_at=moment)
            self.customer.touch()
            record(code, self, by=by, label=self.label)

    @transaction.atomic
    def remove(self, *, by):
        """Strike the number out; the event stays."""
        self.allow(by)
        if self.phone == self.customer.phone:
            raise DomainError(_("This is the preferred number; prefer another one first."), code="phone_preferred")
        record("phone.removed", self, by=by, label=self.label)
        self.customer.phones.filter(phone=self.phone).delete()
        self.customer.touch()

    def allow(self, by):
        if not self.customer.can_edit_by(by):
            raise NotAllowed
