"""Phones, plates, VINs and addresses as the reader may see them: ``{{ customer|masked_phone:user }}``."""

from django import template
from django.utils.translation import gettext as _

from customers import masking

register = template.Library()


@register.filter
def masked_phone(row, user):
    return masking.seen(row, "phone", user)


@register.filter
def masked_sender_phone(visit, user):
    return masking.seen(visit, "sender_phone", user)


@register.filter
def masked_plate(vehicle, user):
    """Show the plate; a car without one is named by its VIN."""
    return masking.shown(vehicle, "plate", user) or _("no plate, VIN …%(tail)s") % {"tail": vehicle.vin_tail}


@register.filter
def masked_vin(vehicle, user):
    return masking.shown(vehicle, "vin", user)


@register.filter
def masked_address(customer, user):
    return masking.seen(customer, "address", user)


@register.filter
def masked_engine_number(vehicle, user):
    return masking.shown(vehicle, "engine_number", user)


@register.filter
def printed_phone(row, user):
    """Show the phone on a paper that must hold it."""
    return masking.shown(row, "phone", user)


@register.filter
def printed_sender_phone(visit, user):
    return masking.shown(visit, "sender_phone", user)


@register.filter
def printed_address(customer, user):
    return masking.shown(customer, "address", user)


@register.simple_tag
def may_open(customer, user):
    """Tell whether the reader may open the customer's number and has not yet."""
    return customer.restricted_at is None and masking.may_reveal(user, customer.store_id) and not masking.is_open(customer, user)
