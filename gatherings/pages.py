"""What the pages of owner activities show besides the activity itself."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.utils import timezone

from common.filters import ROWS_PER_PAGE
from common.periods import FIRST_YEAR, LAST_YEAR
from gatherings.models import Gathering, Guest
from gatherings.seasons import SEASONS, year_plan
from messaging.models import Message
from stores.models import Store


@dataclass(frozen=True)
class Row:
    """A guest with the message that invited them, if there is one."""

    guest: Guest
    message: Message | None


def plan_box(user, filterset):
    """Return how the plan of the chosen year stands, in the chosen store or in all; what it lacks only where one store is meant."""
    if not filterset.is_valid() or not filterset.form.cleaned_data["year"]:
        return None
    year, store = int(filterset.form.cleaned_data["year"]), filterset.form.cleaned_data["store"] or only_store(user, Gathering.view_permission)
    gatherings = Gathering.objects.for_user(user)
    plan = year_plan(gatherings.filter(store=store) if store else gatherings, year, timezone.localdate())
    return {"stand": plan, "store": store, "may_plan": bool(store) and user.may("gatherings.plan", store.pk)}


def only_store(user, permission):
    stores = list(user.stores_with(permission)[:2])
    return stores[0] if len(stores) == 1 else None


def first_choices(request):
    """Fill in the activity of a season: ``?season=3&year=2026&store=1``; nonsense fills in nothing."""
    asked = {name: int(value) for name, value in request.GET.items() if name in ("season", "year", "store") and value.isdecimal() and len(value) < 10}
    stores = request.user.stores_with("gatherings.plan")
    store = Store.objects.filter(pk__in=stores.values("pk"), pk=asked["store"]).first() if "store" in asked else only_store(request.user, "gatherings.plan")
    if store is None:
        return {}
    chosen = {"store": store, "venue": store.name}
    if asked.get("season", len(SEASONS)) >= len(SEASONS) or not FIRST_YEAR <= asked.get("year", 0) <= LAST_YEAR:
        return chosen
    season = SEASONS[asked["season"]]
    return chosen | {"kind": season.kind, "title": season.title, "starts_at": season.starts_at(store, asked["year"])}


def guest_pages(gathering, page):
    """Return the list at the door, whole, and a page of those who have not answered or do not come, with the messages that invited them."""
    silent = Paginator(gathering.guests.silent(), ROWS_PER_PAGE).get_page(page)
    sent = {message.customer_id: message for message in gathering.messages.filter(customer__in=[guest.customer_id for guest in silent])}
    return {"expected": list(gathering.guests.expected()), "silent": [Row(guest, sent.get(guest.customer_id)) for guest in silent], "page_obj": silent}
