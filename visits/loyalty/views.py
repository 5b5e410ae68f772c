from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from activity.rule_page import rule_page
from common.access import requires
from common.forms import posted
from customers.models import Customer
from visits.loyalty.forms import LoyaltyRuleForm
from visits.loyalty.value import value_of
from visits.models import LoyaltyRule


@require_GET
@requires("visits.view")
def value(request, pk):
    """Show what a customer has brought to the house, year by year and car by car."""
    customer = get_object_or_404(Customer.objects.where_allowed(request.user, "visits.view").select_related("store", "referred_by"), pk=pk)
    return render(request, "visits/loyalty/value.html", {"customer": customer, "value": value_of(customer)})


@require_GET
@requires("visits.configure")
def loyaltyrule_list(request):
    return render(request, "visits/loyalty/rule_list.html", {"rules": LoyaltyRule.objects.all()})


@requires("visits.configure")
def loyaltyrule_create(request):
    return edit_rule(request, LoyaltyRule())


@requires("visits.configure")
def loyaltyrule_edit(request, pk):
    return edit_rule(request, get_object_or_404(LoyaltyRule, pk=pk))


def edit_rule(request, rule):
    form, saved = LoyaltyRuleForm(posted(request), instance=rule), _("Saved; the classes follow in the next night.")
    return rule_page(request, form, template="visits/loyalty/rule_form.html", back="visits:loyaltyrule_list", saved=saved)
