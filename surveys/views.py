from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from activity.models import Event
from activity.timeline import history_of
from common.access import requires
from common.errors import NotAllowed
from common.filters import page_of
from common.photos import photo_response
from surveys.filters import MysteryShopFilter, ResponseFilter
from surveys.forms import ChecklistForm, InterviewForm, MysteryShopForm, VoidForm
from surveys.models import MysteryShop, Questionnaire, Response
from surveys.services import mystery_shop_shortfall

UNPROCESSABLE = 422


@require_GET
@requires("surveys.view")
def response_list(request):
    responses = Response.objects.for_user(request.user).with_context()
    filterset = ResponseFilter(request.GET, queryset=responses, request=request)
    return render(request, "surveys/list.html", {"filter": filterset, "page_obj": page_of(filterset, request.GET.get("page"))})


@require_GET
@requires("surveys.view")
def detail(request, pk):
    return response_page(request, found_response(request, pk), VoidForm())


@require_POST
@requires("surveys.void")
def void(request, pk):
    response = found_response(request, pk)
    form = VoidForm(request.POST)
    if not form.is_valid():
        return response_page(request, response, form)
    response.void(by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("The response no longer counts."))
    return redirect(response)


@require_GET
@requires("surveys.view")
def questionnaire_list(request):
    return render(request, "surveys/questionnaire_list.html", {"questionnaires": Questionnaire.objects.with_counts()})


@require_GET
@requires("surveys.view")
def questionnaire_detail(request, pk):
    questionnaire = get_object_or_404(Questionnaire, pk=pk)
    versions = Questionnaire.objects.filter(code=questionnaire.code)
    context = {"questionnaire": questionnaire, "versions": versions, "history": history_of(questionnaire)}
    # What is not in use yet is looked at as the caller will see it.
    context |= {} if questionnaire.is_frozen else {"interview": InterviewForm(questionnaire)}
    return render(request, "surveys/questionnaire_detail.html", context)


@require_GET
@requires("surveys.view_own_audits")
def mystery_shop_list(request):
    shops = MysteryShop.objects.for_user(request.user).with_context()
    filterset = MysteryShopFilter(request.GET, queryset=shops, request=request)
    context = {"filter": filterset, "page_obj": page_of(filterset, request.GET.get("page")), "shortfall": shortfall_box(request.user, filterset)}
    return render(request, "surveys/mystery_shop_list.html", context)


@requires("surveys.audit")
def mystery_shop_create(request):
    form = MysteryShopForm(request.POST or None, user=request.user, instance=MysteryShop(auditor=request.user), initial=first_choices(request.user))
    if request.method == "POST" and form.is_valid():
        shop = form.save(commit=False).create(by=request.user)
        return redirect("surveys:mystery_shop_enter", shop.pk)
    return render(request, "surveys/mystery_shop_form.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)


@require_GET
@requires("surveys.view_own_audits")
def mystery_shop_detail(request, pk):
    shop = found_shop(request, pk)
    context = {"shop": shop, "events": Event.objects.about(shop), "may_enter": shop.can_enter_by(request.user)}
    return render(request, "surveys/mystery_shop_detail.html", context)


@requires("surveys.audit")
def mystery_shop_enter(request, pk):
    """Score on the way: what has been entered is kept as a draft."""
    shop = enterable_shop(request, pk)
    form = checklist_form(request, shop)
    if request.method == "POST" and form.is_valid():
        shop.enter(form.entries(), by=request.user, remark=form.cleaned_data["remark"])
        messages.success(request, _("The draft has been saved."))
        return redirect("surveys:mystery_shop_enter", shop.pk)
    return scoring_page(request, shop, form)


@require_POST
@requires("surveys.audit")
def mystery_shop_submit(request, pk):
    """Keep what stands on the page and fix the score; when an item is missing, the draft is kept all the same."""
    shop = enterable_shop(request, pk)
    form = checklist_form(request, shop)
    if not form.is_valid():
        return scoring_page(request, shop, form)
    shop.enter(form.entries(), by=request.user, remark=form.cleaned_data["remark"])
    shop.submit(by=request.user)
    messages.success(request, _("Submitted with %(score)s points; %(person)s has been told.") % {"score": shop.score, "person": shop.employee})
    return redirect(shop)


@require_POST
@requires("surveys.audit")
def mystery_shop_discard(request, pk):
    found_shop(request, pk).discard(by=request.user)
    messages.success(request, _("The draft has been discarded."))
    return redirect("surveys:mystery_shop_list")


@require_GET
@requires("surveys.view_own_audits")
def mystery_shop_photo(request, pk, item_pk):
    """Serve a photo to those who may see its shop (T12)."""
    score = get_object_or_404(found_shop(request, pk).scores, item_id=item_pk)
    if not score.photo:
        raise Http404
    return photo_response(score.photo)


def found_response(request, pk):
    return get_object_or_404(Response.objects.for_user(request.user).with_context(), pk=pk)


def response_page(request, response, form):
    context = {
        "response": response,
        "sections": response.sections(),
        "factors": response.factor_table(),
        "followup": getattr(response, "followup", None),
        "events": Event.objects.about(response),
        "form": form,
        "may_void": response.can_void_by(request.user),
        "may_complain": request.user.may("complaints.create", response.store_id),
    }
    return render(request, "surveys/detail.html", context, status=UNPROCESSABLE if form.errors else 200)


def found_shop(request, pk):
    return get_object_or_404(MysteryShop.objects.for_user(request.user).with_context(), pk=pk)


def enterable_shop(request, pk):
    shop = found_shop(request, pk)
    if not request.user.may("surveys.audit", shop.store_id):
        raise NotAllowed
    return shop


def checklist_form(request, shop):
    return ChecklistForm(shop, request.POST, request.FILES) if request.method == "POST" else ChecklistForm(shop)


def scoring_page(request, shop, form):
    if not shop.can_enter_by(request.user):
        return redirect(shop)
    return render(request, "surveys/mystery_shop_enter.html", {"shop": shop, "form": form}, status=UNPROCESSABLE if form.errors else 200)


def shortfall_box(user, filterset):
    """Return what is due this or the chosen month, for the chosen store or the only one the person oversees."""
    stores = list(user.stores_with("surveys.view_audits")[:2])
    store = filterset.chosen_store or (stores[0] if len(stores) == 1 else None)
    if store is None or not user.may("surveys.view_audits", store.pk):
        return {"is_undecided": len(stores) > 1}
    month = filterset.chosen_month or store.today().replace(day=1)
    return {"store": store, "month": month, "lines": mystery_shop_shortfall(store, month), "is_over": month < store.today().replace(day=1)}


def first_choices(user):
    """Fill in the only store and today, so that a phone needs fewer taps."""
    stores = list(user.stores_with("surveys.audit")[:2])
    return {"store": stores[0], "visited_on": stores[0].today()} if len(stores) == 1 else {}
