"""Drafts of slips from what a call has brought to light, and the sweep over overdue ones."""

from django.db.models import F

from complaints.models import Category, Complaint, Round
from stores.models import Department
from surveys.models import Answer, Question, Side

BATCH = 500

# What a low answer is most likely about: code of the question, else of its factor -> code of the category.
LIKELY_CATEGORIES = {
    "appointment": "service-wait",
    "promptness": "service-wait",
    "initiation": "service-wait",
    "work-before": "service-explained-unclearly",
    "cost-before": "service-explained-unclearly",
    "adviser": "advisor-attitude",
    "facility": "service-facility",
    "promised-time": "service-wait",
    "work-after": "service-explained-unclearly",
    "charges": "unreasonable-charges",
    "fair-charge": "unreasonable-charges",
    "clean-car": "cleanliness",
    "pick-up": "service-other",
    "diagnosis": "technician-skill",
    "quality": "not-repaired",
    "mot-reception": "advisor-attitude",
    "mot-price": "unreasonable-charges",
    "mot-on-time": "service-wait",
    "mot-fixed": "not-repaired",
    "greeting": "reception-wait",
    "reception": "adviser-not-warm",
    "viewing": "product-explained-unclearly",
    "promises": "promise-broken",
    "delivery": "delivery-slow",
    "deal": "sales-other",
}
LIKELY_OF_SIDE = {Side.SALES: "sales-other", Side.AFTER_SALES: "service-other"}


def draft_from_followup(followup):
    """Return an unsaved slip that says all the call has brought so far; nothing has to be typed (FU9)."""
    if followup.response:
        slip = draft_from_response(followup.response)
    else:
        slip = draft_from_answers(followup, followup.plan.questionnaire(), typed_answers(followup))
        slip.followup = followup
    slip.words = spoken_first(followup.words, slip.words)
    return slip


def draft_from_response(response):
    """Return an unsaved slip with the low answers and the customer's own words."""
    slip = draft_from_answers(response, response.questionnaire, list(response.answers.select_related("question__factor")))
    slip.employee = response.employee or slip.employee
    slip.followup = getattr(response, "followup", None)
    slip.words = spoken_first(response.remark, slip.words)
    return slip


def draft_from_answers(source, questionnaire, answers):
    """Return an unsaved slip about customer, car, visit and delivery of ``source``, with what is low among ``answers``."""
    low = [answer for answer in answers if answer.tone(questionnaire) == "danger"]
    side = questionnaire.side if questionnaire else Side.SALES if source.delivery else Side.AFTER_SALES
    slip = draft(source.customer, side, low, vehicle=source.vehicle, visit=source.visit, delivery=source.delivery)
    slip.words = words_of(answers, low)
    return slip


def draft_from_visit(visit):
    slip = draft(visit.customer, Side.AFTER_SALES, vehicle=visit.vehicle, visit=visit)
    slip.channel = Complaint.Channel.SHOP
    return slip


def draft_from_delivery(delivery):
    slip = draft(delivery.customer, Side.SALES, vehicle=delivery.vehicle, delivery=delivery)
    slip.channel = Complaint.Channel.SHOP
    return slip


def draft_from_customer(customer):
    """Return an unsaved slip about the customer; what it is about is for the person at the phone to say."""
    return Complaint(store=customer.store, customer=customer, channel=Complaint.Channel.PHONE)


def draft(customer, side, low=(), *, visit=None, delivery=None, **links):
    """Return an unsaved slip with the likely category, the department that answers for it and who served the customer."""
    category = likely_category(low, side)
    department = customer.store.first_department(category.department_kind or Department.Kind.CARE) if category else None
    employee = (visit and visit.advisor) or (delivery and delivery.salesperson)
    return Complaint(
        store=customer.store, customer=customer, visit=visit, delivery=delivery, category=category, department=department, employee=employee, **links
    )


def words_of(answers, low):
    """Return everything the customer said, then the low ratings; a plain "yes, I complain" only where nothing else is there."""
    spoken = [answer.text for answer in answers if answer.text]
    ratings = [answer for answer in low if answer.question.kind == Question.Kind.RATING]
    shown = ratings if spoken or ratings else low
    return "\n".join([*spoken, *(f"{answer.question} {answer.shown}" for answer in shown)])


def spoken_first(sentence, words):
    """Put what the customer said before everything else, once."""
    return words if not sentence or sentence in words else f"{sentence}\n{words}".strip()


def typed_answers(followup):
    """Return, unsaved, the answers of the call that goes on, as far as they are acceptable."""
    questionnaire = followup.plan.questionnaire()
    words = {name: typed for so_far in followup.draft.values() for name, typed in so_far.items()}
    answers = []
    for question in questionnaire.question_list if questionnaire else []:
        typed = words.get(question.field_name, "")
        if question.kind == Question.Kind.TEXT and typed:
            answers.append(Answer(question=question, text=typed))
        elif typed.isdecimal() and int(typed) <= questionnaire.highest:
            answers.append(Answer(question=question, value=int(typed)))
    return answers


def likely_category(low, side):
    """Guess what the slip is about from the lowest answer, else from the side of the business."""
    lowest = sorted(low, key=lambda answer: answer.value)
    codes = [code for answer in lowest for code in (answer.question.code, answer.question.factor and answer.question.factor.code)]
    guesses = [LIKELY_CATEGORIES[code] for code in codes if code in LIKELY_CATEGORIES] + [LIKELY_OF_SIDE[side]]
    found = Category.objects.filter(is_active=True).in_bulk(guesses, field_name="code")
    return next((found[code] for code in guesses if code in found), None)


def mark_overdue(now):
    """Tell of every open round that has passed its deadline, each once; return how many were told."""
    late = Round.objects.filter(overdue_noted_at=None, answered_at=None, due_at__lt=now, number=F("complaint__round_count"))
    waiting = late.filter(complaint__status=Complaint.Status.ISSUED).select_related("complaint__store", "complaint__department")
    return sum(one.note_overdue(now) for one in waiting.order_by("due_at")[:BATCH])
