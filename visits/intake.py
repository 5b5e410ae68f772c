"""Who comes with which car: known and named in the address, or new and written down on the same form."""

import re
from datetime import date

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from common.forms import posted
from customers.forms import BriefCustomerForm, BriefVehicleForm
from customers.models import Customer, Vehicle
from customers.notices import notices_for
from customers.numbers import PLATE, VIN, plain


class Intake:
    """The part of a form about customer and car. The address names ``vehicle`` or ``customer``, or ``q``, what was looked for."""

    def __init__(self, request, permission):
        user, query = request.user, request.GET
        self.vehicle = picked(Vehicle.objects.where_allowed(user, permission).select_related("store", "customer"), query.get("vehicle"))
        self.customer = (
            self.vehicle.customer if self.vehicle else picked(Customer.objects.where_allowed(user, permission).select_related("store"), query.get("customer"))
        )
        self.is_open = self.customer is None and request.method == "GET"
        self.customer_form = self.vehicle_form = None
        guess = guessed(query.get("q", ""))
        if self.customer is None:
            self.customer_form = BriefCustomerForm(posted(request), user=user, prefix="customer", initial=guess)
        if self.vehicle is None:
            self.vehicle_form = BriefVehicleForm(posted(request), prefix="vehicle", initial=guess)
        self.notices = notices_for([self.customer], user)[self.customer.pk] if self.customer else []

    @property
    def store(self):
        known = self.vehicle or self.customer
        return known.store if known else self.customer_form.instance.store if self.customer_form.instance.store_id else None

    def is_valid_for(self, form):
        """Check the new parts, put customer, car and store on the row of ``form`` and check that, too."""
        parts_fit = self.parts_fit()
        if parts_fit:
            row = form.instance
            row.customer, row.vehicle, row.store = self.customer, self.vehicle, self.store
        return form.is_valid() and parts_fit

    def parts_fit(self):
        forms = [form for form in (self.customer_form, self.vehicle_form) if form]
        if self.customer_form and self.customer_form.is_valid():
            self.customer = self.customer_form.instance
        if self.vehicle_form and self.store:
            self.vehicle_form.instance.store = self.store
            if self.vehicle_form.is_valid():
                self.vehicle = self.vehicle_form.instance
        return all(form.is_valid() for form in forms)


def picked(queryset, text):
    """Return the row named in the address, None where none is named, 404 where it is out of reach."""
    if not text:
        return None
    if not text.isdecimal():
        raise Http404
    return get_object_or_404(queryset, pk=text)


def guessed(text):
    """Return what was typed into the find box as the first value of the field it fits."""
    text = plain(text)
    compact = re.sub(r"[\s·.-]", "", text).upper()
    if re.fullmatch(r"\+?\d{7,}", compact):
        return {"phone": compact}
    if VIN.fullmatch(compact):
        return {"vin": compact}
    if PLATE.fullmatch(compact):
        return {"plate": compact}
    return {} if re.search(r"\d", text) else {"name": text}


def chosen_day(text):
    """Return the local day named in the address, today where none is named, 404 where it is no day."""
    if not text:
        return timezone.localdate()
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    if not 2000 <= day.year <= 2100:
        raise Http404
    return day
