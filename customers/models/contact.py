from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from activity.services import record
from common.errors import NotAllowed, as_validation_error
from common.scope import StoreScopedQuerySet
from customers.models.birthday import WithBirthday
from customers.models.customer import Customer
from customers.numbers import normal_phone


class ContactQuerySet(StoreScopedQuerySet):
    store_path = "customer__store_id"


class ContactPerson(WithBirthday):
    """Somebody beside the customer who matters: family, driver, key person of a company (S4-01)."""

    view_permission = "customers.view"

    class Relation(models.TextChoices):
        SPOUSE = "spouse", _("Husband or wife")
        CHILD = "child", _("Child")
        PARENT = "parent", _("Parent")
        DRIVER = "driver", _("Driver")
        KEY_PERSON = "key_person", _("Key person of the company")
        OTHER = "other", _("Other")

    # Whose birthdays the family keeps together, and the house may greet them for.
    FAMILY = (Relation.SPOUSE, Relation.CHILD, Relation.PARENT)

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts", verbose_name=_("customer"))
    name = models.CharField(_("name"), max_length=80)
    relation = models.CharField(_("relation"), max_length=12, choices=Relation)
    phone = models.CharField(_("phone"), max_length=20, blank=True, help_text=_("Mobile with 11 digits or a landline with area code."))
    preferences = models.CharField(_("preferences"), max_length=200, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact person")
        ordering = ["pk"]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        with as_validation_error():
            self.phone = normal_phone(self.phone) if self.phone else ""

    @property
    def store_id(self):
        return self.customer.store_id

    @transaction.atomic
    def add(self, *, by):
        """Put the person down beside the customer."""
        if not self.customer.can_edit_by(by):
            raise NotAllowed
        self.save()
        record("contact.added", self, by=by, relation=self.relation)
        return self

    @transaction.atomic
    def remove(self, *, by):
        """Strike the person out; the event stays."""
        if not self.customer.can_edit_by(by):
            raise NotAllowed
        record("contact.removed", self, by=by, relation=self.relation)
        self.delete()
