from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Avg, Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed
from common.scope import StoreScopedQuerySet
from gatherings.models.guest import SATISFIED_FROM, Guest
from messaging.models import Message, MessageTemplate
from messaging.services import plan_each, reachable, reword
from stores.models import Store

INVITATION = "gathering-invitation"
# What an invitation says; when one of these changes, invitations that still wait are worded anew.
WORDED = {"title", "starts_at", "venue"}


class GatheringQuerySet(StoreScopedQuerySet):
    def in_year(self, year):
        """Return the activities of the plan of ``year``, those moved out of it since among them."""
        return self.filter(planned_on__year=year)

    def with_figures(self):
        """Count who was invited, has a seat, waits, came and was satisfied."""
        came = Q(guests__came_at__isnull=False)
        figures = self.select_related("store").annotate(
            invited=Count("guests", filter=Q(guests__invited_at__isnull=False)),
            registered=Count("guests", filter=Q(guests__status=Guest.Status.REGISTERED)),
            waiting=Count("guests", filter=Q(guests__status=Guest.Status.WAITING)),
            came=Count("guests", filter=came),
            rated=Count("guests", filter=Q(guests__satisfaction__isnull=False)),
            satisfied=Count("guests", filter=Q(guests__satisfaction__gte=SATISFIED_FROM)),
            satisfaction=Avg("guests__satisfaction"),
        )
        # Said once more, as Django forgets the order of the model where it groups.
        return figures.order_by("-starts_at", "-pk")


class Gathering(models.Model):
    """An activity a store holds for its owners: a class, or one of the activities of the seasons (S3-15, S1-20, S4-25)."""

    view_permission = "gatherings.view"

    class Kind(models.TextChoices):
        OWNER_CLASS = "class", _("Owner class")
        SMILE = "smile", _("Smile service in March")
        MAY_DAY = "may_day", _("Gift for May Day")
        SUMMER = "summer", _("Cool summer")
        CAMPUS = "campus", _("Autumn check on campus")
        CLINIC = "clinic", _("Clinic in the community")
        WINTER = "winter", _("Warm winter")
        OTHER = "other", _("Another activity")

    class Status(models.TextChoices):
        PLANNED = "planned", _("Still to be held")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    store = models.ForeignKey(Store, models.PROTECT, related_name="gatherings", verbose_name=_("store"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    title = models.CharField(_("title"), max_length=60, help_text=_("Customers read it in the invitation."))
    starts_at = models.DateTimeField(_("begins"))
    venue = models.CharField(_("venue"), max_length=80)
    seats = models.PositiveSmallIntegerField(_("seats"), default=30, validators=[MinValueValidator(1), MaxValueValidator(1000)])
    notes = models.TextField(_("notes"), blank=True)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.PLANNED, editable=False)
    # The day first planned stays, so that a plan moved from month to month does not look kept (S3-25).
    planned_on = models.DateField(_("first planned for"), editable=False)
    held_on = models.DateField(_("held on"), null=True, editable=False)
    cancel_reason = models.CharField(_("why cancelled"), max_length=200, blank=True, editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entered by"))
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)

    objects = GatheringQuerySet.as_manager()

    class Meta:
        verbose_name = _("owner activity")
        verbose_name_plural = _("owner activities")
        ordering = ["-starts_at", "-pk"]
        indexes = [models.Index(fields=["store", "-starts_at", "-id"], name="gathering_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(seats__gte=1), name="gathering_has_seats"),
            models.CheckConstraint(condition=~Q(status="held") | Q(held_on__isnull=False), name="gathering_held_on_a_day"),
            models.CheckConstraint(condition=~Q(status="cancelled") | ~Q(cancel_reason=""), name="gathering_cancelled_with_reason"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("gatherings:detail", args=[self.pk])

    @property
    def is_planned(self):
        return self.status == self.Status.PLANNED

    @property
    def day(self):
        return self.store.local(self.starts_at).date()

    @property
    def has_begun(self):
        return self.starts_at <= timezone.now()

    @property
    def is_overdue(self):
        """Tell whether its day is over and nobody has said that it was held."""
        return self.is_planned and self.day < self.store.today()

    @property
    def is_moved(self):
        return self.day != self.planned_on

    def free_seats(self):
        """Return how many seats are left; never negative, as seats are not taken back from anybody."""
        return max(0, self.seats - self.guests.registered().count())

    def can_plan_by(self, user):
        return user.may("gatherings.plan", self.store_id)

    def can_work_by(self, user):
        return user.may("gatherings.work", self.store_id)

    @transaction.atomic
    def create(self, *, by):
        """Put the activity into the plan of its year."""
        self.require(self.can_plan_by(by))
        self.created_by, self.planned_on = by, self.day
        self.save()
        record("gathering.created", self, by=by, kind=self.kind, day=self.planned_on.isoformat())
        return self

    @transaction.atomic
    def edit(self, *, by, **changes):
        """Change the activity; invitations that still wait say what holds now. Return who gets a seat because there are more."""
        self.require(self.can_plan_by(by))
        self.lock()
        changed = sorted(name for name, value in changes.items() if getattr(self, name) != value)
        if not changed:
            return []
        if "seats" in changed and changes["seats"] < self.guests.registered().count():
            raise DomainError(_("More people have signed up than that."), code="seats_taken", field="seats")
        self.move(self.Status.PLANNED, **{name: changes[name] for name in changed})
        if WORDED & set(changed):
            reword(self, expires_at=self.starts_at, **self.words)
        record("gathering.edited", self, by=by, fields=changed)
        return self.fill(by=by)

    @transaction.atomic
    def invite(self, customers, *, by):
        """Invite those of ``customers`` who may be invited, one message each; return how many.

        Consent is asked here, so that nobody counts as invited whom no message may reach, and again when the message goes out.
        """
        self.require(self.can_plan_by(by))
        self.lock()
        self.require_planned()
        if self.has_begun:
            raise DomainError(_("Its day is over: nobody can be invited any more."), code="begun")
        invited = list(self.invitable(customers))
        if not invited:
            raise DomainError(_("Nobody of these can be invited."), code="nobody_to_invite")
        now = timezone.now()
        Guest.objects.bulk_create(Guest(gathering=self, customer=customer, status=Guest.Status.INVITED, invited_at=now) for customer in invited)
        plan_each(self.invitation, invited, subject=self, due_at=now, expires_at=self.starts_at, **self.words)
        record("gathering.invited", self, by=by, number=len(invited))
        return len(invited)

    def invitable(self, customers):
        """Narrow ``customers`` to those of the store who are no guests yet and may be sent promotion."""
        strangers = customers.filter(store=self.store_id).exclude(pk__in=self.guests.values("customer"))
        return reachable(strangers, self.invitation).select_related("store", "keeper")

    @property
    def invitation(self):
        return MessageTemplate.objects.get(code=INVITATION)

    @property
    def words(self):
        """Return what the invitation says of the activity."""
        return {"day": self.day, "title": self.title, "place": self.venue, "time": f"{self.store.local(self.starts_at):%H:%M}"}

    @property
    def messages(self):
        return Message.objects.about(self)

    @transaction.atomic
    def register(self, customer, *, by):
        """Give the customer a seat, or a place on the waiting list, invited or not; return the guest."""
        self.require(self.can_work_by(by))
        if customer.store_id != self.store_id:
            raise DomainError(_("This belongs to another store."), code="other_store", field="phone")
        self.lock()
        guest = self.guests.filter(customer=customer).order_by("pk").first() or Guest(gathering=self, customer=customer)
        guest.register(by=by)
        return guest

    @transaction.atomic
    def attend(self, came, missed=(), *, by):
        """Tick who came; ``missed`` takes ticks back that were set by mistake."""
        self.require(self.can_work_by(by))
        self.lock()
        if self.status == self.Status.CANCELLED:
            raise Conflict(_("This activity has been cancelled."), code="gathering_cancelled")
        if self.day > self.store.today():
            raise DomainError(_("It has not begun yet."), code="not_begun")
        for guest in came:
            guest.tick(by=by)
        for guest in missed:
            guest.untick(by=by)

    @transaction.atomic
    def hold(self, *, by):
        """Say that it took place."""
        self.require(self.can_plan_by(by))
        if not self.has_begun:
            raise DomainError(_("It has not begun yet."), code="not_begun")
        self.move(self.Status.HELD, held_on=self.day)
        record("gathering.held", self, by=by, day=self.held_on.isoformat())

    @transaction.atomic
    def cancel(self, reason, *, by):
        """Call it off and say why; invitations that still wait do not go out any more."""
        self.require(self.can_plan_by(by))
        if not reason.strip():
            raise DomainError(_("Say why it is cancelled."), code="reason_missing", field="reason")
        self.move(self.Status.CANCELLED, cancel_reason=reason.strip())
        record("gathering.cancelled", self, by=by, reason=self.cancel_reason)

    def fill(self, *, by):
        """Give free seats to who has waited longest; return them, as somebody has to tell them."""
        lucky = list(self.guests.waiting().select_related("customer")[: self.free_seats()])
        for guest in lucky:
            guest.move_up(by=by)
        return lucky

    def lock(self):
        """Read the row anew and hold it until the end of the transaction: seats are counted by one at a time.

        SQLite has no row locks and needs none: its transactions begin by locking the whole database.
        """
        self.refresh_from_db(from_queryset=Gathering.objects.select_for_update(of=("self",)).select_related("store"))

    def require_planned(self):
        if not self.is_planned:
            raise Conflict(_("This activity has been held or cancelled already."), code="gathering_over")

    @staticmethod
    def require(is_allowed):
        if not is_allowed:
            raise NotAllowed

    def move(self, status, **changes):
        """Change a planned activity by compare-and-swap; nobody writes ``status`` elsewhere."""
        changes |= {"status": status, "updated_at": timezone.now()}
        if not Gathering.objects.filter(pk=self.pk, status=self.Status.PLANNED).update(**changes):
            raise Conflict(_("This activity has been held or cancelled already."), code="gathering_over")
        for name, value in changes.items():
            setattr(self, name, value)
