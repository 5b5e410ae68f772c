import hashlib
import secrets

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.photos import photo_path
from accounts.roles import ALL_PERMISSIONS, DEPARTMENT_HEADS, PERMISSIONS, Role, roles_with
from common.errors import DomainError, NotAllowed
from common.photos import forget
from stores.models import Region, Store


class UserQuerySet(models.QuerySet):
    def in_store(self, store):
        """Return the active people whose membership covers ``store``."""
        covers = models.Q(memberships__store=store) | models.Q(memberships__region=store.region_id) | models.Q(memberships__is_group=True)
        return self.filter(covers, is_active=True).distinct()

    def with_permission(self, permission, store):
        return self.with_roles(roles_with(permission), store)

    def with_roles(self, roles, store):
        """Return the active people who hold one of ``roles`` for ``store``."""
        of_store = Membership.objects.covering(store).filter(role__in=roles)
        return self.filter(pk__in=of_store.values("user"), is_active=True)

    def with_permission_in(self, permission, stores):
        """Return the active people who hold ``permission`` for any of ``stores``."""
        covering = models.Q(is_group=True) | models.Q(store__in=stores) | models.Q(region__stores__in=stores)
        return self.filter(pk__in=Membership.objects.filter(covering, role__in=roles_with(permission)).values("user"), is_active=True)

    def present(self, day):
        """Leave out who is absent on ``day``."""
        return self.filter(models.Q(absent_until=None) | models.Q(absent_until__lte=day))

    def known_in(self, store):
        """Return everybody whose membership covers ``store``, the inactive included."""
        return self.filter(pk__in=Membership.objects.covering(store).values("user"))

    def colleagues_of(self, user):
        """Return the people whose membership covers one of the stores of ``user``, those who have left included."""
        stores = user.stores_with(None)
        covering = models.Q(is_group=True) | models.Q(store__in=stores) | models.Q(region__stores__in=stores)
        return self.filter(models.Q(pk=user.pk) | models.Q(pk__in=Membership.objects.filter(covering).values("user")))

    def heads_of(self, department):
        return self.with_roles([DEPARTMENT_HEADS[department.kind]], department.store)


class PersonManager(UserManager.from_queryset(UserQuerySet)):
    """Named, because migrations import the manager by its path."""


class User(AbstractUser):
    """A member of staff. The name is kept whole: Chinese names are family name first."""

    first_name = None
    last_name = None
    name = models.CharField(_("name"), max_length=60)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True, choices=[("zh-hans", _("Simplified Chinese")), ("en", _("English"))])

    # The day of return, set while somebody else does the work.
    absent_until = models.DateField(_("absent until"), null=True, blank=True, editable=False)

    photo = models.FileField(_("photo"), upload_to=photo_path, blank=True)

    REQUIRED_FIELDS = ["name"]

    objects = PersonManager()

    def __str__(self):
        return self.name or self.username

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name

    @cached_property
    def held_memberships(self):
        """Return the memberships, read once per request."""
        return list(self.memberships.select_related("region"))

    @cached_property
    def rights(self):
        """Return ``[(permissions, store ids or None for all)]`` of every membership."""
        return [(PERMISSIONS[m.role], m.store_ids()) for m in self.held_memberships]

    def store_ids_with(self, permission):
        """Return the ids of the stores where the person holds ``permission``; None stands for every store."""
        if not self.is_active:
            return set()
        if self.is_superuser:
            return None
        covered = [ids for permissions, ids in self.rights if permission is None or permission in permissions]
        return None if None in covered else set().union(*covered)

    def store_ids(self):
        return self.store_ids_with(None)

    def stores_with(self, permission):
        store_ids = self.store_ids_with(permission)
        return Store.objects.all() if store_ids is None else Store.objects.filter(pk__in=store_ids)

    def may(self, permission, store_id=None):
        """Tell whether the person holds ``permission`` in the store, or anywhere when no store is given."""
        store_ids = self.store_ids_with(permission)
        return store_ids is None or (bool(store_ids) if store_id is None else store_id in store_ids)

    def covers_all(self, permission):
        """Tell whether the person holds ``permission`` in every store there is."""
        store_ids = self.store_ids_with(permission)
        return store_ids is None or (bool(store_ids) and not Store.objects.exclude(pk__in=store_ids).exists())

    def answer_for_all(self, permission):
        """Refuse who does not hold ``permission`` in every store: what all stores share is not changed from one of them."""
        if not self.may(permission):
            raise NotAllowed
        if not self.covers_all(permission):
            raise NotAllowed(_("This holds for every store; only people responsible for all of them change it."), code="all_stores")

    def show_photo(self, photo):
        """Put another photo up, or none; the file of the old one goes."""
        if self.photo:
            forget(self.photo)
        self.photo = photo or ""
        self.save(update_fields=["photo"])

    def is_here(self, day):
        """Tell whether the person works on ``day``: has not left and is not absent."""
        return self.is_active and (self.absent_until is None or self.absent_until <= day)

    @property
    def roles(self):
        return [Role(m.role) for m in self.held_memberships]


class MembershipQuerySet(models.QuerySet):
    def covering(self, store):
        return self.filter(models.Q(store=store) | models.Q(region=store.region_id) | models.Q(is_group=True))


class Membership(models.Model):
    """A role of one person at exactly one of: a store, a region, the whole group."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    store = models.ForeignKey(Store, models.CASCADE, null=True, blank=True, related_name="memberships", verbose_name=_("store"))
    region = models.ForeignKey(Region, models.CASCADE, null=True, blank=True, related_name="memberships", verbose_name=_("region"))
    is_group = models.BooleanField(_("whole group"), default=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(store__isnull=False, region__isnull=True, is_group=False)
                    | models.Q(store__isnull=True, region__isnull=False, is_group=False)
                    | models.Q(store__isnull=True, region__isnull=True, is_group=True)
                ),
                name="membership_exactly_one_scope",
                violation_error_message=_("Choose exactly one of: store, region, whole group."),
            ),
            models.UniqueConstraint("user", "role", Coalesce("store", 0), Coalesce("region", 0), name="membership_once"),
        ]

    def __str__(self):
        return f"{self.user} · {self.get_role_display()}"

    def store_ids(self):
        if self.is_group:
            return None
        if self.store_id:
            return {self.store_id}
        return set(self.region.stores.values_list("pk", flat=True))


class ApiToken(models.Model):
    """A key of another program. Only its hash is kept; it can do at most what its owner may, narrowed by scopes and stores."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=60)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(_("scopes"), default=list, blank=True, help_text=_("Permission codes; empty means all rights of the owner."))
    stores = models.ManyToManyField(Store, blank=True, related_name="+", verbose_name=_("stores"), help_text=_("Empty means all stores of the owner."))
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")

    def __str__(self):
        return self.name

    @staticmethod
    def hashed(key: str) -> str:
        return hashlib.sha256(key.encode()).hexdigest()

    @classmethod
    @transaction.atomic
    def issue(cls, user, name, *, scopes=(), stores=()):
        """Make a token and return ``(token, key)``; the key is shown this once and never stored."""
        unknown = set(scopes) - ALL_PERMISSIONS
        if unknown:
            raise DomainError(_("Unknown scope: %(scopes)s.") % {"scopes": ", ".join(sorted(unknown))}, code="unknown_scope", field="scopes")
        key = secrets.token_urlsafe(32)
        token = cls.objects.create(user=user, name=name, key_hash=cls.hashed(key), scopes=sorted(scopes))
        token.stores.set(stores)
        return token, key
