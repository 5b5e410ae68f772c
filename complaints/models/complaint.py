from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import DEPARTMENT_HEADS, Role
from activity.services import announce_days, record
from common.errors import Conflict, DomainError, NotAllowed
from common.scope import StoreScopedQuerySet
from complaints.models.exception import ClosableByException, require
from complaints.models.rules import Category, FeedbackRule
from customers.models import Customer, Vehicle
from followups.models import FollowUp
from followups.services import plan_verification
from notifications.services import notify
from stores import calendar
from stores.models import Department, Store
from visits.models import Delivery, Visit, next_number


class ComplaintQuerySet(StoreScopedQuerySet):
    def open(self):
        return self.exclude(status__in=Complaint.CLOSED)

    def headed_by(self, user):
        """Return the slips of the departments ``user`` answers for."""
        headed = models.Q(pk__in=[])
        for membership in user.memberships.select_related("region"):
            store_ids = membership.store_ids()
            mine = models.Q(department__kind__in=[kind for kind, role in DEPARTMENT_HEADS.items() if role == membership.role])
            headed |= mine if store_ids is None else mine & models.Q(store_id__in=store_ids)
        return self.filter(headed)

    def like(self, complaint):
        """Return the open slips that may tell of the same grievance: found in the same call or about the same visit or delivery (T43).

        Where neither says what it is about, only the very same words do: a form sent twice (T38).
        """
        about = {name: getattr(complaint, name) for name in ("followup_id", "visit_id", "delivery_id")}
        same = models.Q(**about, words=complaint.words)
        for name, pk in about.items():
            if pk:
                same |= models.Q(**{name: pk})
        return self.open().filter(same, customer_id=complaint.customer_id)

    def of_customer(self, customer):
        return self.filter(customer=customer).for_list().prefetch_related("rounds")

    def for_list(self):
        return self.select_related("category__parent", "department", "customer", "vehicle", "employee", "store")

    def for_detail(self):
        return self.for_list().select_related("visit", "delivery", "followup", "first_responder", "closed_by", "exception_asked_by")

    def overdue(self, now):
        """Return slips whose department has not answered by the feedback deadline."""
        return self.filter(status=Complaint.Status.ISSUED, due_at__lt=now)


class Complaint(ClosableByException):
    """A slip (抱怨/投诉单) that goes round until the customer is satisfied (S3-32)."""

    view_permission = "complaints.view"

    class Kind(models.TextChoices):
        GRIEVANCE = "grievance", _("Grievance")
        COMPLAINT = "complaint", _("Complaint")

    class Level(models.TextChoices):
        ORDINARY = "ordinary", _("Ordinary")
        RAISED = "raised", _("Raised")
        MAJOR = "major", _("Major")

    class Channel(models.TextChoices):
        CALL = "call", _("Follow-up call")
        SHOP = "shop", _("At the shop")
        PHONE = "phone", _("Shop phone")
        HOTLINE = "hotline", _("Manufacturer's hotline")
        WEB = "web", _("Website or app")
        REGULATOR = "regulator", _("Market regulator (12315)")
        CONSUMERS = "consumers", _("Consumers' association")
        MEDIA = "media", _("Media")
        LETTER = "letter", _("Letter")

    class Status(models.TextChoices):
        ISSUED = "issued", _("Waiting for the department")
        ANSWERED = "answered", _("Waiting for verification")
        SATISFIED = "satisfied", _("Closed, customer satisfied")
        EXCEPTION_ASKED = "exception_asked", _("Exception close asked for")
        EXCEPTION = "exception", _("Closed by exception")

    class Gap(models.TextChoices):
        """Where expectation and experience came apart (S0-17)."""

        COGNITION = "cognition", _("Cognition gap")
        STANDARD = "standard", _("Standard gap")
        DELIVERY = "delivery", _("Delivery gap")
        PERCEPTION = "perception", _("Perception gap")
        COMMUNICATION = "communication", _("Internal communication gap")
        INTERPRETATION = "interpretation", _("Interpretation gap")
        SERVICE = "service", _("Service gap")

    CLOSED = (Status.SATISFIED, Status.EXCEPTION)
    # From each status the statuses a verb may move to; ``change_status`` alone writes it. Issued to issued: another department.
    TRANSITIONS = {
        Status.ISSUED: {Status.ISSUED, Status.ANSWERED, Status.EXCEPTION_ASKED},
        Status.ANSWERED: {Status.SATISFIED, Status.ISSUED, Status.EXCEPTION_ASKED},
        Status.EXCEPTION_ASKED: {Status.EXCEPTION, Status.ISSUED, Status.ANSWERED, Status.SATISFIED},
    }
    # Besides the head of the department, these answer for every department of their stores.
    ANSWER_FOR_ALL = (Role.STORE_MANAGER, Role.ADMINISTRATOR)

    store = models.ForeignKey(Store, models.PROTECT, related_name="complaints", verbose_name=_("store"))
    number = models.CharField(_("slip number"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.GRIEVANCE)
    level = models.CharField(_("level"), max_length=10, choices=Level, default=Level.ORDINARY)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel, default=Channel.CALL)
    category = models.ForeignKey(Category, models.PROTECT, related_name="complaints", verbose_name=_("category"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="complaints", verbose_name=_("responsible department"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="complaints", verbose_name=_("customer"))
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("vehicle"))
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("visit"))
    delivery = models.ForeignKey(Delivery, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("delivery"))
    followup = models.ForeignKey(FollowUp, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("found in follow-up"))
    employee = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("employee concerned"))
    words = models.TextField(_("customer's words"))
    wish = models.TextField(_("what the customer wants"), blank=True)
    gap = models.CharField(_("service gap"), max_length=16, choices=Gap, blank=True)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.ISSUED, editable=False)
    round_count = models.PositiveSmallIntegerField(_("rounds"), default=1, editable=False)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    # The deadline of the open round, kept here for lists.
    due_at = models.DateTimeField(_("feedback due"), editable=False)
    first_responder = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("first person asked"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by"))

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        ordering = ["-opened_at", "-pk"]
        indexes = [
            models.Index(fields=["store", "-opened_at", "-id"], name="complaint_newest"),
            models.Index(fields=["due_at"], condition=models.Q(status="issued"), name="complaint_due"),
        ]
        constraints = [models.UniqueConstraint(fields=["store", "number"], name="complaint_number_once")]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("complaints:detail", args=[self.pk])

    @property
    def is_open(self):
        return self.status not in self.CLOSED

    def current_round(self):
        return self.rounds.get(number=self.round_count)

    def can_answer_by(self, user):
        """Tell whether ``user`` heads the department or answers for the whole store."""
        if not user.may("complaints.answer", self.store_id):
            return False
        roles = [DEPARTMENT_HEADS[self.department.kind], *self.ANSWER_FOR_ALL]
        return user.is_superuser or User.objects.with_roles(roles, self.store).filter(pk=user.pk).exists()

    def can_verify_by(self, user):
        return user.may("complaints.verify", self.store_id)

    def verbs_open_to(self, user):
        """Return the verbs the slip is open to now and ``user`` may do."""
        current = self.current_round()
        is_distant = user.pk not in (self.employee_id, current.answered_by_id)
        may = {
            "answer": self.status == self.Status.ISSUED and self.can_answer_by(user),
            "verify": bool(current.answered_at) and current.verified_at is None and self.is_open and is_distant and self.can_verify_by(user),
            "reassign": self.status == self.Status.ISSUED and user.may("complaints.assign", self.store_id),
            "ask_exception": self.status in (self.Status.ISSUED, self.Status.ANSWERED) and self.can_ask_exception_by(user),
            "approve_exception": self.status == self.Status.EXCEPTION_ASKED and self.can_approve_by(user),
            "reject_exception": self.status == self.Status.EXCEPTION_ASKED and self.can_approve_by(user),
        }
        return {verb for verb, is_open in may.items() if is_open}

    @transaction.atomic
    def issue(self, *, by, is_separate=False):
        """Open the slip and send its first round to the department."""
        if not by.may("complaints.create", self.store_id):
            raise NotAllowed
        if self.department_id is None:
            self.department = self.store.first_department(self.category.department_kind or Department.Kind.CARE)
        self.check_links()
        if not is_separate and (alike := Complaint.objects.like(self).first()):
            message = _("%(number)s is already open for this; say so if yours is a separate matter.") % {"number": alike.number}
            raise Conflict(message, code="duplicate", field="is_separate")
        self.first_responder, self.opened_at = by, timezone.now()
        due = self.feedback_due(self.opened_at)
        self.due_at = due.at
        self.save_numbered()
        self.add_round(due, by)
        self.close_call(by)
        self.tell(self.heads(), record("complaint.issued", self, by=by, round=1, department=self.department_id, due_at=due.at.isoformat()))
        self.announce()
        return self

    @transaction.atomic
    def answer(self, *, by, cause, measure, evidence=None, gap=""):
        """Take the department's answer and plan the call that verifies it."""
        if not self.can_answer_by(by):
            raise NotAllowed
        require(cause, "cause", _("Say what the cause was."))
        require(measure, "measure", _("Say what was done about it."))
        self.change_status(self.Status.ANSWERED, gap=gap or self.gap)
        current = self.current_round()
        current.answered_at, current.answered_by, current.cause, current.measure = timezone.now(), by, cause.strip(), measure.strip()
        current.evidence = evidence or ""
        current.save(update_fields=["answered_at", "answered_by", "cause", "measure", "evidence"])
        plan_verification(complaint_round=current, complaint=self)
        self.tell(self.care(), record("complaint.answered", self, by=by, round=current.number, is_in_time=current.is_in_time))
        self.announce()

    def verify(self, is_satisfied, *, by=None, note=""):
        """Take the customer's word on the answer: satisfied closes the slip, anything else sends out the next round."""
        # Outside the transaction: a refusal is recorded and must outlive it.
        self.check_verifier(by)
        with transaction.atomic():
            self.hold()
            current = self.current_round()
            if current.answered_at is None:
                raise Conflict(_("The department has not answered yet."))
            current.verify(is_satisfied, by, note)
            self.cancel_waiting_call(current)
            if is_satisfied:
                self.change_status(self.Status.SATISFIED, closed_at=timezone.now(), closed_by=by)
                self.tell(self.heads(), record("complaint.satisfied", self, by=by, round=current.number))
            else:
                self.tell(self.heads(), record("complaint.unsatisfied", self, by=by, round=current.number))
                if self.status == self.Status.ANSWERED:
                    self.reissue(by)
            self.announce()

    @transaction.atomic
    def reassign(self, department, *, by, reason):
        """Send the open round to another department; its deadline stays."""
        if not by.may("complaints.assign", self.store_id):
            raise NotAllowed
        require(reason, "reason", _("Give the reason."))
        if department.store_id != self.store_id or department.pk == self.department_id:
            raise DomainError(_("Choose another department of the same store."), code="department_wrong", field="department")
        before = self.department_id
        if self.status != self.Status.ISSUED:
            raise Conflict(_("Only a slip that waits for its department can be sent to another one."))
        self.change_status(self.Status.ISSUED, department=department)
        self.rounds.filter(number=self.round_count).update(department=department)
        self.tell(self.heads(), record("complaint.reassigned", self, by=by, before=before, department=department.pk, reason=reason))

    def check_links(self):
        """Refuse rows of another store or another customer (T4)."""
        if self.department_id is None:
            raise DomainError(_("Choose the responsible department."), code="department_missing", field="department")
        for name in ("department", "customer", "vehicle", "visit", "delivery", "followup"):
            linked = getattr(self, name)
            if linked is not None and linked.store_id != self.store_id:
                raise DomainError(_("Choose one of the same store."), code="other_store", field=name)
            if linked is not None and name in ("visit", "delivery", "followup") and linked.customer_id != self.customer_id:
                raise DomainError(_("This belongs to another customer."), code="other_customer", field=name)
        served = {self.visit and self.visit.advisor_id, self.delivery and self.delivery.salesperson_id}
        if self.employee_id and self.employee_id not in served and not User.objects.in_store(self.store).filter(pk=self.employee_id).exists():
            raise DomainError(_("Choose one of the same store."), code="other_store", field="employee")

    def check_verifier(self, by):
        """Refuse who answered and whom the slip is about; ``by`` is None for the system alone (T24)."""
        if by is None:
            return
        if not self.can_verify_by(by):
            raise NotAllowed
        if by.pk == self.employee_id:
            self.refuse(by, "concerned", _("The slip is about you; somebody else verifies it."))
        if by.pk == self.current_round().answered_by_id:
            self.refuse(by, "answered_by_you", _("You answered this round; somebody else verifies it."))

    def refuse(self, by, code, message):
        """Refuse a person who stands too near, and keep the attempt."""
        record("complaint.refused", self, by=by, reason=code)
        raise NotAllowed(message, code=code)

    def close_call(self, by):
        """Close the call the slip was found in, where it is the person's own; somebody else's call goes on, and so does one about another slip."""
        call = self.followup
        if call and call.is_open and not call.is_verification and call.can_work_by(by) and call.holder() in (None, by):
            call.escalate(by=by)

    def cancel_waiting_call(self, current):
        """Take the verification call of the round off the queue; it has no purpose any more."""
        for call in FollowUp.objects.waiting_for(current.pk):
            call.cancel(reason="complaint_moved_on")

    def save_numbered(self):
        """Save under the next free number; a parallel slip may have taken it, then the next one is tried."""
        for attempt in range(5):
            self.number = next_number(Complaint, self.store, "C")
            try:
                with transaction.atomic():
                    return self.save(force_insert=True)
            except IntegrityError:
                if attempt == 4:
                    raise
                self.pk = None

    def feedback_due(self, start):
        rule = FeedbackRule.objects.on(self.store.local(start).date())
        return calendar.deadline(self.store, start, rule.amount, rule.unit)

    def reissue(self, by):
        """Send out the next round; from the second one on the slip counts as raised."""
        due = self.feedback_due(timezone.now())
        level = self.Level.RAISED if self.level == self.Level.ORDINARY else self.level
        self.change_status(self.Status.ISSUED, round_count=self.round_count + 1, due_at=due.at, level=level)
        self.add_round(due, by)
        self.tell(self.heads(), record("complaint.reissued", self, by=by, round=self.round_count, level=level, due_at=due.at.isoformat()))

    def add_round(self, due, by):
        return self.rounds.create(
            number=self.round_count, department=self.department, issued_at=timezone.now(), issued_by=by, due_at=due.at, due_steps=due.steps
        )

    def change_status(self, new, **changes):
        """Move on by compare-and-swap on status, round and department; nobody writes ``status`` elsewhere."""
        if new not in self.TRANSITIONS.get(self.status, ()):
            raise self.moved_on()
        self.swap(changes | {"status": new})

    def hold(self):
        """Take the open slip, unchanged since it was read, for the rest of the transaction; before it its waiting call, as logging that call does."""
        if not self.is_open:
            raise self.moved_on()
        list(FollowUp.objects.waiting_for(self.current_round().pk).select_for_update())
        self.swap({"status": self.status})

    def swap(self, changes):
        as_read = Complaint.objects.filter(pk=self.pk, status=self.status, round_count=self.round_count, department=self.department_id)
        if not as_read.update(**changes):
            raise Conflict(_("The slip has moved on in the meantime."))
        for name, value in changes.items():
            setattr(self, name, value)

    def moved_on(self):
        return Conflict(_("The slip has moved on: %(status)s.") % {"status": self.get_status_display()})

    def heads(self):
        return User.objects.heads_of(self.department)

    def care(self):
        """Return who wants to know of an answer: the first person asked and the care agents."""
        return [self.first_responder, *User.objects.with_roles([Role.CARE_AGENT], self.store)]

    def tell(self, users, event):
        """Put the event into the bell of ``users``, in the same transaction so that no crash can lose it."""
        told = {user.pk: user for user in users if user is not None and user.pk != event.actor_id}
        notify(told.values(), event.code, event, complaint=self.pk, number=self.number, round=self.round_count)

    def tell_unverified(self, followup):
        """Tell the care managers that the verification call ended without the customer's word; the slip keeps waiting."""
        event = record("complaint.unverified", self, round=self.round_count, outcome=followup.status)
        self.tell(User.objects.with_roles([Role.CARE_MANAGER], self.store), event)

    def announce(self):
        """Tell the figures above which days of this slip may have changed."""
        moments = [self.opened_at, *self.rounds.values_list("issued_at", flat=True)]
        announce_days(self.store_id, *(self.store.local(moment).date() for moment in moments))
