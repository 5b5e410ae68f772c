"""What is on file already and may be what somebody is typing as new (AR3); across stores nothing is told (T8)."""

from django.db.models import Q

from common.errors import DomainError
from customers.models import Customer, Vehicle
from customers.numbers import normal_phone, normal_plate, plain
from customers.search import Hit, Rank, phone_ranks, ranked, vehicle_ranks

MOST_SHOWN = 5
# Shorter beginnings of a company's name fit too many, shorter ends of a plate mean nothing yet.
SHORTEST_COMPANY, SHORTEST_PLATE = 4, 6
EXACT_CAR = (Rank.VIN, Rank.VIN_END)


def customers_like(user, typed, key):
    """Return the customers that the ``key`` being typed (phone or name) points to, with the rest of ``typed``, the surest first."""
    people = in_store(Customer, user, typed).select_related("store")
    name, phone = plain(typed.get("name", "")), whole_phone(typed.get("phone", ""))
    ranks = []
    if key == "phone" and phone:
        ranks += phone_ranks(phone)
    if name and phone:
        ranks.append((Rank.NAME_AND_PHONE_END, Q(name=name, phone_tail=phone[-4:])))
    if key == "name" and len(name) >= SHORTEST_COMPANY:
        ranks.append((Rank.COMPANY, Q(name__icontains=name, kind=Customer.Kind.COMPANY)))
    return [Hit(person, None, person.rank) for person in ranked(people, ranks)[:MOST_SHOWN]]


def vehicles_like(user, typed, key):
    """Return the cars that the ``key`` being typed (vin or plate) points to."""
    cars = in_store(Vehicle, user, typed).select_related("customer", "store")
    ranks = plate_ranks(typed.get("plate", "")) if key == "plate" else [each for each in vehicle_ranks(typed.get("vin", "")) if each[0] in EXACT_CAR]
    return [Hit(car.customer, car, car.rank) for car in ranked(cars, ranks)[:MOST_SHOWN]]


def in_store(model, user, typed):
    """Return the rows of the store the form is for, where it names one, among those ``user`` may edit."""
    rows, store = model.objects.where_allowed(user, "customers.edit"), typed.get("store", "")
    return rows.filter(store=int(store)) if store.isdecimal() and len(store) < 10 else rows


def plate_ranks(text):
    plate = normal_plate(text)
    return [(Rank.PLATE, Q(plate=plate))] if len(plate) >= SHORTEST_PLATE else []


def whole_phone(text):
    """Return the number once it is complete; parts of one find nothing, so that nobody unmasks it digit by digit (T32)."""
    try:
        return normal_phone(text)
    except DomainError:
        return ""
