from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activity.timeline import history_of
from common.access import requires
from common.forms import accepted, posted
from customers.custom_forms import CustomFieldForm, NewCustomFieldForm, RemoveForm
from customers.models import CustomField


@requires("customers.configure")
def custom_field_list(request):
    fields = CustomField.objects.select_related("created_by", "removed_by")
    context = {"fields_in_use": fields.filter(removed_at=None), "removed_fields": fields.removed()}
    return render(request, "customers/custom_field_list.html", context)


@requires("customers.configure")
def custom_field_create(request):
    form = NewCustomFieldForm(posted(request))
    if form.is_valid():
        form.instance.create(by=request.user)
        messages.success(request, _("The field is in use from now on."))
        return redirect("customers:custom_field_list")
    return render(request, "customers/custom_field_form.html", {"form": form}, status=422 if form.errors else 200)


@requires("customers.configure")
def custom_field_edit(request, pk):
    field = get_object_or_404(CustomField, pk=pk, removed_at=None)
    form = CustomFieldForm(posted(request), instance=field)
    if form.is_valid():
        field.edit(by=request.user)
        messages.success(request, _("The field has been saved."))
        return redirect("customers:custom_field_list")
    return render(request, "customers/custom_field_form.html", {"form": form, "field": field, "history": history_of(field)}, status=422 if form.errors else 200)


@requires("customers.configure")
def custom_field_remove(request, pk):
    field = get_object_or_404(CustomField, pk=pk, removed_at=None)
    form = RemoveForm(posted(request))
    if form.is_valid() and accepted(form, field.remove, by=request.user, **form.cleaned_data):
        messages.success(request, _("The field is gone from all pages; its values are kept for 90 days."))
        return redirect("customers:custom_field_list")
    return render(request, "customers/custom_field_remove.html", {"form": form, "field": field}, status=422 if form.errors else 200)


@requires("customers.configure")
@require_POST
def custom_field_restore(request, pk):
    get_object_or_404(CustomField, pk=pk).restore(by=request.user)
    messages.success(request, _("The field is in use again, with all its values."))
    return redirect("customers:custom_field_list")
