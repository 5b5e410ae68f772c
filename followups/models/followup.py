from contextlib import suppress
from datetime import timedelta

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from activity.services import announce_days, record
from common.errors import Conflict, DomainError, NotAllowed
from customers.models import Channel, Consent, Customer, Vehicle
from followups.models.claim import Claimable, ClaimQuerySet
from followups.models.plan import Plan
from followups.models.queue import QueueQuerySet
from followups.models.voiding import Voidable
from followups.outcomes import OUTCOMES, Outcome
from followups.retries import History, Step, checked_outcome, next_step
from followups.signals import followup_finished
from followups.windows import CallWindow
from notifications.services import notify
from stores.models import Store
from surveys.models import Response
from visits.models import Delivery, Visit

VERIFICATION, NO_SHOW, KEY_ACCOUNT, OCCASION = "complaint_round", "appointment", "key_account", "occasion"
REPEATED_WITHIN = timedelta(minutes=2)


class FollowUpQuerySet(QueueQuerySet, ClaimQuerySet):
    def open(self):
        return self.filter(status=FollowUp.Status.OPEN)

    def overdue(self, now):
        return self.open().filter(due_at__lt=now)

    def promised(self):
        return self.open().filter(promised_at__isnull=False)

    def untouched(self):
        """Return those nobody has begun with: not tried, taken, promised or written into."""
        waiting = [FollowUp.Status.OPEN, FollowUp.Status.INELIGIBLE]
        return self.filter(status__in=waiting, attempt_count=0, promised_at=None, claimed_by=None, finished_by=None, response=None, draft={})

    def calls(self):
        """Return the open calls the customer may refuse; the verification of a complaint is the customer's own wish and not among them."""
        return self.open().filter(plan__kind=Plan.Kind.CALL).exclude(source_kind=VERIFICATION)

    def refused(self, purpose):
        """Return the open calls for ``purpose`` to customers who refuse it by phone (AR8, T63)."""
        triggers = [trigger for trigger, its_purpose in Plan.PURPOSES.items() if its_purpose == purpose]
        refusing = Consent.objects.refused(purpose, Channel.PHONE).values("customer")
        return self.calls().filter(plan__trigger__in=triggers, customer__in=refusing)

    def calls_of(self, customer):
        return self.calls().filter(customer=customer)

    def exempt_all(self, exemption, **who_and_when):
        """Take them out of the calls one by one; what somebody finishes just now is finished."""
        for followup in self.select_related("store"):
            with suppress(Conflict):
                followup.exempt(exemption, **who_and_when)

    def given_up(self, customer, since):
        """Return the calls of the customer closed as unreachable since then, the newest first."""
        return self.filter(customer=customer, status=FollowUp.Status.UNREACHABLE, finished_at__gte=since).order_by("-finished_at", "-pk")

    def waiting_for(self, *round_ids):
        """Return the open calls that are to verify these rounds of a complaint."""
        return self.open().filter(source_kind=VERIFICATION, source_id__in=round_ids)

    def for_list(self):
        # Joined, the small table of stores tempts SQLite to start there and to sort a million rows.
        return self.select_related("plan", "customer", "vehicle", "assignee").prefetch_related("store").order_by("-due_at", "-pk")

    def for_queue(self):
        """Load what a row of the queue shows and no more: whole rows of six tables take longer than the page."""
        own = ["store_id", "source_kind", "status", "due_at", "promised_at", "attempt_count"]
        others = ["store__name", "store__timezone", "plan__name_en", "plan__name_zh", "plan__kind", "visit__kind"]
        people = ["customer__name", "customer__phone", "customer__restricted_at"]
        cars = ["vehicle__store_id", "vehicle__plate", "vehicle__vin_tail"]
        return self.select_related("store", "plan", "customer", "vehicle", "visit").only(*own, *others, *people, *cars)

    def with_context(self):
        people = ("assignee", "claimed_by", "finished_by", "visit__advisor", "delivery__salesperson")
        return self.select_related("store", "plan", "customer", "vehicle", "response", *people)


class FollowUp(Claimable, Voidable):
    """A due contact with a customer. The status changes only in the verbs below."""

    view_permission = "followups.view"

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        ESCALATED = "escalated", _("Complaint raised")
        UNREACHABLE = "unreachable", _("Unreachable")
        REFUSED = "refused", _("Refused")
        INELIGIBLE = "ineligible", _("Not eligible")
        CANCELLED = "cancelled", _("Cancelled")

    class Exemption(models.TextChoices):
        NO_PHONE = "no_phone", _("No phone number on file")
        DO_NOT_CALL = "do_not_call", _("The customer wants no calls")
        REFUSED = "refused", _("The customer refuses satisfaction calls")
        RESTRICTED = "restricted", _("The record is restricted or erased")
        SOLD = "sold", _("The car belongs to somebody else")
        NO_REMINDERS = "no_reminders", _("The customer wants no reminders by phone")
        NO_SERVICE = "no_service", _("The customer wants no service calls")

    store = models.ForeignKey(Store, models.PROTECT, related_name="followups", verbose_name=_("store"), db_index=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="followups", verbose_name=_("plan"), db_index=False)
    # What it follows: ("visit", id), ("delivery", id), ("complaint_round", id), ("appointment", id). Apps above are linked by id only.
    source_kind = models.CharField(max_length=20)
    source_id = models.BigIntegerField()
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="followups", verbose_name=_("customer"))
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, null=True, blank=True, related_name="followups", verbose_name=_("vehicle"), db_index=False)
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="followups", verbose_name=_("visit"))
    delivery = models.ForeignKey(Delivery, models.PROTECT, null=True, blank=True, related_name="followups", verbose_name=_("delivery"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    assignee = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("assigned to"), db_index=False)
    priority = models.PositiveSmallIntegerField(_("priority"), default=5)
    due_at = models.DateTimeField(_("due"))
    due_steps = models.JSONField(default=list, blank=True)
    available_at = models.DateTimeField(_("callable from"))
    promised_at = models.DateTimeField(_("promised for"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.OPEN, editable=False)
    exemption = models.CharField(_("why not eligible"), max_length=12, choices=Exemption, blank=True, editable=False)
    attempt_count = models.PositiveSmallIntegerField(_("attempts"), default=0)
    first_attempt_at = models.DateTimeField(_("first attempt"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    response = models.OneToOneField(Response, models.PROTECT, null=True, blank=True, related_name="followup", verbose_name=_("response"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    finished_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("finished by"), db_index=False)
    # What each caller has typed so far, by the id of the person: an unfinished call survives a crash (T36).
    draft = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        ordering = ["due_at", "priority", "pk"]
        # The queue is read from these small partial indexes only, in order and without sorting: see ``Lanes``.
        indexes = [
            models.Index(fields=["store", "role", "due_at", "priority", "id"], condition=Q(status="open", assignee__isnull=True), name="followup_team_queue"),
            models.Index(fields=["assignee", "due_at", "priority", "id"], condition=Q(status="open", assignee__isnull=False), name="followup_own_queue"),
            models.Index(fields=["store", "promised_at"], condition=Q(status="open", promised_at__isnull=False), name="followup_promised"),
            models.Index(fields=["store", "due_at"], condition=Q(status="open", priority=1), name="followup_urgent"),
            models.Index(fields=["claimed_by", "lease_until"], condition=Q(status="open", claimed_by__isnull=False), name="followup_lease"),
            models.Index(fields=["store", "-due_at", "-id"], name="followup_newest"),
        ]
        constraints = [models.UniqueConstraint(fields=["plan", "source_kind", "source_id"], name="followup_once_per_source")]

    def __str__(self):
        return f"{self.plan} · {self.customer}"

    def get_absolute_url(self):
        return reverse("followups:detail", args=[self.pk])

    @property
    def is_open(self):
        return self.status == self.Status.OPEN

    @property
    def is_verification(self):
        return self.source_kind == VERIFICATION

    @property
    def is_on_time(self):
        """Tell whether the first attempt came by the due time; None before any attempt."""
        return None if self.first_attempt_at is None else self.first_attempt_at <= self.due_at

    @property
    def due_day(self):
        return self.store.local(self.due_at).date()

    def is_overdue(self, now=None):
        return self.is_open and self.due_at < (now or timezone.now())

    def can_assign_by(self, user):
        return self.is_open and user.may("followups.assign", self.store_id)

    @transaction.atomic
    def log(self, outcome, *, by, note="", next_at=None, response=None, phone=None, now=None, joined_to=None, **evidence):
        """Write down what came of a try: the follow-up closes, or comes back at another time.

        ``phone`` is the id of the number dialled, None for the preferred one. While a number is left that has not been
        tried, a failed try on another one neither ends the follow-up nor lets it wait: the caller goes on with that number.
        ``joined_to`` is the attempt of the same talk; ``evidence`` is what a telephone system knows of it: ``call_ref`` and ``talk_seconds``.
        """
        now, outcome = now or timezone.now(), checked_outcome(outcome, self.plan.outcomes)
        self.check_worker(by)
        rule, dialled, window = OUTCOMES[outcome], self.dialled(phone), CallWindow(self.store)
        step = next_step(outcome, self.history(), window, now, next_at)
        if self.plan.is_call and not rule.is_contact and self.numbers_left(dialled):
            step = Step(at=window.next_slot(now), doubts_phone=rule.doubts_phone)
        changes = {"outcome": outcome, "attempt_count": F("attempt_count") + 1, "first_attempt_at": self.first_attempt_at or now, "response": response}
        if step.closes_as:
            changes |= {"status": step.closes_as, "finished_at": now, "finished_by": by, "promised_at": None, "draft": {}}
        else:
            changes |= {"available_at": step.at, "promised_at": next_at}
        goes_on = step.at == now
        if goes_on:
            changes |= {"draft": self.draft | {str(by.pk): {"note": note}}}
        evidence |= {"held_since": self.held_since(by), "phone_tail": dialled.phone_tail if self.plan.is_call else ""}
        self.move_on(by, now, holder=by if goes_on else None, **changes)
        self.attempts.create(by=by, at=now, outcome=outcome, note=note, next_at=step.at, joined_to=joined_to, **evidence)
        record("followup.logged", self, by=by, outcome=outcome, next_at=step.at and step.at.isoformat())
        if step.doubts_phone:
            dialled.doubt_phone()
        self.tell_customer_card(outcome, by)
        self.announce(by, outcome=outcome)

    def history(self):
        return History(list(self.attempts.valid().order_by("at", "pk").values_list("at", "outcome")), self.plan.max_attempts, self.due_at)

    def move_on(self, by, now, holder=None, **changes):
        """Change the open row in the hands of ``by`` (or of nobody, once callable) and give it to ``holder``, or put it out of everybody's hands."""
        itself = FollowUp.objects.open().filter(pk=self.pk, store_id=self.store_id, assignee_id=self.assignee_id, attempt_count=self.attempt_count)
        nobodys = Q(claimed_by=None) | Q(lease_until__lt=now)
        if not itself.filter(Q(claimed_by=by) | (nobodys & Q(available_at__lte=now))).hold(holder, now, **changes):
            self.refresh_from_db()
            raise self.lost(by, now)
        self.refresh_from_db()

    def dialled(self, phone):
        """Return what stands for the number of this id: the customer for the preferred one."""
        return self.customer.number_known(phone) if phone else self.customer

    def numbers_left(self, *dialled):
        """Return the numbers, the customer standing for the preferred one, not known to be wrong and not tried in this follow-up."""
        tried = {number.phone_tail for number in (*dialled, *(attempt for attempt in self.attempts.all() if attempt.voided_at is None))}
        return [number for number in self.customer.good_numbers if number.phone_tail not in tried]

    def tell_customer_card(self, outcome, by):
        """Stop all calls or those about the car, where the outcome says so."""
        if outcome == Outcome.DO_NOT_CALL:
            self.customer.stop_calls(by=by)
            FollowUp.objects.calls_of(self.customer).exempt_all(self.Exemption.DO_NOT_CALL, by=by)
        if outcome == Outcome.SOLD and self.vehicle:
            self.vehicle.lose_owner(by=by)
            FollowUp.objects.calls_of(self.customer).filter(vehicle=self.vehicle).exempt_all(self.Exemption.SOLD, by=by)

    def announce(self, by, **particulars):
        """Tell the facts and, when it has left OPEN, the apps above."""
        announce_days(self.store_id, self.due_day)
        if not self.is_open:
            record("followup.finished", self, by=by, status=self.status, **particulars)
            followup_finished.send(sender=FollowUp, followup=self)

    @transaction.atomic
    def escalate(self, *, by, now=None):
        """Close it because a complaint was raised during the call; the call counts as a try that reached the customer."""
        now = now or timezone.now()
        self.check_worker(by)
        itself = FollowUp.objects.open().filter(pk=self.pk, store_id=self.store_id)
        mine = itself.filter(Q(claimed_by=by) | Q(claimed_by=None) | Q(lease_until__lt=now))
        held_since = self.held_since(by)
        changes = {"status": self.Status.ESCALATED, "outcome": Outcome.PARTIAL, "attempt_count": F("attempt_count") + 1, "finished_at": now, "finished_by": by}
        if not mine.hold(None, now, first_attempt_at=self.first_attempt_at or now, promised_at=None, **changes):
            self.refresh_from_db()
            raise self.lost(by, now)
        self.refresh_from_db()
        self.attempts.create(by=by, at=now, outcome=Outcome.PARTIAL, held_since=held_since)
        record("followup.escalated", self, by=by)
        self.announce(by, outcome=self.outcome)

    @transaction.atomic
    def cancel(self, *, by=None, reason, now=None):
        """Take it back; ``by`` is None when the system does so."""
        if by is not None and not by.may("followups.assign", self.store_id):
            raise NotAllowed
        if not reason.strip():
            raise DomainError(gettext("Give the reason."), code="reason_missing", field="reason")
        self.close(self.Status.CANCELLED, by, now or timezone.now())
        record("followup.cancelled", self, by=by, reason=reason)
        self.announce(by)

    @transaction.atomic
    def exempt(self, exemption, *, by=None, now=None):
        """Take it out of the calls because the customer cannot or must not be called."""
        self.close(self.Status.INELIGIBLE, by, now or timezone.now(), exemption=exemption)
        record("followup.exempted", self, by=by, exemption=exemption)
        self.announce(by)

    @transaction.atomic
    def reopen(self, *, now=None):
        """Offer a call given up as unreachable once more: the customer has written and can be reached after all (ME6)."""
        now = now or timezone.now()
        itself = FollowUp.objects.filter(pk=self.pk, status=self.Status.UNREACHABLE)
        offered_at = CallWindow(self.store).next_slot(now)
        if not itself.hold(None, now, status=self.Status.OPEN, available_at=offered_at, finished_at=None, finished_by=None):
            return
        self.refresh_from_db()
        record("followup.reopened", self)
        announce_days(self.store_id, self.due_day)

    def close(self, status, by, now, **changes):
        """Leave OPEN whoever holds it."""
        itself = FollowUp.objects.open().filter(pk=self.pk)
        if not itself.hold(None, now, status=status, finished_at=now, finished_by=by, promised_at=None, **changes):
            self.refresh_from_db()
            raise Conflict(self.closed_words(), code="already_finished")
        self.refresh_from_db()

    @transaction.atomic
    def assign(self, user, *, by, now=None):
        """Give it to one person, or with None back to the team; whoever holds it loses it (T39)."""
        if not by.may("followups.assign", self.store_id):
            raise NotAllowed
        if user is not None and not user.may("followups.work", self.store_id):
            message = gettext("%(name)s does not make calls in this store.") % {"name": user}
            raise DomainError(message, code="cannot_work", field="assignee")
        if not FollowUp.objects.open().filter(pk=self.pk).hold(None, now or timezone.now(), assignee=user):
            self.refresh_from_db()
            raise Conflict(self.closed_words(), code="already_finished")
        self.refresh_from_db()
        record("followup.assigned", self, by=by, assignee=user and user.pk, name=user.name if user else "")
        if user is not None and user != by:
            notify([user], "followup.assigned", self)

    @transaction.atomic
    def take_back(self, now):
        """Give it back to the team because the person it is assigned to is not there any more."""
        if FollowUp.objects.open().filter(pk=self.pk, assignee=self.assignee_id).hold(None, now, assignee=None):
            record("followup.assigned", self, assignee=None, name="")

    def closed_words(self):
        """Say who finished it and when."""
        particulars = {"status": self.get_status_display(), "name": self.finished_by or gettext("the system")}
        particulars["at"] = date_format(self.store.local(self.finished_at), "m-d H:i") if self.finished_at else ""
        return gettext("This follow-up is already closed (%(status)s) by %(name)s, %(at)s.") % particulars

    def keep_draft(self, words, *, by):
        """Keep what the holder has typed so far; nothing is kept once the follow-up is in other hands."""
        draft = {**self.draft, str(by.pk): words}
        if not FollowUp.objects.open().filter(pk=self.pk, claimed_by=by).update(draft=draft):
            self.refresh_from_db()
            raise self.lost(by, timezone.now())

    def draft_of(self, user):
        return self.draft.get(str(user.pk), {})

    def remark(self, note, *, by):
        """Keep the words of a call that somebody else has finished or taken in the meantime (T37)."""
        if note.strip():
            record("followup.remarked", self, by=by, note=note)

    def is_repetition(self, outcome, note, *, by, phone=None):
        """Tell whether the newest try is this very one: a double click, or a request sent again (T38)."""
        newest, this = self.attempts.first(), (by.pk, outcome, note, self.dialled(phone).phone_tail if self.plan.is_call else "")
        is_same = newest is not None and (newest.by_id, newest.outcome, newest.note, newest.phone_tail) == this
        return is_same and timezone.now() - newest.at < REPEATED_WITHIN

    @property
    def words(self):
        """The customer's words as far as they are written down: of an unfinished call, else of the newest try."""
        drafted = (draft.get("note", "") for draft in self.draft.values())
        return next(filter(None, drafted), "") or self.attempts.exclude(note="").values_list("note", flat=True).first() or ""

    def script_for(self, user):
        """Return the script with the names of shop, caller and customer."""
        script = self.plan.script
        for name, value in {"{shop}": self.store.name, "{name}": user.name, "{customer}": self.customer.name}.items():
            script = script.replace(name, value)
        return script

    def result_words(self):
        """Say what follows from the newest try."""
        if self.is_open and self.claimed_by_id:
            return gettext("Logged. There is another number: try it now.")
        if self.is_open:
            return gettext("Logged. The call comes back at %(moment)s.") % {"moment": date_format(self.store.local(self.available_at), "m-d H:i")}
        return gettext("Logged: %(status)s.") % {"status": self.get_status_display()}
