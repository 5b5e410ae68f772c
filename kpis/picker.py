"""What a figure page is about: the stores and the period in its address."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from common.periods import Grain, Period
from stores.models import Store

# How many periods of each grain the picker offers, the newest first.
OFFERED = [(Grain.MONTH, 24), (Grain.ROLLING_3, 3), (Grain.ROLLING_12, 3), (Grain.QUARTER, 8), (Grain.HALF, 4), (Grain.YEAR, 3)]


@dataclass(frozen=True)
class Picker:
    """``store`` is None for all stores the person may see together; ``chart`` is kept in the address while one leafs through periods."""

    stores: tuple[Store, ...]
    store: Store | None
    period: Period
    today: date
    chart: str = ""

    @classmethod
    def read(cls, request, permission="kpis.view"):
        """Read store and period of the address; the default is the only store and the current month."""
        stores = tuple(request.user.stores_with(permission))
        code = request.GET.get("store", "")
        store = next((store for store in stores if store.code == code), None)
        if code and store is None:
            raise Http404
        store = store or (stores[0] if len(stores) == 1 else None)
        today = store.today() if store else timezone.localdate()
        text = request.GET.get("period", "")
        return cls(stores, store, Period.parse(text) if text else Period.containing(today), today, request.GET.get("chart", ""))

    @property
    def chosen(self) -> list[Store]:
        return [self.store] if self.store else list(self.stores)

    @property
    def title(self) -> str:
        return self.store.name if self.store else _("All stores")

    @property
    def periods(self):
        """Return ``[(grain, [period])]`` for the select box; the chosen period is always among them."""
        return [(grain.label, self.offered(grain, count)) for grain, count in OFFERED]

    def offered(self, grain, count):
        newest = Period.containing(self.today, grain)
        periods = [newest.moved(-step) for step in range(count)]
        if self.period.grain == grain and self.period not in periods:
            periods = sorted([*periods, self.period], key=lambda period: -period.start)
        return periods

    @property
    def previous(self) -> str:
        return self.query(period=self.period.moved(-1), chart=self.chart)

    @property
    def following(self) -> str:
        """Return the address of the next period, empty when it lies in the future."""
        following = self.period.moved(1)
        newest = Period.containing(self.today, following.grain)
        return "" if following.start > newest.start else self.query(period=following, chart=self.chart)

    def query(self, **changes) -> str:
        """Return the query string of this page with some of it changed."""
        parts = {"store": self.store and self.store.code, "period": self.period} | changes
        return "?" + urlencode({name: str(value) for name, value in parts.items() if value})
