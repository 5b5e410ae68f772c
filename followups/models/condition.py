from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Customer, Vehicle
from visits.groups import OperationGroup
from visits.models import OrderItem, Visit
from visits.models.money import MONEY

# What is named by code: each field and the codes it knows. People are named by id.
CODES = {"visit_kinds": Visit.Kind, "payers": OrderItem.Payer, "groups": OperationGroup, "classes": Customer.Loyalty}
# A delivery has no order: these ask nothing of it.
OF_ORDERS = ("visit_kinds", "payers", "groups", "amount_from", "amount_to")
CHOSEN = {"default": list, "blank": True}


class Conditional(models.Model):
    """What a hand-over or a delivery must be like for a plan to apply (VI2). An empty condition asks nothing; all others must hold."""

    visit_kinds = models.JSONField(_("visit types"), **CHOSEN)
    payers = models.JSONField(_("paid by"), **CHOSEN)
    groups = models.JSONField(_("operation groups"), **CHOSEN)
    amount_from = models.DecimalField(_("total from"), **MONEY)
    amount_to = models.DecimalField(_("total up to"), **MONEY)
    car_models = models.CharField(
        _("models"), max_length=200, blank=True, help_text=_("Beginnings of model names, separated by commas; empty means every model.")
    )
    classes = models.JSONField(_("customer classes"), **CHOSEN)
    people = models.JSONField(_("served by"), **CHOSEN)

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        for name, known in CODES.items():
            unknown = sorted(set(map(str, getattr(self, name) or [])) - set(known.values))
            if unknown:
                raise ValidationError({name: _("There is no “%(value)s”; choose from: %(known)s.") % {"value": unknown[0], "known": ", ".join(known.values)}})
        if self.people and User.objects.filter(pk__in=self.people).count() < len(set(self.people)):
            raise ValidationError({"people": _("This person is unknown.")})
        if self.amount_from is not None and self.amount_to is not None and self.amount_from > self.amount_to:
            raise ValidationError({"amount_to": _("The upper amount must not be below the lower one.")})

    def applying(self, rows):
        """Narrow visits or deliveries down to those that meet the conditions; an order without a total meets no condition about money."""
        is_order = rows.model is Visit
        if is_order:
            rows = self.applying_orders(rows)
        if self.car_models:
            rows = rows.filter(any_of(Q(vehicle__model__istartswith=name) for name in self.model_names))
        if self.classes:
            rows = rows.filter(customer__loyalty__in=self.classes)
        if self.people:
            rows = rows.filter(**{"advisor__in" if is_order else "salesperson__in": self.people})
        return rows

    def applying_to_cars(self, cars):
        """Narrow cars down to those of the models and of customers of the classes."""
        if self.car_models:
            cars = cars.filter(any_of(Q(model__istartswith=name) for name in self.model_names))
        return cars.filter(customer__loyalty__in=self.classes) if self.classes else cars

    def applying_to_customers(self, customers):
        """Narrow customers down to those of the classes who have one of the models."""
        if self.car_models:
            customers = customers.filter(Exists(self.applying_to_cars(Vehicle.objects.filter(customer=OuterRef("pk")))))
        return customers.filter(loyalty__in=self.classes) if self.classes else customers

    def applying_orders(self, visits):
        if self.visit_kinds:
            visits = visits.filter(kind__in=self.visit_kinds)
        if self.amount_from is not None:
            visits = visits.filter(total_amount__gte=self.amount_from)
        if self.amount_to is not None:
            visits = visits.filter(total_amount__lte=self.amount_to)
        for field, wanted in (("payer", self.payers), ("group", self.groups)):
            if wanted:
                visits = visits.filter(Exists(OrderItem.objects.filter(visit=OuterRef("pk"), **{f"{field}__in": wanted})))
        return visits

    @property
    def model_names(self):
        return [name.strip() for name in self.car_models.replace("，", ",").replace("、", ",").split(",") if name.strip()]

    def worded_conditions(self, names):
        """Return ``[(label, value)]`` of every condition that asks for something, as a reader says it; ``names`` are those of people by id."""
        named = [(name, [str(known(code).label) for code in getattr(self, name)]) for name, known in CODES.items()]
        named += [("car_models", self.model_names), ("people", [names[pk] for pk in self.people if pk in names])]
        asked = [(name, ", ".join(values)) for name, values in named if values]
        asked += [(name, getattr(self, name)) for name in ("amount_from", "amount_to") if getattr(self, name) is not None]
        return [(self._meta.get_field(name).verbose_name, value) for name, value in asked]


def names_in(plans):
    """Return ``{user id: name}`` of everybody the plans name, read at once."""
    return dict(User.objects.filter(pk__in={pk for plan in plans for pk in plan.people}).values_list("pk", "name"))


def any_of(conditions):
    found = Q()
    for condition in conditions:
        found |= condition
    return found
