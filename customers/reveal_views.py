from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.access import requires
from common.filters import page_of
from customers.filters import RevealFilter
from customers.forms import RevealForm
from customers.models import Reveal
from customers.models.reveal import reveal
from customers.views import own_customer


@requires("customers.reveal")
@require_POST
def reveal_customer(request, pk):
    """Open phone and address for a minute."""
    customer = own_customer(request, pk)
    form = RevealForm(request.POST)
    if form.is_valid():
        reveal(customer, by=request.user, reason=form.cleaned_data["reason"])
    else:
        messages.error(request, _("Say what the number is needed for."))
    return redirect(customer)


@requires("customers.watch")
@require_GET
def reveal_list(request):
    """Show the supervisor who has opened whose number."""
    reveals = Reveal.objects.for_user(request.user).select_related("store", "customer", "by")
    filterset = RevealFilter(request.GET, reveals, request=request)
    page_obj = page_of(filterset, request.GET.get("page"))
    return render(request, "customers/reveals.html", {"filter": filterset, "page_obj": page_obj})
