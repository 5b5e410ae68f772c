from copy import copy

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.access import requires
from common.filters import ROWS_PER_PAGE
from customers.masking import seen
from customers.quality.forms import fix_form
from customers.quality.rules import BY_CODE, counts, indicators
from stores.models import Store


@require_GET
@requires("customers.view")
def quality(request):
    """Show what is wrong or missing in the archive, and how much of it."""
    stores = Store.objects.for_user(request.user)
    store = stores.filter(code=request.GET.get("store", "")).first()
    now = timezone.now()
    context = {"stores": stores, "store": store, "counts": counts(request.user, now, store), "indicators": indicators(request.user, now, store)}
    return render(request, "customers/quality/list.html", context)


@require_GET
@requires("customers.view")
def quality_rows(request, rule_code):
    """Show the rows of one rule, each with what mends it."""
    rule = known_rule(rule_code)
    store = Store.objects.for_user(request.user).filter(code=request.GET.get("store", "")).first()
    rows = rule.rows(request.user, timezone.now()).filter(**({"store": store} if store else {}))
    page_obj = Paginator(rows.order_by("-pk"), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    lines = [line_of(request, rule, row) for row in page_obj]
    return render(request, "customers/quality/rows.html", {"rule": rule, "store": store, "page_obj": page_obj, "lines": lines})


@require_POST
@requires("customers.edit")
def quality_fix(request, rule_code, pk):
    rule = known_rule(rule_code)
    row = found(request, rule, pk)
    if not rule.field:
        raise Http404
    form = fix_form(rule, request.POST, copy(row), request.user)
    if form.is_valid():
        row.edit(by=request.user, **{rule.field: getattr(form.instance, rule.field)})
        return mended(request, rule, row)
    return render(request, "customers/quality/_row.html", line_of(request, rule, row, form) | {"rule": rule}, status=422)


@require_POST
@requires("customers.edit")
def quality_attest(request, rule_code, pk):
    """Take the value as it stands: somebody has compared it."""
    rule = known_rule(rule_code)
    row = found(request, rule, pk)
    if rule.attest == "confirm":
        row.confirm(by=request.user)
    elif rule.attest:
        row.attest(rule.attest, by=request.user)
    else:
        raise Http404
    return mended(request, rule, row)


def known_rule(code):
    if code not in BY_CODE:
        raise Http404
    return BY_CODE[code]


def found(request, rule, pk):
    return get_object_or_404(rule.model.objects.for_user(request.user).select_related("store"), pk=pk)


def mended(request, rule, row):
    if request.htmx:
        return render(request, "customers/quality/_mended.html", {"row": row})
    messages.success(request, _("Saved."))
    return redirect("customers:quality_rows", rule.code)


def line_of(request, rule, row, form=None):
    """Return what a row of the list shows: the record, its value as the reader may see it, and the form while it may be mended."""
    may_edit = row.can_edit_by(request.user)
    if form is None and rule.field and may_edit:
        form = fix_form(rule, None, row, request.user)
    value = seen(row, rule.field, request.user) if rule.attest and rule.field else ""
    return {"row": row, "value": value, "form": form, "bound": form[rule.field] if form else None, "may_edit": may_edit}
