"""What API and command ask for, as they write it: texts in, values out, a clear refusal for the rest."""

from django.utils.translation import gettext as _

from common.errors import DomainError
from kpis.indicators import INDICATORS, indicator
from kpis.services import measure

GRAINS = ("month",)


def measure_query(*, stores, period, store=None, grain=None, codes=None, employee=None):
    """Return the values asked for among ``stores``; several store codes are answered one after the other."""
    periods = period.months() if chosen_grain(grain) else [period]
    wanted = {"periods": periods, "codes": chosen_codes(codes), "employee": chosen_employee(employee)}
    if store is None:
        return measure(stores=stores, **wanted)
    return [value for one in chosen_stores(stores, store) for value in measure(stores=[one], **wanted)]


def chosen_grain(grain):
    if grain is not None and grain not in GRAINS:
        raise DomainError(_("Accepted is: %(grains)s.") % {"grains": ", ".join(GRAINS)}, code="unknown_grain", field="grain")
    return grain


def chosen_codes(codes):
    if codes is None:
        return list(INDICATORS)
    return [indicator(code).code for code in dict.fromkeys(codes.split(","))]


def chosen_employee(employee):
    if employee is None:
        return None
    if not (employee.isascii() and employee.isdigit() and len(employee) <= 18):
        raise DomainError(_("The employee must be a whole number."), code="bad_employee", field="employee")
    return int(employee)


def chosen_stores(stores, wanted):
    """Return the stores of these codes; a foreign store's code answers like one that never existed (T4)."""
    by_code = {store.code: store for store in stores}
    codes = list(dict.fromkeys(wanted.split(",")))
    unknown = [code for code in codes if code not in by_code]
    if unknown:
        raise DomainError(_("Unknown store: %(codes)s.") % {"codes": ", ".join(unknown)}, code="unknown_store", field="store")
    return [by_code[code] for code in codes]
