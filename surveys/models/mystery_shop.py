import secrets
from itertools import groupby

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from activity.services import announce_days, record
from common.errors import Conflict, DomainError, NotAllowed
from common.middleware import storable
from common.photos import forget, reencoded
from common.scope import StoreScopedQuerySet
from notifications.services import notify
from stores.models import Store
from surveys.models.checklist import Checklist, ChecklistItem, ShopKind
from surveys.scoring import checklist_score, rounded

LONGEST_NOTE = 300


class MysteryShopQuerySet(StoreScopedQuerySet):
    def for_user(self, user):
        """Return the shops of stores the person oversees, and submitted ones about the person; nobody sees a draft about himself."""
        overseen = self.where_allowed(user, "surveys.view_audits")
        about = self.filter(employee=user).where_allowed(user, "surveys.view_own_audits")
        return (overseen | about).exclude(employee=user, submitted_at=None)

    def submitted(self):
        return self.filter(submitted_at__isnull=False)

    def with_context(self):
        return self.select_related("store", "checklist", "employee", "auditor")


class MysteryShop(models.Model):
    """One scored visit of a mystery shopper to a named adviser (S3-10, S3-27 to S3-30); frozen once submitted."""

    view_permission = "surveys.view_audits"
    Kind = ShopKind

    store = models.ForeignKey(Store, models.PROTECT, related_name="mystery_shops", verbose_name=_("store"))
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="shops", verbose_name=_("checklist"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    employee = models.ForeignKey(User, models.PROTECT, related_name="mystery_shops", verbose_name=_("adviser"))
    auditor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("auditor"))
    visited_on = models.DateField(_("visited on"))
    score = models.DecimalField(_("score"), max_digits=6, decimal_places=2, null=True, blank=True, editable=False)
    remark = models.TextField(_("remark"), blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)

    objects = MysteryShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("mystery shop")
        ordering = ["-visited_on", "-pk"]
        indexes = [models.Index(fields=["store", "visited_on"], name="mystery_shop_day")]
        constraints = [
            models.CheckConstraint(condition=models.Q(submitted_at=None) | models.Q(score__isnull=False), name="mystery_shop_submitted_has_score"),
        ]

    def __str__(self):
        return f"{self.employee} {self.visited_on}"

    def get_absolute_url(self):
        return reverse("surveys:mystery_shop_detail", args=[self.pk])

    @property
    def status(self):
        return "submitted" if self.submitted_at else "draft"

    def get_status_display(self):
        return _("Submitted") if self.submitted_at else _("Draft")

    @property
    def running(self):
        """Return how far the draft is: ``entered`` items and the ``score`` they make so far."""
        points = {item.pk: item.points for item in self.items}
        entered = [score for score in self.scores.all() if score.is_entered]
        return {"entered": len(entered), "score": rounded(checklist_score((score.earned, points[score.item_id]) for score in entered), 1)}

    @property
    def has_passed(self):
        return None if self.score is None else self.score >= self.checklist.pass_mark

    @cached_property
    def items(self):
        """Return the items of the checklist, read once: a checklist version never changes."""
        return list(self.checklist.items.all())

    def can_enter_by(self, user):
        return self.submitted_at is None and self.employee_id != user.pk and user.may("surveys.audit", self.store_id)

    @transaction.atomic
    def create(self, *, by):
        """Start the scoring of a visit to a named adviser."""
        if not by.may("surveys.audit", self.store_id):
            raise NotAllowed
        self.check_context(by)
        self.auditor = by
        self.save()
        record("mystery_shop.created", self, by=by, kind=self.kind, side=self.checklist.side)
        return self

    @transaction.atomic
    def enter(self, entries, *, by, remark=None):
        """Keep ``{item id: {earned, is_na, note, photo, drop_photo}}`` as a draft; items not named stay as they are."""
        self.hold_draft(by)
        items = {item.pk: item for item in self.items}
        if set(entries) - set(items):
            raise DomainError(_("The checklist has no such item."), code="unknown_item", field="items")
        scores = {score.item_id: score for score in self.scores.all()}
        for item_id, entry in entries.items():
            score = scores.get(item_id) or ItemScore(shop=self, item=items[item_id])
            score.enter(**entry)
        if remark is not None:
            self.remark = remark.strip()
            self.save(update_fields=["remark"])
        record("mystery_shop.entered", self, by=by, items=len(entries))

    @transaction.atomic
    def submit(self, *, by):
        """Fix the score: 100 × points earned / points available over the items that apply (S3-10)."""
        self.hold_draft(by)
        self.score, self.submitted_at = self.total(), timezone.now()
        self.save(update_fields=["score", "submitted_at"])
        record("mystery_shop.submitted", self, by=by, score=str(self.score), employee=self.employee_id)
        announce_days(self.store_id, self.visited_on)
        notify([self.employee], "mystery_shop.submitted", self, score=str(self.score))

    @transaction.atomic
    def discard(self, *, by):
        """Throw away a draft made by mistake."""
        self.hold_draft(by)
        record("mystery_shop.discarded", self, by=by, employee=self.employee_id, visited_on=self.visited_on.isoformat())
        for score in self.scores.exclude(photo=""):
            forget(score.photo)
        self.delete()

    def hold_draft(self, by):
        """Take the draft for this transaction, so that nothing is entered while it is being submitted."""
        if not by.may("surveys.audit", self.store_id):
            raise NotAllowed
        if self.employee_id == by.pk:
            raise NotAllowed(_("Nobody scores a mystery shop about himself."), code="own_shop")
        if not MysteryShop.objects.filter(pk=self.pk, submitted_at=None).update(submitted_at=None):
            raise Conflict(_("The mystery shop has already been submitted."), code="already_submitted")

    def total(self):
        """Return the score of a complete checklist, or say what is missing."""
        scores = {score.item_id: score for score in self.scores.all()}
        missing = [item for item in self.items if item.pk not in scores or not scores[item.pk].is_entered]
        if missing:
            message = ngettext("%(count)s item is not scored yet: “%(item)s”.", "%(count)s items are not scored yet; the first is “%(item)s”.", len(missing))
            message %= {"count": len(missing), "item": missing[0]}
            raise DomainError(message, code="items_missing", field="items")
        total = checklist_score((scores[item.pk].earned, item.points) for item in self.items)
        if total is None:
            raise DomainError(_("Score at least one item; all are marked as not applicable."), code="nothing_scored", field="items")
        return rounded(total, 2)

    def sections(self):
        """Return ``[(section, [(item, its score or None)])]``."""
        scores = {score.item_id: score for score in self.scores.all()}
        rows = [(item, scores.get(item.pk)) for item in self.items]
        return [(section, list(group)) for section, group in groupby(rows, key=lambda row: row[0].section)]

    def section_totals(self):
        """Return ``[(section, its rows, its points of 100 or None)]``."""
        return [
            (section, rows, rounded(checklist_score((score.earned, item.points) for item, score in rows if score is not None), 1))
            for section, rows in self.sections()
        ]

    def check_context(self, by):
        if self.employee_id == by.pk:
            raise DomainError(_("Nobody scores a mystery shop about himself."), code="own_shop", field="employee")
        if self.visited_on > self.store.today():
            raise DomainError(_("The day of the visit must not lie in the future."), code="visited_in_future", field="visited_on")
        if self.checklist.retired_at is not None:
            raise DomainError(_("The checklist is no longer in use."), code="checklist_retired", field="checklist")
        if not User.objects.in_store(self.store).filter(pk=self.employee_id).exists():
            raise DomainError(_("The adviser does not work in this store."), code="other_store", field="employee")


def photo_name(score, _filename):
    """Return a name nobody can guess; what the phone called the file is forgotten (T12)."""
    return f"mystery-shops/{secrets.token_hex(16)}.jpg"


class ItemScore(models.Model):
    """What one item earned. Neither earned nor not applicable: not scored yet."""

    shop = models.ForeignKey(MysteryShop, models.CASCADE, related_name="scores")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="scores")
    earned = models.PositiveSmallIntegerField(_("points earned"), null=True, blank=True)
    is_na = models.BooleanField(_("not applicable"), default=False)
    note = models.CharField(_("note"), max_length=LONGEST_NOTE, blank=True)
    photo = models.ImageField(_("photo"), upload_to=photo_name, blank=True)

    class Meta:
        verbose_name = _("item score")
        ordering = ["item__position"]
        constraints = [
            models.UniqueConstraint(fields=["shop", "item"], name="item_score_once"),
            models.CheckConstraint(condition=models.Q(earned=None) | models.Q(is_na=False), name="item_score_earned_or_na"),
        ]

    def __str__(self):
        return f"{self.item}: {self.earned}"

    @property
    def is_entered(self):
        return self.is_na or self.earned is not None

    @property
    def photo_version(self):
        """Return what changes with the photo, so that a browser never shows a replaced one."""
        return self.photo.name[-12:-4]

    def enter(self, *, earned=None, is_na=False, note="", photo=None, drop_photo=False):
        """Store what the auditor found; a new photo replaces the old one."""
        self.check_entry(earned, is_na, note)
        self.earned, self.is_na, self.note = earned, is_na, note.strip()
        new_photo = reencoded(photo) if photo else None
        if (new_photo or drop_photo) and self.photo:
            forget(self.photo)
            self.photo = ""
        if new_photo:
            self.photo = new_photo
        self.save()

    def check_entry(self, earned, is_na, note):
        if is_na and (earned is not None or not self.item.may_be_na):
            raise DomainError(_("“%(item)s” cannot be marked as not applicable.") % {"item": self.item}, code="item_na", field="items")
        if earned is not None and not 0 <= earned <= self.item.points:
            message = _("“%(item)s” takes a whole number from 0 to %(points)s.") % {"item": self.item, "points": self.item.points}
            raise DomainError(message, code="item_range", field="items")
        if len(note) > LONGEST_NOTE or not storable(note):
            raise DomainError(_("A note takes at most %(longest)s characters.") % {"longest": LONGEST_NOTE}, code="note_long", field="items")
