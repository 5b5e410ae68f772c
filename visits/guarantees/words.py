"""The words of the three guarantees (三包): what is replaced, what fails, what the customer may ask for (domain 3.5)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Assembly(models.TextChoices):
    ENGINE = "engine", _("Engine")
    GEARBOX = "gearbox", _("Gearbox")
    BATTERY = "battery", _("Traction battery")
    MOTOR = "motor", _("Drive motor")


class MainPart(models.TextChoices):
    ENGINE = "engine", _("Engine")
    GEARBOX = "gearbox", _("Gearbox")
    BATTERY = "battery", _("Traction battery")
    MOTOR = "motor", _("Drive motor")
    STEERING = "steering", _("Steering")
    BRAKES = "brakes", _("Brakes")
    SUSPENSION = "suspension", _("Suspension")
    DRIVELINE = "driveline", _("Driveline")
    EMISSION = "emission", _("Emission device")
    BODY = "body", _("Body")


class GraveFault(models.TextChoices):
    STEERING = "steering", _("Steering failure")
    BRAKES = "brakes", _("Brake failure")
    BODY = "body", _("Body cracking")
    FUEL = "fuel", _("Fuel leak")
    FIRE = "fire", _("Battery fire")


class Substitute(models.TextChoices):
    CAR = "car", _("Substitute car")
    MONEY = "money", _("Travel compensation")


class Remedy(models.TextChoices):
    FREE = "free", _("Exchange or return, free of charge")
    PAID = "paid", _("Exchange or return, less use compensation")
    ASSEMBLY = "assembly", _("Replacement of the assembly, free of charge")
    SUBSTITUTE = "substitute", _("Substitute car or travel compensation")


LIMITS = {
    "exchange_window": (_("Engine, gearbox, battery or motor faulty within the first days"), "22", Remedy.FREE),
    "early_assembly": (_("Main part of engine, gearbox, battery or motor faulty early"), "20", Remedy.ASSEMBLY),
    "early_grave": (_("Steering, brakes, body, fuel or battery failed early"), "23", Remedy.FREE),
    "safety": (_("Serious safety fault repaired"), "24(1)", Remedy.PAID),
    "assembly": (_("Same assembly replaced"), "24(2)", Remedy.PAID),
    "part": (_("Same main part replaced"), "24(3)", Remedy.PAID),
    "repair_days": (_("Days in repair"), "24(4)", Remedy.PAID),
    "same_fault": (_("Same fault repaired"), "24(4)", Remedy.PAID),
    "substitute": (_("Days in this repair without a substitute car"), "21", Remedy.SUBSTITUTE),
}
