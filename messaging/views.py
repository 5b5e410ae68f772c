from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from activity.models import Event
from activity.services import save_setting
from activity.timeline import history_of
from common.access import requires
from common.errors import Conflict
from common.filters import ROWS_PER_PAGE, page_of
from messaging.channels import Forged, channel, is_simulated
from messaging.filters import MessageFilter
from messaging.forms import CapForm, RuleForm, TemplateForm
from messaging.models import ChannelStop, ContactCap, Message, MessageTemplate, ReminderRule, SimulatedReceipt
from messaging.reach import EVERYBODY, medium
from messaging.receipts import take


@requires("messaging.view")
def message_list(request):
    outbox = Message.objects.for_user(request.user).for_list()
    filterset = MessageFilter(request.GET, queryset=outbox, request=request)
    return render(request, "messaging/list.html", {"filter": filterset, "page_obj": page_of(filterset, request.GET.get("page")), "stop": current_stop()})


@requires("messaging.view")
def inbox(request):
    """Show what the customers of one's stores would have on their phones."""
    if not is_simulated():
        raise Http404
    visible = Message.objects.for_user(request.user)
    page = Paginator(SimulatedReceipt.objects.filter(message_ref__in=visible.values("pk")), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    sent = visible.for_list().prefetch_related("replies").in_bulk([receipt.message_ref for receipt in page])
    return render(request, "messaging/inbox.html", {"page_obj": page, "arrived": [(receipt, sent[receipt.message_ref]) for receipt in page]})


@requires("messaging.configure")
def channel_page(request):
    """Show by what messages go out, to whom, and whether it is stopped."""
    stops = ChannelStop.objects.filter(channel=settings.MESSAGE_CHANNEL)[:ROWS_PER_PAGE]
    context = {
        "name": getattr(channel(), "NAME", settings.MESSAGE_CHANNEL),
        "medium": medium(),
        "receipts_url": request.build_absolute_uri(reverse("messaging:receipts")) if hasattr(channel(), "receive") else "",
        "recipients": "" if is_simulated() else settings.MESSAGE_RECIPIENTS,
        "is_open": is_simulated() or EVERYBODY in settings.MESSAGE_RECIPIENTS,
        "stop": current_stop(),
        "stops": stops,
    }
    return render(request, "messaging/channel.html", context)


@requires("messaging.configure")
@require_POST
def channel_stop(request):
    ChannelStop.objects.stop(settings.MESSAGE_CHANNEL, ChannelStop.Cause.BY_HAND, by=request.user)
    messages.success(request, _("The channel is stopped. Nothing goes out until it is resumed."))
    return redirect("messaging:channel")


@requires("messaging.configure")
@require_POST
def channel_resume(request):
    stop = current_stop()
    if stop is None:
        raise Conflict(_("The channel is not stopped any more."))
    stop.resume(by=request.user)
    messages.success(request, _("Messages go out again."))
    return redirect("messaging:channel")


@csrf_exempt
@login_not_required
@require_POST
def receipts(request):
    """Take what the provider reports; whoever cannot prove to be the provider learns nothing (T68)."""
    receive = getattr(channel(), "receive", None)
    if receive is None:
        raise Http404
    try:
        taken = take(receive(request), timezone.now())
    except Forged:
        return JsonResponse({"code": "forged"}, status=403)
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"code": "malformed"}, status=400)
    # One answer that says "taken" in the words of each provider.
    return JsonResponse({"code": 0, "msg": "OK", "result": 0, "errmsg": "OK", "taken": taken})


@requires("messaging.view")
def detail(request, pk):
    message = found(request, pk)
    context = {"message": message, "may_decide": message.can_decide_by(request.user), "events": Event.objects.about(message)}
    return render(request, "messaging/detail.html", context)


@requires("messaging.configure")
@require_POST
def cancel(request, pk):
    message = found(request, pk)
    message.cancel(by=request.user)
    messages.success(request, _("The message is stopped."))
    return redirect("messaging:detail", pk)


@requires("messaging.configure")
@require_POST
def confirm(request, pk):
    message = found(request, pk)
    message.confirm(by=request.user)
    messages.success(request, _("The message counts as sent."))
    return redirect("messaging:detail", pk)


@requires("messaging.configure")
@require_POST
def resend(request, pk):
    message = found(request, pk)
    message.resend(by=request.user)
    messages.success(request, _("The message is planned once more."))
    return redirect("messaging:detail", pk)


@requires("messaging.configure")
def template_list(request):
    rules = {"rules": ReminderRule.objects.select_related("template"), "caps": ContactCap.objects.all()}
    context = {"templates": MessageTemplate.objects.all(), **rules}
    return render(request, "messaging/template_list.html", context)


@requires("messaging.configure")
def template_edit(request, pk):
    template = get_object_or_404(MessageTemplate, pk=pk)
    return edit(request, TemplateForm(request.POST or None, instance=template), {"placeholders": template.placeholders.items()})


@requires("messaging.configure")
def rule_edit(request, pk):
    rule = get_object_or_404(ReminderRule.objects.select_related("template"), pk=pk)
    return edit(request, RuleForm(request.POST or None, instance=rule), {})


@requires("messaging.configure")
def cap_edit(request, pk):
    return edit(request, CapForm(request.POST or None, instance=get_object_or_404(ContactCap, pk=pk)), {})


def edit(request, form, context):
    if request.method == "POST" and form.is_valid():
        request.user.answer_for_all("messaging.configure")
        save_setting(form.instance, by=request.user)
        messages.success(request, _("Saved. Messages already planned keep their text and day."))
        return redirect("messaging:template_list")
    return render(request, "messaging/form.html", {"form": form, "history": history_of(form.instance), **context}, status=422 if form.errors else 200)


def current_stop():
    return ChannelStop.objects.current(settings.MESSAGE_CHANNEL)


def found(request, pk):
    return get_object_or_404(Message.objects.for_user(request.user).for_list(), pk=pk)
