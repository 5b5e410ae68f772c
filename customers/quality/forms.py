from django.forms import modelform_factory

from customers.forms import CustomerForm, VehicleForm
from customers.models import Vehicle


class FixCustomerForm(CustomerForm):
    asks_custom = False
    referrer_phone = None


class FixVehicleForm(VehicleForm):
    asks_custom = False


def fix_form(rule, data, row, is_seen):
    """Return a form of the one field the rule asks for; what the reader may not see is not put in."""
    base = FixVehicleForm if rule.model is Vehicle else FixCustomerForm
    factory = modelform_factory(rule.model, form=base, fields=[rule.field])
    form = factory(data, instance=row, prefix=f"row-{row.pk}", initial={} if is_seen else {rule.field: ""})
    form.fields[rule.field].required, form.fields[rule.field].help_text = True, ""
    if not is_seen:
        # Its message would tell what is on file.
        del form.fields["seen"]
    return form
