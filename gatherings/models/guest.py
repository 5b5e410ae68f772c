from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed
from common.scope import StoreScopedQuerySet
from customers.models import Customer

# From this answer on a guest counts as satisfied, as in the questionnaires the product ships.
SATISFIED_FROM = 8


class GuestQuerySet(StoreScopedQuerySet):
    store_path = "gathering__store_id"

    def registered(self):
        return self.filter(status=Guest.Status.REGISTERED)

    def waiting(self):
        """Return the waiting list, who has waited longest first."""
        return self.filter(status=Guest.Status.WAITING).order_by("registered_at", "pk")

    def expected(self):
        """Return who has a seat, waits for one or came, in this order."""
        seated_first = Case(When(status=Guest.Status.REGISTERED, then=Value(0)), default=Value(1))
        expected = self.filter(Q(status__in=[Guest.Status.REGISTERED, Guest.Status.WAITING]) | Q(came_at__isnull=False))
        return expected.select_related("customer").order_by(seated_first, "registered_at", "pk")

    def silent(self):
        """Return who has not answered the invitation, then who said no."""
        silent = self.filter(status__in=[Guest.Status.INVITED, Guest.Status.DECLINED], came_at=None)
        return silent.select_related("customer").order_by("-status", "pk")


class Guest(models.Model):
    """A customer who is invited to an owner activity or has signed up for it, and what became of it."""

    view_permission = "gatherings.view"

    class Status(models.TextChoices):
        INVITED = "invited", _("Invited")
        REGISTERED = "registered", _("Signed up")
        WAITING = "waiting", _("On the waiting list")
        DECLINED = "declined", _("Does not come")

    gathering = models.ForeignKey("gatherings.Gathering", models.CASCADE, related_name="guests", verbose_name=_("owner activity"))
    # Once per activity, which its lock sees to; no constraint, as two records of one person that are merged may both have been invited.
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="guest_rows", verbose_name=_("customer"))
    status = models.CharField(_("status"), max_length=10, choices=Status, editable=False)
    invited_at = models.DateTimeField(_("invited"), null=True, editable=False)
    registered_at = models.DateTimeField(_("signed up"), null=True, editable=False)
    came_at = models.DateTimeField(_("ticked as present"), null=True, editable=False)
    satisfaction = models.PositiveSmallIntegerField(
        _("satisfaction (1 to 10)"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    remark = models.CharField(_("what the customer said"), max_length=300, blank=True)

    objects = GuestQuerySet.as_manager()

    class Meta:
        verbose_name = _("guest")
        verbose_name_plural = _("guests")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(satisfaction=None) | Q(satisfaction__range=(1, 10)), name="guest_satisfaction_1_to_10"),
            models.CheckConstraint(condition=Q(satisfaction=None) | Q(came_at__isnull=False), name="guest_rated_after_coming"),
        ]

    def __str__(self):
        return str(self.customer)

    @property
    def store_id(self):
        return self.gathering.store_id

    def can_work_by(self, user):
        return user.may("gatherings.work", self.store_id)

    @transaction.atomic
    def register(self, *, by):
        """Sign the guest up: a seat while there is one, else the end of the waiting list."""
        self.begin(by)
        if self.status in (self.Status.REGISTERED, self.Status.WAITING):
            raise Conflict(_("This customer has signed up already."), code="registered_already")
        has_seat = self.gathering.free_seats() > 0
        self.status, self.registered_at = self.Status.REGISTERED if has_seat else self.Status.WAITING, timezone.now()
        self.save()
        self.record("guest.registered" if has_seat else "guest.queued", by=by)

    @transaction.atomic
    def decline(self, *, by):
        """Note that the guest does not come; return who gets the seat, the one who has waited longest."""
        self.begin(by)
        if self.came_at or self.status == self.Status.DECLINED:
            raise Conflict(_("This guest has come, or has said no already."), code="not_expected")
        self.status, self.registered_at = self.Status.DECLINED, None
        self.save(update_fields=["status", "registered_at"])
        self.record("guest.declined", by=by)
        return self.gathering.fill(by=by)

    @transaction.atomic
    def rate(self, satisfaction, *, by, remark=""):
        """Write down what a guest who came says afterwards; a later answer replaces an earlier one, the events keep both."""
        if not self.can_work_by(by):
            raise NotAllowed
        if not 1 <= satisfaction <= 10:
            raise DomainError(_("Give a number from 1 to 10."), code="not_a_rating", field="satisfaction")
        if not Guest.objects.filter(pk=self.pk, came_at__isnull=False).update(satisfaction=satisfaction, remark=remark.strip()):
            raise Conflict(_("Only who came can say how it was."), code="did_not_come")
        self.satisfaction, self.remark = satisfaction, remark.strip()
        self.record("guest.rated", by=by, satisfaction=satisfaction)

    # What the activity does with its guests while it holds its lock.

    def move_up(self, *, by):
        self.status = self.Status.REGISTERED
        self.save(update_fields=["status"])
        self.record("guest.moved_up", by=by)

    def tick(self, *, by):
        if Guest.objects.filter(pk=self.pk, came_at=None).update(came_at=timezone.now()):
            self.record("guest.attended", by=by)

    def untick(self, *, by):
        """Take the tick back, unless the guest has said how it was."""
        if Guest.objects.filter(pk=self.pk, came_at__isnull=False, satisfaction=None).update(came_at=None):
            self.record("guest.missed", by=by)

    def begin(self, by):
        """Lock the activity and read the guest anew."""
        if not self.can_work_by(by):
            raise NotAllowed
        self.gathering.lock()
        self.gathering.require_planned()
        if self.pk:
            self.refresh_from_db(fields=["status", "registered_at", "came_at"])

    def record(self, code, *, by, **particulars):
        record(code, self, by=by, gathering=self.gathering_id, title=self.gathering.title, **particulars)
