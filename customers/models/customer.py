from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.errors import DomainError, NotAllowed, as_validation_error
from common.scope import StoreScopedQuerySet
from customers.models.birthday import WithBirthday
from customers.models.change import apply_changes, told_changes
from customers.models.custom_field import WithCustomFields
from customers.models.privacy import PrivacyNotice
from customers.models.reached import Reached
from customers.models.relationship import WithRelationship
from customers.models.restriction import Restrictable
from customers.names import pinyin_key
from customers.numbers import normal_phone
from stores.models import Store


class CustomerQuerySet(StoreScopedQuerySet):
    def same_phone_as(self, customer):
        """Return the other customers of the store with the same number; across stores nothing is told (T8)."""
        return self.with_number(customer.store_id, customer.phone).exclude(pk=customer.pk)

    def with_number(self, store_id, number):
        """Return the customers of the store reached by the number, be it the preferred one or another."""
        if not number:
            return self.none()
        # Looked up first: with a subselect behind an OR both databases walk through every customer.
        beside = list(self.filter(store=store_id, phones__phone=number).values_list("pk", flat=True))
        return self.filter(models.Q(phone=number) | models.Q(pk__in=beside), store=store_id)

    def standing(self):
        """Leave out the records that have been merged into another."""
        return self.filter(merged_into=None)

    def known_as(self, customer_ids):
        """Return the ids under which these customers are or have been known; events keep the one they were written with."""
        return self.filter(models.Q(pk__in=customer_ids) | models.Q(merged_into__in=customer_ids)).values_list("pk", flat=True)


class StandingManager(models.Manager.from_queryset(CustomerQuerySet)):
    """Leaves out the records that have been merged into another, and those that are kept for the law alone."""

    def get_queryset(self):
        return super().get_queryset().standing().filter(restricted_at=None)


class Customer(Reached, WithBirthday, WithRelationship, Restrictable, WithCustomFields):
    view_permission = "customers.view"

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        COMPANY = "company", _("Company")

    class Gender(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")

    # What a complete archive holds (S2-14), by kind.
    WANTED = {
        Kind.PERSON: ["name", "phone", "gender", "birthday", "address"],
        Kind.COMPANY: ["name", "phone", "address"],
    }

    # Stores are never deleted; in the database each constraint would be checked again for every imported row.
    store = models.ForeignKey(Store, models.PROTECT, related_name="customers", verbose_name=_("store"), db_index=False, db_constraint=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=80)
    gender = models.CharField(_("gender"), max_length=6, choices=Gender, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True, help_text=_("Mobile with 11 digits or a landline with area code."))
    name_key = models.CharField(max_length=200, blank=True, editable=False)
    phone_tail = models.CharField(max_length=4, blank=True, editable=False)
    address = models.CharField(_("address"), max_length=200, blank=True)
    is_key_account = models.BooleanField(_("key account"), default=False)
    notes = models.TextField(_("notes"), blank=True)
    do_not_call_at = models.DateTimeField(_("do not call since"), null=True, blank=True)
    phone_doubtful_at = models.DateTimeField(_("phone doubtful since"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("data last confirmed"), null=True, blank=True)
    source = models.CharField(_("source system"), max_length=40, blank=True)
    external_id = models.CharField(_("external id"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)

    # A record merged into another stays, hidden, to be had back and to know its external id again.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False, editable=False, verbose_name=_("merged into")
    )

    objects = StandingManager()
    everyone = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["store", "phone"], name="customer_phone"),
            models.Index(fields=["store", "phone_tail"], name="customer_phone_tail"),
            models.Index(fields=["store", "-created_at", "-id"], name="customer_newest"),
            models.Index(fields=["merged_into"], name="customer_merged_into", condition=models.Q(merged_into__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "source", "external_id"],
                condition=~models.Q(external_id="") & models.Q(merged_into=None),
                name="customer_external_id_once",
                violation_error_message=_("This external id is already taken in this store."),
            )
        ]

    def __str__(self):
        return called(self.name, self.restricted_at, self.pk)

    def get_absolute_url(self):
        return reverse("customers:detail", args=[self.pk])

    def clean(self):
        super().clean()
        with as_validation_error():
            self.phone = normal_phone(self.phone) if self.phone else ""
            if self.referred_by_id:
                self.check_referrer(self.referred_by)

    def check_referrer(self, referrer, field="referred_by"):
        if referrer.store_id != self.store_id:
            raise DomainError(_("This belongs to another store."), code="other_store", field=field)
        if referrer.pk == self.pk:
            raise DomainError(_("Nobody refers himself."), code="own_referral", field=field)

    def save(self, *args, **kwargs):
        self.phone_tail, self.name_key = self.phone[-4:], pinyin_key(self.name)
        super().save(*args, **kwargs)

    @property
    def missing_fields(self):
        """Return the fields a complete archive would hold and this one does not (S2-14)."""
        given = {"birthday": self.birthday or self.lunar_birthday}
        return [self._meta.get_field(name) for name in self.WANTED[self.kind] if not given.get(name, getattr(self, name))]

    @property
    def completeness(self):
        """Return the filled share of the wanted fields in percent."""
        return 100 - 100 * len(self.missing_fields) // len(self.WANTED[self.kind])

    @property
    def known_ids(self):
        return Customer.everyone.known_as([self.pk])

    def can_edit_by(self, user):
        return user.may("customers.edit", self.store_id)

    @transaction.atomic
    def create(self, *, by):
        if not self.can_edit_by(by):
            raise NotAllowed
        if self.keeper_id:
            self.check_keeper()
        self.save()
        record("customer.created", self, by=by, customer_id=self.pk)
        return self

    @transaction.atomic
    def edit(self, *, by, **changes):
        """Change the given fields; nothing is recorded when nothing differs."""
        if not self.can_edit_by(by):
            raise NotAllowed
        before, is_struck = (self.phone, self.phone_doubtful_at), changes.get("phone") == ""
        if is_struck:
            changes["phone"] = self.next_number()
        told, changed = told_changes(self, changes), apply_changes(self, changes)
        if not changed:
            return
        if "keeper" in changed and self.keeper_id:
            self.check_keeper()
        if "phone" in changed:
            self.phone_doubtful_at = self.exchange_number(*before, is_struck=is_struck)
        self.updated_at = timezone.now()
        self.save(update_fields=[*changed, "name_key", "phone_tail", "phone_doubtful_at", "updated_at"])
        record("customer.edited", self, by=by, customer_id=self.pk, fields=told)

    def check_keeper(self):
        """Somebody new must work with this store's archive; who has left since may still stand there."""
        if not User.objects.with_permission("customers.edit", self.store).filter(pk=self.keeper_id).exists():
            raise DomainError(_("This person does not look after customers of this store."), code="not_a_keeper", field="keeper")

    @transaction.atomic
    def confirm(self, *, by):
        """Note that the data were read over with the customer and are right (S2-14)."""
        if not self.can_edit_by(by):
            raise NotAllowed
        self.confirmed_at = self.updated_at = timezone.now()
        self.phone_doubtful_at = None
        self.save(update_fields=["confirmed_at", "phone_doubtful_at", "updated_at"])
        record("customer.confirmed", self, by=by, customer_id=self.pk)

    @transaction.atomic
    def stop_calls(self, *, by=None):
        """Honour "do not call me": no further call is planned or offered, nor by another store that knows the person (T20)."""
        self.change_do_not_call("customer.calls_stopped", timezone.now(), by=by)
        for twin in self.elsewhere():
            twin.change_do_not_call("customer.calls_stopped", timezone.now(), by=None)

    @transaction.atomic
    def allow_calls(self, *, by):
        """Take back "do not call me" at the customer's wish."""
        self.change_do_not_call("customer.calls_allowed", None, by=by)

    def elsewhere(self):
        """Return the records other stores have of the same person, directly or by way of a third (T20); of merged ones the one that stands."""
        known, new = set(), set(self.known_ids)
        while new:
            known |= new
            as_first = models.Q(first_links__second__in=new, first_links__undone_at=None)
            as_second = models.Q(second_links__first__in=new, second_links__undone_at=None)
            found = Customer.everyone.filter(as_first | as_second).values_list("pk", "merged_into")
            standing = {merged_into or pk for pk, merged_into in found}
            new = set(Customer.everyone.known_as(standing)) - known if standing else set()
        return Customer.objects.filter(pk__in=known).exclude(pk=self.pk).exclude(store=self.store_id)

    def change_do_not_call(self, code, moment, *, by):
        """Set or clear the wish once, however often it is told."""
        if by is not None and not self.can_edit_by(by):
            raise NotAllowed
        differing = Customer.objects.filter(pk=self.pk, do_not_call_at__isnull=moment is not None)
        if differing.update(do_not_call_at=moment, updated_at=timezone.now()):
            record(code, self, by=by, customer_id=self.pk)
        self.refresh_from_db(fields=["do_not_call_at", "updated_at"])

    @transaction.atomic
    def set_consent(self, purpose, channel, is_granted, *, by=None, source="staff", **details):
        """Write down the customer's word on a purpose and channel; repeating the standing word changes nothing.

        ``details`` are ``expires_on``, ``reason`` and ``evidence``; a word with one of them is a word of its own.
        """
        if by is not None and not self.can_edit_by(by):
            raise NotAllowed
        details = {name: value for name, value in details.items() if value}
        if details.get("expires_on") and details["expires_on"] < self.store.today():
            raise DomainError(_("The last day must not lie in the past."), code="expired_already", field="expires_on")
        notice = PrivacyNotice.objects.in_force(self.store.today())
        version = str(notice) if notice else "1"
        newest = self.consents.newest(purpose, channel)
        if newest is not None and newest.repeats(is_granted, version) and not details:
            return newest
        word = {"purpose": purpose, "channel": channel, "is_granted": is_granted, "source": source, "wording_version": version, "taken_by": by}
        consent = self.consents.create(store_id=self.store_id, **word, **details)
        record("consent.granted" if is_granted else "consent.withdrawn", consent, by=by, purpose=purpose, channel=channel)
        return consent


def called(name, restricted_at, pk):
    """Return what a page calls the customer: who is kept for the law alone goes by number."""
    return gettext("Restricted record No. %(number)d") % {"number": pk} if restricted_at else name
