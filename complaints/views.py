import re

from django.contrib import messages
from django.db.models import Count, Q, prefetch_related_objects
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from activity.models import Event
from common.access import requires
from common.filters import page_of
from common.forms import accepted, posted
from complaints import services
from complaints.filters import ComplaintFilter
from complaints.forms import AnswerForm, ApproveExceptionForm, AskExceptionForm, ComplaintForm, ReassignForm, RejectExceptionForm, VerifyForm
from complaints.models import Complaint
from customers.models import Customer
from customers.search import find
from followups.models import FollowUp
from surveys.models import Response
from visits.models import Delivery, Promise, Visit

Status = Complaint.Status
FORMS = [AnswerForm, VerifyForm, ApproveExceptionForm, RejectExceptionForm, ReassignForm, AskExceptionForm]
# What a new slip can be drawn from: parameter -> (model, draft).
SOURCES = {
    "followup": (FollowUp, services.draft_from_followup),
    "response": (Response, services.draft_from_response),
    "visit": (Visit, services.draft_from_visit),
    "delivery": (Delivery, services.draft_from_delivery),
    "customer": (Customer, services.draft_from_customer),
}


@require_GET
@requires("complaints.view")
def complaint_list(request):
    slips = Complaint.objects.for_user(request.user)
    filterset = ComplaintFilter(request.GET, queryset=slips.for_list(), request=request)
    context = {"filter": filterset, "page_obj": page_of(filterset, request.GET.get("page")), "tabs": list_tabs(request.user, slips), "now": timezone.now()}
    return render(request, "complaints/list.html", context)


@require_GET
@requires("complaints.view")
def of_customer(request, customer_pk):
    """Show the open slips of a customer as a fragment for the call screen and reception."""
    customer = get_object_or_404(Customer.objects.for_user(request.user), pk=customer_pk)
    complaints = Complaint.objects.for_user(request.user).open().of_customer(customer)
    return render(request, "complaints/_of_customer.html", {"customer": customer, "complaints": complaints})


@requires("complaints.create")
def create(request):
    slip = drafted(request)
    if slip is None:
        return render(request, "complaints/choose.html", found_customers(request))
    form = ComplaintForm(posted(request), instance=slip)
    if form.is_bound and form.is_valid() and accepted(form, slip.issue, by=request.user, is_separate=form.cleaned_data["is_separate"]):
        messages.success(request, _("%(number)s has gone to %(department)s.") % {"number": slip.number, "department": slip.department})
        return redirect(slip)
    open_slips = Complaint.objects.for_user(request.user).open().of_customer(slip.customer)
    context = {"form": form, "slip": slip, "open_slips": open_slips}
    return render(request, "complaints/form.html", context, status=422 if form.errors else 200)


@require_GET
@requires("complaints.view")
def detail(request, pk):
    return detail_page(request, found(request, pk))


@require_GET
@requires("complaints.view")
def evidence(request, pk, number):
    """Serve the evidence of a round to those who may see the slip; a PDF is never opened inside the page."""
    one = get_object_or_404(found(request, pk).rounds, number=number)
    if not one.evidence:
        raise Http404
    return FileResponse(one.evidence.open(), as_attachment=one.evidence.name.endswith(".pdf"), filename=f"{one.complaint}-{one.number}{one.evidence.name[-4:]}")


@require_POST
@requires("complaints.answer")
def answer(request, pk):
    complaint = found(request, pk)
    form = AnswerForm(request.POST, request.FILES, complaint=complaint)
    done = _("Answered. A call will ask the customer.")
    return perform(request, form, complaint.answer, done)


@require_POST
@requires("complaints.verify")
def verify(request, pk):
    complaint = found(request, pk)
    form = VerifyForm(request.POST, complaint=complaint)
    return perform(request, form, complaint.verify, _("The customer's word is written down."))


@require_POST
@requires("complaints.assign")
def reassign(request, pk):
    complaint = found(request, pk)
    form = ReassignForm(request.POST, complaint=complaint)
    return perform(request, form, complaint.reassign, _("The slip has gone to the other department."))


@require_POST
@requires("complaints.view")
def ask_exception(request, pk):
    complaint = found(request, pk)
    form = AskExceptionForm(request.POST, complaint=complaint)
    return perform(request, form, complaint.ask_exception, _("The exception waits for approval."))


@require_POST
@requires("complaints.approve")
def approve_exception(request, pk):
    complaint = found(request, pk)
    form = ApproveExceptionForm(request.POST, complaint=complaint)
    return perform(request, form, complaint.approve_exception, _("The slip is closed by exception."))


@require_POST
@requires("complaints.approve")
def reject_exception(request, pk):
    complaint = found(request, pk)
    form = RejectExceptionForm(request.POST, complaint=complaint)
    return perform(request, form, complaint.reject_exception, _("The exception is refused; the slip goes on."))


def found(request, pk):
    return get_object_or_404(Complaint.objects.for_user(request.user).for_detail(), pk=pk)


def perform(request, form, verb, done):
    """Do what the form asks for and return to the slip, or show the page again with what is to be mended."""
    if not form.is_valid() or not accepted(form, verb, by=request.user, **form.cleaned_data):
        return detail_page(request, form.complaint, form)
    messages.success(request, done)
    return redirect(form.complaint)


def detail_page(request, complaint, bound=None):
    forms = [form(complaint=complaint) for form in FORMS if form.verb in complaint.verbs_open_to(request.user)]
    rounds = list(complaint.rounds.select_related("department", "issued_by", "answered_by", "verified_by"))
    context = {
        "complaint": complaint,
        "rounds": rounds,
        "waiting_calls": FollowUp.objects.for_user(request.user).waiting_for(*[each.pk for each in rounds]),
        "forms": [bound if bound and bound.verb == form.verb else form for form in forms],
        "bound": bound,
        "promises": Promise.objects.for_user(request.user).about(complaint).with_people(),
        "events": Event.objects.about(complaint),
    }
    return render(request, "complaints/detail.html", context, status=422 if bound else 200)


def list_tabs(user, slips):
    """Return the ways into the list, each with how many wait there."""
    mine = Q(pk__in=Complaint.objects.headed_by(user).values("pk"))
    is_open = ~Q(status__in=Complaint.CLOSED)
    waiting = slips.aggregate(
        open=Count("pk", filter=is_open),
        mine=Count("pk", filter=is_open & mine),
        overdue=Count("pk", filter=Q(status=Status.ISSUED, due_at__lt=timezone.now())),
        answered=Count("pk", filter=Q(status=Status.ANSWERED)),
        asked=Count("pk", filter=Q(status=Status.EXCEPTION_ASKED)),
    )
    here = reverse("complaints:list")
    return [
        (_("All"), here),
        (_("Still open"), f"{here}?open=true", waiting["open"]),
        (_("My department"), f"{here}?mine=true&open=true", waiting["mine"]),
        (_("Overdue"), f"{here}?overdue=true", waiting["overdue"]),
        (_("Waiting for verification"), f"{here}?status=answered", waiting["answered"]),
        (_("Exceptions to decide"), f"{here}?status=exception_asked", waiting["asked"]),
    ]


def drafted(request):
    """Return the slip drawn from the first source the address names, None when it names none."""
    for name, (model, draft) in SOURCES.items():
        if name in request.GET:
            key = request.GET[name]
            return draft(get_object_or_404(model.objects.for_user(request.user), pk=int(key) if re.fullmatch(r"[0-9]{1,18}", key) else 0))
    return None


def found_customers(request):
    """Return the customers a name, phone, plate or VIN leads to, each once."""
    text = request.GET.get("q", "").strip()
    customers = list(dict.fromkeys(hit.customer for hit in find(request.user, text)))
    prefetch_related_objects(customers, "vehicles")
    return {"text": text, "customers": customers}
