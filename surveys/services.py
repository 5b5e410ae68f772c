from collections import Counter
from dataclasses import dataclass

from accounts.models import Membership, User
from common.periods import Period
from surveys.models import MysteryShop, MysteryShopQuota


@dataclass(frozen=True)
class QuotaLine:
    """How many shops of one quota are done for one person, or for the whole store where ``person`` is None."""

    quota: MysteryShopQuota
    person: User | None
    done: int

    @property
    def due(self):
        return self.quota.per_month

    @property
    def missing(self):
        return max(0, self.due - self.done)

    @property
    def whom(self):
        return str(self.person) if self.person else self.quota.get_department_kind_display()


def mystery_shop_shortfall(store, month):
    """Return the quotas of ``store`` in the month of the day ``month``, per person or department, with what is done (S3-27, S3-29)."""
    period = Period.containing(month)
    shops = MysteryShop.objects.submitted().filter(store=store, visited_on__range=(period.first, period.last))
    facts = list(shops.values_list("kind", "checklist__side", "employee_id"))
    quotas = list(MysteryShopQuota.objects.valid_in(period.first))
    people = people_by_role(store, {quota.role for quota in quotas if quota.role})
    return [line for quota in quotas for line in lines_of(quota, facts, people)]


def people_by_role(store, roles):
    """Return ``{role: [people]}`` of those who work in this very store; group and region heads have no quota here."""
    members = Membership.objects.filter(store=store, role__in=roles, user__is_active=True).select_related("user").order_by("user__name")
    return {role: [member.user for member in members if member.role == role] for role in roles}


def lines_of(quota, facts, people):
    fitting = [employee_id for kind, side, employee_id in facts if kind == quota.kind and quota.side in ("", side)]
    if not quota.role:
        return [QuotaLine(quota, None, len(fitting))]
    done = Counter(fitting)
    return [QuotaLine(quota, person, done[person.pk]) for person in people[quota.role]]
