"""The left navigation: one table of what there is and the right that opens it."""

from dataclasses import dataclass, replace
from functools import cache

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Item:
    label: str
    url_name: str
    icon: str
    permission: str | None = None
    keys: str = ""
    count: int = 0

    @property
    def url(self):
        return address(self.url_name)


NAVIGATION = [
    (
        _("Work"),
        [
            Item(_("My day"), "kpis:home", "sun", keys="g h"),
            Item(_("Reception"), "visits:reception", "wrench", "visits.create", "g r"),
            Item(_("Workshop board"), "visits:board", "kanban", "visits.view", "g b"),
            Item(_("Queue"), "followups:queue", "phone-call", "followups.work", "g q"),
            Item(_("Leads"), "leads:list", "footprints", "leads.view", "g l"),
            Item(_("Shifts and workload"), "followups:staffing", "users-round", "followups.assign"),
            Item(_("Appointments"), "visits:appointment_list", "calendar-clock", "visits.view"),
        ],
    ),
    (
        _("Archive"),
        [
            Item(_("Customers"), "customers:list", "users", "customers.view", "g c"),
            Item(_("Vehicles"), "customers:vehicle_list", "car-front", "customers.view"),
            Item(_("Possible duplicates"), "customers:duplicate_list", "merge", "customers.merge"),
            Item(_("Data quality"), "customers:quality", "list-x", "customers.edit"),
            Item(_("Visits"), "visits:list", "clipboard-list", "visits.view", "g v"),
            Item(_("Deliveries"), "visits:delivery_list", "key-round", "visits.view", "g d"),
            Item(_("Advised work"), "visits:advised_list", "hammer", "visits.view"),
            Item(_("Three-guarantees watch"), "visits:guarantee_list", "shield-alert", "visits.view"),
        ],
    ),
    (
        _("Customer care"),
        [
            Item(_("Follow-ups"), "followups:list", "list-checks", "followups.view", "g f"),
            Item(_("Samples"), "followups:sample_list", "dices", "followups.view"),
            Item(_("Doubtful calls"), "followups:doubt_list", "scan-search", "followups.review"),
            Item(_("Complaints"), "complaints:list", "message-square-warning", "complaints.view", "g p"),
            Item(_("Promises"), "visits:promise_list", "handshake", "visits.view", "g o"),
            Item(_("Surveys"), "surveys:list", "clipboard-check", "surveys.view"),
            Item(_("Mystery shops"), "surveys:mystery_shop_list", "eye", "surveys.view_own_audits", "g m"),
            Item(_("Replies"), "messaging:reply_list", "messages-square", "messaging.view", "g e"),
            Item(_("Owner activities"), "gatherings:list", "calendar-heart", "gatherings.view", "g a"),
            Item(_("Messages"), "messaging:list", "mail", "messaging.view"),
            Item(_("Simulator inbox"), "messaging:inbox", "inbox", "messaging.view"),
        ],
    ),
    (
        _("Analysis"),
        [
            Item(_("Dashboard"), "kpis:dashboard", "chart-column", "kpis.view", "g k"),
        ],
    ),
    (
        _("System"),
        [
            Item(_("Handoffs of work"), "handoffs:list", "arrow-right-left", "handoffs.manage"),
            Item(_("Revealed numbers"), "customers:reveal_list", "scan-eye", "customers.watch"),
            Item(_("Rights requests"), "customers:rightsrequest_list", "scale", "customers.answer_rights"),
            Item(_("Imports"), "transfers:list", "upload", "transfers.import"),
            Item(_("Exports"), "exports:list", "download", "transfers.export"),
            Item(_("Working calendar"), "stores:calendar", "calendar-days", "stores.manage"),
            Item(_("Delivery ceremony"), "visits:ceremony_edit", "party-popper", "visits.configure"),
            Item(_("Maintenance intervals"), "visits:interval_list", "gauge", "visits.configure"),
            Item(_("Annual-inspection rules"), "customers:inspectionrule_list", "file-check", "customers.configure"),
            Item(_("Privacy notice"), "customers:privacynotice_list", "scroll-text", "customers.configure"),
            Item(_("Customer classes"), "visits:loyaltyrule_list", "heart", "visits.configure"),
            Item(_("Rules of doubtful calls"), "followups:evidencerule_list", "scale", "followups.configure"),
            Item(_("Own fields"), "customers:custom_field_list", "list-plus", "customers.configure"),
            Item(_("Targets"), "kpis:target_list", "target", "kpis.configure"),
            Item(_("API documentation"), "api:docs", "code"),
        ],
    ),
]


def navigation_for(user, path, counts=None):
    """Return ``[(group, [(item, is_current)])]`` of what ``user`` may open; ``counts`` says by URL name how much waits there."""
    groups = [(group, [counted(item, counts or {}) for item in items if item.url and may_open(user, item)]) for group, items in NAVIGATION]
    current = current_item([item for _group, items in groups for item in items], path)
    return [(group, [(item, item is current) for item in items]) for group, items in groups if items]


def counted(item, counts):
    return replace(item, count=counts[item.url_name]) if item.url_name in counts else item


def may_open(user, item):
    # Only the simulator keeps what it takes.
    if item.url_name == "messaging:inbox" and settings.MESSAGE_CHANNEL != "messaging.channels.simulator":
        return False
    return item.permission is None or user.has_perm(item.permission)


def current_item(items, path):
    """Return the item whose address is the longest start of ``path``; the home page stands for itself only."""
    matching = [item for item in items if path == item.url or (item.url != "/" and path.startswith(item.url))]
    return max(matching, key=lambda item: len(item.url), default=None)


@cache
def address(url_name):
    """Return the address of a page, empty while the product has no such page."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
