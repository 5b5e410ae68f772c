from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.access import requires
from common.filters import ROWS_PER_PAGE
from common.forms import accepted, posted
from customers.models import Customer
from messaging.channels import is_simulated
from messaging.conversation import Conversation
from messaging.models import Message, Reply
from messaging.replies import match, receive
from messaging.reply_forms import AnswerForm, MatchForm, StrangerForm, WriteForm


@require_GET
@requires("messaging.view")
def reply_list(request):
    """Show who waits for an answer, the longest waiting first."""
    replies = Reply.objects.for_user(request.user)
    page = Paginator(replies.by_customer(), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    rows = replies.waiting_rows(list(page))
    return render(request, "messaging/reply_list.html", {"page_obj": page, "rows": rows, "now": timezone.now()})


@require_GET
@requires("messaging.view")
def stranger_list(request):
    """Show what came from numbers of nobody on file."""
    strangers = Reply.objects.for_user(request.user).strangers().select_related("store", "closed_by")
    page = Paginator(strangers, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "messaging/stranger_list.html", {"page_obj": page, "form": MatchForm(user=request.user)})


@requires("messaging.answer")
@require_POST
def reply_match(request, pk):
    reply = own_stranger(request, pk)
    form = MatchForm(request.POST, user=request.user)
    if not form.is_valid():
        messages.error(request, " ".join(form.errors["customer"]))
        return redirect("messaging:stranger_list")
    match(reply, form.cleaned_data["customer"], by=request.user)
    return redirect("messaging:conversation", reply.customer_id)


@requires("messaging.answer")
@require_POST
def reply_dismiss(request, pk):
    own_stranger(request, pk).dismiss(by=request.user)
    messages.success(request, _("Noted: this needs no answer."))
    return redirect("messaging:stranger_list")


@require_GET
@requires("messaging.view")
def conversation(request, pk):
    return conversation_page(request, own_conversation(request, pk))


@requires("messaging.answer")
@require_POST
def conversation_claim(request, pk):
    own_conversation(request, pk).claim(by=request.user)
    return redirect("messaging:conversation", pk)


@requires("messaging.answer")
@require_POST
def conversation_release(request, pk):
    own_conversation(request, pk).release(by=request.user)
    messages.success(request, _("The conversation waits for anybody again."))
    return redirect("messaging:reply_list")


@requires("messaging.answer")
@require_POST
def conversation_answer(request, pk):
    talk, form = own_conversation(request, pk), AnswerForm(request.POST)
    if not form.is_valid() or not accepted(form, talk.answer, form.cleaned_data["text"], by=request.user, **form.given):
        return conversation_page(request, talk, form)
    messages.success(request, _("The answer is on its way; its state shows here."))
    return redirect("messaging:conversation", pk)


@requires("messaging.answer")
@require_POST
def conversation_settle(request, pk):
    own_conversation(request, pk).settle(by=request.user)
    messages.success(request, _("Noted: this needs no answer."))
    return redirect("messaging:reply_list")


@requires("messaging.answer")
@require_POST
def write_back(request, pk):
    """Let a simulated customer reply to what arrived on the simulated phone."""
    message = get_object_or_404(Message.objects.where_allowed(request.user, "messaging.answer").select_related("store"), pk=pk)
    refuse_real_channel()
    form = WriteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write what the customer replies."))
        return redirect("messaging:inbox")
    return arrived(request, receive(message.phone, form.cleaned_data["text"], store=message.store))


@requires("messaging.answer")
def write_in(request):
    """Let anybody write from any number, as only the simulator can."""
    refuse_real_channel()
    form = StrangerForm(posted(request), user=request.user)
    if not form.is_valid():
        return render(request, "messaging/write_in.html", {"form": form}, status=422 if form.errors else 200)
    given = form.cleaned_data
    return arrived(request, receive(given["phone"], given["text"], store=given["store"]))


def arrived(request, reply):
    messages.success(request, _("It has come in: %(status)s.") % {"status": reply.get_status_display()})
    return redirect("messaging:inbox")


def refuse_real_channel():
    if not is_simulated():
        raise Http404


def own_stranger(request, pk):
    return get_object_or_404(Reply.objects.for_user(request.user).strangers().select_related("store"), pk=pk)


def own_conversation(request, pk):
    customers = Customer.everyone.where_allowed(request.user, Reply.view_permission).select_related("store", "merged_into__store")
    customer = get_object_or_404(customers, pk=pk)
    return Conversation(customer.merged_into or customer)


def conversation_page(request, talk, bound=None):
    may_answer = request.user.may("messaging.answer", talk.customer.store_id)
    is_others = talk.holder is not None and talk.holder.claimed_by != request.user
    form = bound or AnswerForm(initial={"seen": talk.last_answer}) if may_answer and talk.is_answerable and not is_others else None
    context = {"talk": talk, "customer": talk.customer, "form": form, "may_answer": may_answer and not is_others}
    return render(request, "messaging/conversation.html", context, status=422 if bound else 200)
