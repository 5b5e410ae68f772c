from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from common.access import requires
from common.filters import page_of
from common.forms import posted
from customers.duplicates import find_duplicates
from customers.filters import DuplicateFilter
from customers.merge_forms import MergeForm
from customers.merging import merge_customers, undo_merge
from customers.models import Customer, DuplicatePair
from customers.references import references


@requires("customers.merge")
def duplicate_list(request):
    pairs = DuplicatePair.objects.for_user(request.user).open().select_related("store", "first__store", "second__store")
    filterset = DuplicateFilter(request.GET, pairs, request=request)
    return render(request, "customers/duplicate_list.html", {"filter": filterset, "page_obj": page_of(filterset, request.GET.get("page"))})


@requires("customers.merge")
@require_POST
def duplicate_find(request):
    """Search now instead of at night."""
    count = sum(map(find_duplicates, request.user.stores_with("customers.merge")))
    messages.success(request, ngettext("%(count)d possible duplicate.", "%(count)d possible duplicates.", count) % {"count": count})
    return redirect("customers:duplicate_list")


@requires("customers.merge")
@require_POST
def duplicate_dismiss(request, pk):
    pair = get_object_or_404(DuplicatePair.objects.for_user(request.user).select_related("first", "second"), pk=pk)
    pair.dismiss(by=request.user)
    messages.success(request, _("Noted: these are different customers."))
    return redirect("customers:duplicate_list")


@requires("customers.merge")
def merge(request, pk, other_pk):
    """Choose field by field which of two records is right, and make one of them."""
    customers = Customer.objects.where_allowed(request.user, "customers.merge").select_related("store")
    kept, other = get_object_or_404(customers, pk=pk), get_object_or_404(customers, pk=other_pk)
    if pk == other_pk or kept.store_id != other.store_id:
        raise Http404
    form = MergeForm(posted(request), kept=kept, other=other, user=request.user)
    if form.is_valid():
        merge_customers(kept, other, by=request.user, **form.taken)
        messages.success(request, _("The two records are one now; for 30 days this can be undone here."))
        return redirect("customers:detail", pk)
    moving = [(reference.label, count) for reference in references() if (count := reference.rows(other).count())]
    context = {"form": form, "kept": kept, "other": other, "moving": moving}
    return render(request, "customers/merge.html", context, status=422 if form.errors else 200)


@requires("customers.merge")
@require_POST
def unmerge(request, pk):
    customer = get_object_or_404(Customer.objects.where_allowed(request.user, "customers.merge"), pk=pk)
    other = undo_merge(customer, by=request.user)
    messages.success(request, _("The merge has been undone; both records are as before."))
    return redirect("customers:detail", other.pk)
