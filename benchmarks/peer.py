"""The same orders taken in by django-import-export, the usual package for it; it comes with requirements-dev.txt.

It gets the help a careful user would give it: our reader, people and cars kept in memory, no report of differences. It writes no events and plans no calls.
"""

from datetime import datetime

from import_export import fields, resources, widgets
from import_export.instance_loaders import CachedInstanceLoader
from tablib import Dataset

from accounts.models import User
from common.excel import open_table
from customers.models import Customer, Vehicle
from visits.excel import VISIT_COLUMNS, visit_kind
from visits.models import Visit

OWN = ["number", "sender_name", "sender_phone", "technician", "bay", "symptom", "work", "promised_at", "arrived_at", "handed_over_at"]
NUMBERS = {
    "mileage": widgets.IntegerWidget,
    "labour_amount": widgets.DecimalWidget,
    "parts_amount": widgets.DecimalWidget,
    "total_amount": widgets.DecimalWidget,
}
ADDED = ["customer_id", "vehicle_id", "advisor_id", "advisor_name", "kind", "status"]


class OrderResource(resources.ModelResource):
    """One row is one order, known by its number."""

    class Meta:
        model = Visit
        import_id_fields = ["number"]
        fields = [*OWN, *NUMBERS, *ADDED]
        skip_unchanged = skip_diff = True

    def __init__(self, store):
        super().__init__()
        self.store, self.cars = store, {car.vin: car for car in Vehicle.objects.filter(store=store)}
        self.advisors = dict(User.objects.in_store(store).values_list("name", "pk"))
        self.fields |= {name: fields.Field(attribute=name, column_name=name) for name in (*OWN, *ADDED)}
        self.fields |= {name: fields.Field(attribute=name, column_name=name, widget=widget()) for name, widget in NUMBERS.items()}

    def get_queryset(self):
        return Visit.objects.filter(store=self.store)

    def init_instance(self, row=None):
        return Visit(store=self.store)

    def before_import_row(self, row, **kwargs):
        """Find or make the car and its owner, and turn words and times into what the order stores."""
        car = self.cars.get(row["vin"]) or self.make_car(row)
        row.update((name, value.replace(tzinfo=self.store.zone)) for name, value in row.items() if isinstance(value, datetime))
        row |= {"customer_id": car.customer_id, "vehicle_id": car.pk, "kind": visit_kind(row["kind"]), "status": Visit.Status.HANDED_OVER}
        row |= {"advisor_name": row["advisor"], "advisor_id": self.advisors.get(row["advisor"])}

    def make_car(self, row):
        owner = Customer.objects.create(store=self.store, name=row["customer_name"], phone=row["sender_phone"])
        car = self.cars[row["vin"]] = Vehicle.objects.create(store=self.store, customer=owner, vin=row["vin"], plate=row["plate"], mileage=row["mileage"])
        return car


class BulkOrderResource(OrderResource):
    class Meta(OrderResource.Meta):
        use_bulk = True
        batch_size = 1000
        instance_loader_class = CachedInstanceLoader


def take(resource, path, store):
    """Take the file in and return the number of new orders."""
    table = open_table(path, VISIT_COLUMNS)
    dataset = Dataset(headers=list(table.places))
    dataset.extend([cells[place] for place in table.places.values()] for _number, cells in table.raw_rows)
    return resource(store).import_data(dataset, raise_errors=True, use_transactions=True).totals["new"]
