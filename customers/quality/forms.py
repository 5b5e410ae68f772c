from django.forms import modelform_factory

from customers.forms import CustomerForm, VehicleForm
from customers.masking import hidden_fields
from customers.models import Vehicle


class FixCustomerForm(CustomerForm):
    asks_custom = False
    referrer_phone = None


class FixVehicleForm(VehicleForm):
    asks_custom = False


def fix_form(rule, data, row, user):
    """Return a form of the one field the rule asks for; what the reader may not see is not put in."""
    base = FixVehicleForm if rule.model is Vehicle else FixCustomerForm
    form = modelform_factory(rule.model, form=base, fields=[rule.field])(data, instance=row, prefix=f"row-{row.pk}", hidden=hidden_fields(row, user))
    form.fields[rule.field].required, form.fields[rule.field].help_text = True, ""
    return form
