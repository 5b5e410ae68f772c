from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed
from notifications.services import notify
from visits.models.check import QualityCheck


class Stage(models.TextChoices):
    """How far the work on a car in the shop has come."""

    RECEIVED = "received", _("Received")
    IN_REPAIR = "in_repair", _("In repair")
    WAITING_FOR_PARTS = "waiting_parts", _("Waiting for parts")
    STOPPED = "stopped", _("Stopped")
    INSPECTION = "inspection", _("Final inspection")
    READY = "ready", _("Ready")


HALTED = (Stage.WAITING_FOR_PARTS, Stage.STOPPED)
UNDER_REPAIR = (Stage.IN_REPAIR, *HALTED, Stage.INSPECTION)
Level = QualityCheck.Level


class InWorkshop(models.Model):
    """What happens to a car between reception and hand-over: who works on it where, and the three-stage inspection before it is ready."""

    Stage = Stage

    stage = models.CharField(_("stage"), max_length=14, choices=Stage, default=Stage.RECEIVED, editable=False)
    bay = models.CharField(_("bay"), max_length=30, blank=True)
    technicians = models.ManyToManyField(User, blank=True, related_name="repairs", verbose_name=_("technicians"))
    halt_reason = models.CharField(_("why the work rests"), max_length=200, blank=True, editable=False)
    parts_expected_on = models.DateField(_("parts expected on"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_halted(self):
        return self.is_in_shop and self.stage in HALTED

    @property
    def technician_label(self):
        """Return who works on the car: our people, else the name from the source system."""
        return ", ".join(person.name for person in self.technicians.all()) or self.technician

    def can_repair_by(self, user):
        return user.may("visits.repair", self.store_id)

    def can_inspect_by(self, user):
        return user.may("visits.inspect", self.store_id)

    def possible_technicians(self):
        return User.objects.with_roles([Role.TECHNICIAN], self.store).order_by("name")

    @transaction.atomic
    def start_repair(self, *, by, bay, technicians):
        """Put the car on a bay and give the work to people."""
        self.place([Stage.RECEIVED], Stage.IN_REPAIR, by, bay, technicians)
        record("visit.repair_started", self, by=by, number=self.number, bay=bay, technicians=self.technician_label)

    @transaction.atomic
    def assign(self, *, by, bay, technicians):
        """Give the work to other people or move the car to another bay; nothing is recorded when nothing differs."""
        before = self.bay, self.technician_label
        self.place([Stage.IN_REPAIR, *HALTED], self.stage, by, bay, technicians)
        if before != (self.bay, self.technician_label):
            record("visit.assigned", self, by=by, number=self.number, bay=bay, technicians=self.technician_label)

    @transaction.atomic
    def wait_for_parts(self, parts, *, by, expected_on=None):
        """Let the work rest until the named parts are here."""
        self.rest(Stage.WAITING_FOR_PARTS, parts, by=by, expected_on=expected_on)
        record("visit.parts_awaited", self, by=by, number=self.number, parts=parts, expected_on=expected_on and expected_on.isoformat())

    @transaction.atomic
    def stop(self, reason, *, by):
        """Let the work rest for another reason, for example until the customer has decided."""
        self.rest(Stage.STOPPED, reason, by=by)
        record("visit.stopped", self, by=by, number=self.number, reason=reason)

    @transaction.atomic
    def resume(self, *, by):
        self.move(HALTED, Stage.IN_REPAIR, by=by, halt_reason="", parts_expected_on=None)
        record("visit.resumed", self, by=by, number=self.number)

    @transaction.atomic
    def sign_check(self, level, has_passed, *, by, findings="", has_road_test=False):
        """Sign the self-check or the mutual check (S4-29); nobody signs the second one for their own work."""
        if level not in (Level.SELF, Level.MUTUAL):
            raise DomainError(_("Choose the self-check or the mutual check."), code="level", field="level")
        self.move([Stage.IN_REPAIR], Stage.IN_REPAIR, by=by)
        if level == Level.MUTUAL and self.has_worked_or_signed(by, Level.SELF):
            raise DomainError(_("The mutual check is signed by somebody else than the work and the self-check."), code="own_work", field="level")
        return self.write_check(level, has_passed, by, findings, has_road_test)

    @transaction.atomic
    def send_to_inspection(self, *, by):
        """Report the work as done; self-check and mutual check must stand (S0-20)."""
        self.move([Stage.IN_REPAIR], Stage.INSPECTION, by=by)
        passed = {check.level for check in self.checks.of_this_round()}
        for level in (Level.SELF, Level.MUTUAL):
            if level not in passed:
                raise Conflict(_("“%(check)s” is not signed yet.") % {"check": level.label}, code="check_missing")
        record("visit.sent_to_inspection", self, by=by, number=self.number)

    @transaction.atomic
    def inspect(self, has_passed, *, by, findings="", has_road_test=False):
        """Sign the final inspection: it alone makes a car ready (S4-14); failed, the car goes back with a rework slip."""
        if not self.can_inspect_by(by):
            raise NotAllowed
        if self.has_worked_or_signed(by, Level.SELF):
            raise Conflict(_("Nobody inspects their own work."), code="own_work")
        self.move([Stage.INSPECTION], Stage.READY if has_passed else Stage.IN_REPAIR, by=by)
        return self.write_check(Level.FINAL, has_passed, by, findings, has_road_test)

    def has_worked_or_signed(self, user, level):
        signed = self.checks.of_this_round().filter(level=level, checked_by=user)
        return self.technicians.filter(pk=user.pk).exists() or signed.exists()

    def write_check(self, level, has_passed, by, findings, has_road_test):
        """Write one check down; its failure and the readiness of the car are told to the advisor."""
        if not (has_passed or findings):
            raise DomainError(_("Say what has to be done again."), code="findings_missing", field="findings")
        check = self.checks.create(level=level, has_passed=has_passed, checked_by=by, findings=findings, has_road_test=has_road_test)
        event = record("visit.check_signed", self, by=by, number=self.number, level=level, passed=has_passed, findings=findings, road_test=has_road_test)
        if level == Level.FINAL and self.advisor and self.advisor != by:
            notify([self.advisor], "visit.check_signed", event, number=self.number, passed=has_passed)
        return check

    def rest(self, stage, reason, *, by, expected_on=None):
        if not reason:
            raise DomainError(_("Say what the work is waiting for."), code="reason_missing", field="reason")
        self.move([Stage.IN_REPAIR], stage, by=by, halt_reason=reason, parts_expected_on=expected_on)

    def place(self, starts, stage, by, bay, technicians):
        """Put the car on a bay and give it to people of this workshop."""
        if not technicians:
            raise DomainError(_("Name at least one technician."), code="technicians_missing", field="technicians")
        allowed = set(self.possible_technicians().values_list("pk", flat=True))
        if {person.pk for person in technicians} - allowed:
            raise DomainError(_("Only technicians of this store can be given the work."), code="not_a_technician", field="technicians")
        self.move(starts, stage, by=by, bay=bay)
        self.technicians.set(technicians)

    def move(self, starts, stage, *, by, **changes):
        """Bring the work from one of the stages ``starts`` to ``stage``, unless somebody else has moved it meanwhile."""
        if not self.can_repair_by(by):
            raise NotAllowed
        if not self.is_in_shop or self.stage not in starts:
            raise Conflict(_("This is not possible while the car is “%(state)s”.") % {"state": self.get_state_display()}, code="wrong_stage")
        here = self.Status.IN_SHOP
        self.change_status(here, here, as_read={"stage": self.stage}, stage=stage, **changes)
