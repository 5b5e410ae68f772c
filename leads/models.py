from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed, as_validation_error
from common.scope import StoreScopedQuerySet
from customers.models import Customer
from customers.names import pinyin_key
from customers.numbers import normal_phone
from notifications.services import notify
from stores.models import Store

# What a showroom should reach: contact data of seven visitors in ten (S2-27), a hundred open leads per salesperson (S2-28).
CAPTURE_TARGET = 70
OPEN_TARGET = 100
CLOCK_TOLERANCE = timedelta(minutes=5)


class LeadQuerySet(StoreScopedQuerySet):
    def open(self):
        return self.filter(status=Lead.Status.OPEN)

    def due(self, today):
        return self.open().filter(next_contact_on__lte=today)

    def with_people(self):
        """Load what a row of a list shows."""
        return self.select_related("store", "salesperson", "customer", "referred_by")

    def capture(self):
        """Return ``(visitors of the showroom, those who left a phone)``; people who came otherwise are no visitors (S2-27)."""
        visitors = self.filter(channel=Customer.Channel.SHOWROOM)
        return tuple(visitors.aggregate(all=Count("pk"), captured=Count("pk", filter=~Q(phone=""))).values())

    def open_by_salesperson(self):
        """Return ``[(salesperson's name, open leads)]``, the most first (S2-28)."""
        given = self.open().exclude(salesperson=None)
        return list(given.values_list("salesperson__name").annotate(number=Count("pk")).order_by("-number", "salesperson__name"))


class Lead(models.Model):
    """Somebody who may buy: every visitor of the showroom is written down, with or without contact data (S2-27, S2-28)."""

    view_permission = "leads.view"

    class Level(models.TextChoices):
        """How soon somebody is likely to buy."""

        H = "h", _("H: within a week")
        A = "a", _("A: within two weeks")
        B = "b", _("B: within a month")
        C = "c", _("C: later")

    class Status(models.TextChoices):
        OPEN = "open", _("Being followed")
        WON = "won", _("Won")
        LOST = "lost", _("Lost to others")

    # After so many days the salesperson speaks to them again, the warmer the sooner.
    DAYS = {Level.H: 2, Level.A: 5, Level.B: 10, Level.C: 30}

    store = models.ForeignKey(Store, models.PROTECT, related_name="leads", verbose_name=_("store"))
    name = models.CharField(_("name"), max_length=80, blank=True, help_text=_("Empty while nobody has asked."))
    name_key = models.CharField(max_length=200, blank=True, editable=False)
    phone = models.CharField(_("phone"), max_length=20, blank=True, help_text=_("A visitor without one counts as not captured."))
    channel = models.CharField(_("came by"), max_length=8, choices=Customer.Channel, default=Customer.Channel.SHOWROOM)
    referred_by = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="referred_leads", verbose_name=_("referred by"))
    came_at = models.DateTimeField(_("came"), default=timezone.now)
    wanted = models.CharField(_("model wanted"), max_length=80, blank=True)
    level = models.CharField(_("intent"), max_length=1, choices=Level, default=Level.C)
    salesperson = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("salesperson"))
    notes = models.TextField(_("notes"), blank=True)
    next_contact_on = models.DateField(_("next contact"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=4, choices=Status, default=Status.OPEN, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, editable=False, related_name="leads", verbose_name=_("customer"))
    lost_reason = models.CharField(_("why lost"), max_length=200, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entered by"))
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        ordering = ["-came_at", "-pk"]
        indexes = [
            models.Index(fields=["store", "-came_at", "-id"], name="lead_newest"),
            models.Index(fields=["store", "next_contact_on"], name="lead_due", condition=Q(status="open")),
        ]
        constraints = [models.CheckConstraint(condition=~Q(status="lost") | ~Q(lost_reason=""), name="lead_lost_with_reason")]

    def __str__(self):
        return self.name or gettext("Visitor")

    def get_absolute_url(self):
        return reverse("leads:detail", args=[self.pk])

    def save(self, *args, **kwargs):
        self.name_key = pinyin_key(self.name)
        super().save(*args, **kwargs)

    def clean(self):
        with as_validation_error():
            self.phone = normal_phone(self.phone) if self.phone else ""
            if self.came_at and self.came_at > timezone.now() + CLOCK_TOLERANCE:
                raise DomainError(_("The visit must not lie in the future."), code="came_in_future", field="came_at")
            if self.salesperson_id and self.store_id:
                self.check_salesperson(self.salesperson_id)
            if self.referred_by_id and self.store_id and self.referred_by.store_id != self.store_id:
                raise DomainError(_("This belongs to another store."), code="other_store", field="referred_by")

    def check_salesperson(self, user_id):
        if not User.objects.with_permission("leads.work", self.store).filter(pk=user_id).exists():
            raise DomainError(_("This person does not sell cars in this store."), code="not_a_salesperson", field="salesperson")

    @property
    def is_open(self):
        return self.status == self.Status.OPEN

    @property
    def is_captured(self):
        return bool(self.phone)

    @property
    def is_due(self):
        return self.is_open and self.next_contact_on is not None and self.next_contact_on <= self.store.today()

    def is_open_to(self, user):
        """The phone of a lead is open to its salesperson, and to who gives leads to salespeople."""
        return self.salesperson_id == user.pk or self.can_assign_by(user)

    def can_work_by(self, user):
        return user.may("leads.work", self.store_id)

    def can_assign_by(self, user):
        return user.may("leads.assign", self.store_id)

    def due_after(self, day, level):
        return day + timedelta(days=self.DAYS[level])

    @transaction.atomic
    def create(self, *, by):
        """Write the visitor down; who left a phone is spoken to again by the level of intent."""
        self.require(self.can_work_by(by))
        self.created_by = by
        if self.next_contact_on is None and self.phone:
            self.next_contact_on = self.due_after(self.store.local(self.came_at).date(), self.level)
        self.save()
        record("lead.created", self, by=by, channel=self.channel, level=self.level)
        return self

    @transaction.atomic
    def edit(self, *, by, **changes):
        """Complete the card; nothing is recorded when nothing differs."""
        self.require(self.can_work_by(by))
        changed = sorted(name for name, value in changes.items() if getattr(self, name) != value)
        if not changed:
            return
        self.move(self.Status.OPEN, **{name: changes[name] for name in changed}, name_key=pinyin_key(changes.get("name", self.name)))
        record("lead.edited", self, by=by, fields=changed)

    @transaction.atomic
    def contact(self, *, by, kind, note, level=None, next_contact_on=None):
        """Log a talk; without another day the next one follows from the level."""
        self.require(self.can_work_by(by))
        level, today = level or self.level, self.store.today()
        if next_contact_on is not None and next_contact_on < today:
            raise DomainError(_("The next contact must not lie in the past."), code="next_in_past", field="next_contact_on")
        self.move(self.Status.OPEN, level=level, next_contact_on=next_contact_on or self.due_after(today, level))
        self.contacts.create(kind=kind, note=note, level=level, by=by)
        record("lead.contacted", self, by=by, kind=kind, level=level, next_on=self.next_contact_on.isoformat())

    @transaction.atomic
    def drive(self, *, by, **given):
        """Log a test drive; nobody drives without a licence that was looked at and a signed agreement (S2-30)."""
        self.require(self.can_work_by(by))
        if not (given.get("is_licence_checked") and given.get("is_agreement_signed")):
            raise DomainError(_("Look at the licence and have the agreement signed before the drive."), code="drive_unsafe", field="is_licence_checked")
        self.move(self.Status.OPEN)
        test_drive = self.test_drives.create(by=by, **given)
        record("lead.test_driven", self, by=by, car=test_drive.car, satisfaction=test_drive.satisfaction)
        return test_drive

    @transaction.atomic
    def win(self, *, by):
        """Make a customer of the lead: the one with this phone, else a new one."""
        self.require(self.can_work_by(by))
        if not (self.name and self.phone):
            raise DomainError(_("A customer needs a name and a phone: complete the card first."), code="card_incomplete", field="phone")
        new = Customer(store=self.store, name=self.name, phone=self.phone, channel=self.channel, referred_by=self.referred_by)
        customer = Customer.objects.same_phone_as(new).order_by("pk").first()
        if customer is None:
            customer = new.create(by=by)
        self.move(self.Status.WON, customer=customer, closed_at=timezone.now(), next_contact_on=None)
        record("lead.won", self, by=by, customer_id=customer.pk)

    @transaction.atomic
    def lose(self, reason, *, by):
        """Give the lead up and say why, so that lost leads teach something."""
        self.require(self.can_work_by(by))
        if not reason.strip():
            raise DomainError(_("Say why the lead is lost."), code="reason_missing", field="reason")
        self.move(self.Status.LOST, lost_reason=reason.strip(), closed_at=timezone.now(), next_contact_on=None)
        record("lead.lost", self, by=by, reason=self.lost_reason)

    @transaction.atomic
    def reassign(self, salesperson, *, by):
        """Give the lead to another salesperson, who is told."""
        self.require(self.can_assign_by(by))
        self.check_salesperson(salesperson.pk)
        if salesperson.pk == self.salesperson_id:
            return
        self.move(self.Status.OPEN, salesperson=salesperson)
        event = record("lead.reassigned", self, by=by, salesperson=salesperson.name)
        notify([salesperson], "lead.reassigned", event, name=str(self))

    @staticmethod
    def require(is_allowed):
        if not is_allowed:
            raise NotAllowed

    def move(self, status, **changes):
        """Change an open lead by compare-and-swap; nobody writes ``status`` elsewhere."""
        changes |= {"status": status, "updated_at": timezone.now()}
        if not Lead.objects.filter(pk=self.pk, status=self.Status.OPEN).update(**changes):
            raise Conflict(_("This lead is closed already."), code="lead_closed")
        for name, value in changes.items():
            setattr(self, name, value)


class LeadContact(models.Model):
    """One talk with a lead."""

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        VISIT = "visit", _("Came again")
        MESSAGE = "message", _("Message")
        HOME = "home", _("Visited at home")

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="contacts")
    kind = models.CharField(_("contacted by"), max_length=7, choices=Kind, default=Kind.CALL)
    note = models.CharField(_("what was said"), max_length=300)
    level = models.CharField(_("intent"), max_length=1, choices=Lead.Level)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("contact with a lead")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return self.note


class TestDrive(models.Model):
    """A drive in a test car on a fixed route, and what the customer said of it (S2-30)."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="test_drives")
    car = models.CharField(_("test car"), max_length=80)
    route = models.CharField(_("route"), max_length=80, blank=True)
    driven_at = models.DateTimeField(_("driven"), default=timezone.now)
    is_licence_checked = models.BooleanField(_("licence looked at"), default=False)
    is_agreement_signed = models.BooleanField(_("agreement signed"), default=False)
    satisfaction = models.PositiveSmallIntegerField(
        _("satisfaction (1 to 10)"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    summary = models.CharField(_("what the customer said"), max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("test drive")
        ordering = ["-driven_at", "-pk"]

    def __str__(self):
        return self.car
