from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from activity.timeline import history_of
from common.access import requires
from common.forms import accepted, posted
from customers.models import PrivacyNotice
from customers.rights.forms import PrivacyNoticeForm


@requires("customers.configure")
@require_GET
def privacynotice_list(request):
    current = PrivacyNotice.objects.in_force(timezone.localdate())
    return render(request, "customers/rights/notices.html", {"notices": PrivacyNotice.objects.all(), "current": current})


@requires("customers.view")
@require_GET
def privacynotice_detail(request, pk):
    """Show a notice to whoever reads it to a customer."""
    return render(request, "customers/rights/notice.html", {"privacy_notice": get_object_or_404(PrivacyNotice, pk=pk)})


@requires("customers.configure")
def privacynotice_create(request):
    last = PrivacyNotice.objects.first()
    return edit_notice(request, PrivacyNotice(text_zh=last.text_zh, text_en=last.text_en) if last else PrivacyNotice())


@requires("customers.configure")
def privacynotice_edit(request, pk):
    return edit_notice(request, get_object_or_404(PrivacyNotice, pk=pk))


def edit_notice(request, notice):
    form = PrivacyNoticeForm(posted(request), instance=notice)
    if form.is_valid() and accepted(form, form.save(commit=False).set, by=request.user):
        messages.success(request, _("Saved. Consents from that day on are given to this version."))
        return redirect("customers:privacynotice_list")
    context = {"form": form, "privacy_notice": notice, "history": history_of(notice)}
    return render(request, "customers/rights/notice_form.html", context, status=422 if form.errors else 200)
