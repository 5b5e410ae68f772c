from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, User
from accounts.roles import Role
from common.errors import DomainError
from common.forms import day_input
from common.photos import PhotoField
from surveys.models import Checklist, ChecklistItem, ItemScore, MysteryShop, Question
from surveys.models.mystery_shop import LONGEST_NOTE

NOT_APPLICABLE = "na"
SHOPPED_ROLES = [Role.SERVICE_ADVISOR, Role.SALESPERSON, Role.SALES_MANAGER, Role.SERVICE_MANAGER]


class InterviewForm(forms.Form):
    """All questions of a questionnaire; ``answers()`` is what ``Response.submit`` takes. Drawn by ``surveys/_questions.html``."""

    def __init__(self, questionnaire, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.questionnaire = questionnaire
        for question in questionnaire.question_list:
            self.fields[question.field_name] = answer_field(question)

    def sections(self):
        """Return ``[(factor or None, [(question, bound field)])]`` in the order of the interview."""
        return [(factor, [(question, self[question.field_name]) for question in questions]) for factor, questions in self.questionnaire.sections()]

    @property
    def first_question_id(self):
        """Return where the keyboard enters the interview."""
        return next((bound.auto_id for _factor, questions in self.sections() for _question, bound in questions), "")

    def clean(self):
        """Ask the questionnaire itself, so that page and API accept the same answers."""
        cleaned = super().clean()
        if not self.errors:
            try:
                self.questionnaire.checked(self.answers())
            except DomainError as error:
                self.add_error(error.field if error.field in self.fields else None, error.message)
        return cleaned

    def answers(self):
        """Return ``{question id: rating, 1 or 0, text, or None}``."""
        return {question.pk: self.cleaned_data[question.field_name] for question in self.questionnaire.question_list}


def answer_field(question):
    if question.kind == Question.Kind.TEXT:
        area = forms.Textarea(attrs={"rows": 2})
        return forms.CharField(label=str(question), required=question.is_required, widget=area)
    return forms.TypedChoiceField(
        label=str(question),
        required=question.is_required,
        choices=answer_choices(question),
        coerce=lambda value: None if value == NOT_APPLICABLE else int(value),
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please answer this question."), "invalid_choice": _("Choose one of the answers shown.")},
    )


def answer_choices(question):
    if question.kind == Question.Kind.YES_NO:
        choices = [(1, _("Yes")), (0, _("No"))]
    else:
        choices = [(rating, str(rating)) for rating in question.questionnaire.ratings_range]
    return choices if question.is_required else [*choices, (NOT_APPLICABLE, _("N/A"))]


class VoidForm(forms.Form):
    reason = forms.CharField(label=_("Reason for voiding"), max_length=200)


class MysteryShopForm(forms.ModelForm):
    """Who was visited, where, when and how; people and stores are those the auditor may score."""

    class Meta:
        model = MysteryShop
        fields = ["store", "checklist", "kind", "employee", "visited_on"]
        widgets = {"visited_on": day_input(), "kind": forms.RadioSelect}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        stores = user.stores_with("surveys.audit")
        self.fields["store"].queryset = stores
        self.fields["checklist"].queryset = Checklist.objects.in_use()
        self.fields["employee"].queryset = shoppable_people(stores).exclude(pk=user.pk)
        self.fields["employee"].label_from_instance = person_with_roles
        self.fields["kind"].choices = MysteryShop.Kind.choices

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            with_context = MysteryShop(**cleaned)
            try:
                with_context.check_context(self.user)
            except DomainError as error:
                self.add_error(error.field, error.message)
        return cleaned


def shoppable_people(stores):
    """Return the active people of the front line and their heads in ``stores``."""
    of_stores = Membership.objects.filter(store__in=stores, role__in=SHOPPED_ROLES)
    return User.objects.filter(pk__in=of_stores.values("user"), is_active=True).prefetch_related("memberships__store").order_by("name")


def person_with_roles(person):
    places = [f"{membership.get_role_display()}, {membership.store}" for membership in person.memberships.all() if membership.store]
    return f"{person} ({'; '.join(places)})"


@dataclass
class ItemRow:
    """What the page shows of one item: its score so far and its four inputs."""

    item: ChecklistItem
    score: ItemScore | None
    earned: forms.BoundField
    note: forms.BoundField
    photo: forms.BoundField
    drop_photo: forms.BoundField

    @property
    def has_errors(self):
        return bool(self.earned.errors or self.note.errors or self.photo.errors)


class ChecklistForm(forms.Form):
    """Every item of a checklist: points earned or N/A, a note, a photo. ``entries()`` is what ``MysteryShop.enter`` takes."""

    remark = forms.CharField(label=_("Remark"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, shop, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.shop = shop
        self.fields["remark"].initial = shop.remark
        self.scores = {score.item_id: score for score in shop.scores.all()}
        for item in shop.items:
            self.add_item(item, self.scores.get(item.pk))

    def add_item(self, item, score):
        choices = [(points, points) for points in range(item.points, -1, -1)]
        choices += [(NOT_APPLICABLE, _("N/A"))] if item.may_be_na else []
        chosen = None if score is None else NOT_APPLICABLE if score.is_na else score.earned
        earned = forms.ChoiceField(label=str(item), choices=choices, required=False, initial=chosen, widget=forms.RadioSelect)
        earned.error_messages["invalid_choice"] = _("Choose one of the points shown.")
        self.fields[f"earned-{item.pk}"] = earned
        self.fields[f"note-{item.pk}"] = forms.CharField(label=_("Note"), required=False, max_length=LONGEST_NOTE, initial=score.note if score else "")
        self.fields[f"photo-{item.pk}"] = PhotoField(label=_("Photo"), required=False)
        self.fields[f"drop_photo-{item.pk}"] = forms.BooleanField(label=_("Remove the photo"), required=False)

    def sections(self):
        return [(section, [self.row(item, score) for item, score in rows]) for section, rows in self.shop.sections()]

    def row(self, item, score):
        return ItemRow(item, score, *(self[f"{name}-{item.pk}"] for name in ("earned", "note", "photo", "drop_photo")))

    def entries(self):
        """Return ``{item id: entry}`` of every item that has been touched."""
        return {item.pk: self.entry(item) for item in self.shop.items if self.is_touched(item)}

    def is_touched(self, item):
        return item.pk in self.scores or any(self.cleaned_data[f"{name}-{item.pk}"] for name in ("earned", "note", "photo"))

    def entry(self, item):
        given = {name: self.cleaned_data[f"{name}-{item.pk}"] for name in ("earned", "note", "photo", "drop_photo")}
        is_na = given["earned"] == NOT_APPLICABLE
        return given | {"earned": int(given["earned"]) if given["earned"] and not is_na else None, "is_na": is_na}
