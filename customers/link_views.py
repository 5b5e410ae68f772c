from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.access import requires
from customers.models import Customer, CustomerLink
from customers.models.link import link_customers, unlink_customers


@require_GET
@requires("customers.merge")
def links(request, pk):
    """Show in which other stores this person is known, and who else there has the same phone."""
    customer = mergeable(request, pk)
    sides = [f"{side}__{path}" for side in ("first", "second") for path in ("store", "merged_into__store")]
    linked = [(link, link.other(customer)) for link in CustomerLink.objects.of(customer).select_related(*sides, "linked_by")]
    known = {other.pk for _link, other in linked}
    elsewhere = Customer.objects.where_allowed(request.user, "customers.merge").exclude(store=customer.store_id).select_related("store")
    alike = elsewhere.filter(phone=customer.phone).exclude(pk__in=known) if customer.phone else []
    mine = request.user.store_ids_with("customers.merge")
    shown = [(link, other) for link, other in linked if mine is None or other.store_id in mine]
    return render(request, "customers/links.html", {"customer": customer, "linked": shown, "alike": alike})


@require_POST
@requires("customers.merge")
def link(request, pk, other_pk):
    link_customers(mergeable(request, pk), mergeable(request, other_pk), by=request.user)
    messages.success(request, _("The two records belong together now; each store keeps its own."))
    return redirect("customers:links", pk)


@require_POST
@requires("customers.merge")
def unlink(request, pk, other_pk):
    customer, other = mergeable(request, pk), mergeable(request, other_pk)
    unlink_customers(get_object_or_404(CustomerLink.objects.of(customer).of(other)), by=request.user)
    messages.success(request, _("The two records no longer belong together."))
    return redirect("customers:links", pk)


def mergeable(request, pk):
    return get_object_or_404(Customer.objects.where_allowed(request.user, "customers.merge").select_related("store"), pk=pk)
