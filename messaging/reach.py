"""Where the chosen channel reaches a customer, and whether this system may write there at all (T69)."""

from django.conf import settings
from django.db.models import Q

from customers.models import Channel
from messaging.channels import channel, is_simulated

EVERYBODY = "*"
# The own field of customers that holds the address; the option "field" names another one.
FIELDS = {Channel.EMAIL: "email", Channel.WECHAT: "wecom"}


def medium():
    return getattr(channel(), "MEDIUM", Channel.SMS)


def field():
    return settings.MESSAGE_OPTIONS.get("field") or FIELDS[medium()]


def address_of(customer):
    if medium() == Channel.SMS:
        return customer.phone
    return str(customer.custom.get(field()) or "").strip()


def has_address(path=""):
    """Return the condition that leaves out customers without an address; ``path`` leads to them."""
    if medium() == Channel.SMS:
        return ~Q(**{f"{path}phone": ""})
    return Q(**{f"{path}custom__{field()}__isnull": False})


def is_allowed(address):
    return is_simulated() or EVERYBODY in settings.MESSAGE_RECIPIENTS or address in settings.MESSAGE_RECIPIENTS
