from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.forms import day_input, moment_input
from customers.masking import seen
from followups.models import Attempt, EvidenceRule, Plan
from followups.models.condition import CODES, OF_ORDERS
from followups.models.doubt import SETTLEMENTS
from followups.outcomes import OUTCOMES, Outcome
from stores.calendar import Unit
from stores.models import Store
from surveys.forms import InterviewForm
from surveys.models import Questionnaire

LONGEST_NOTE = 4000
CONDITIONS = [*CODES, "amount_from", "amount_to", "car_models", "people"]


class OutcomeSelect(forms.RadioSelect):
    """One large button per outcome; its key is the one of the outcome's rule."""

    def create_option(self, name, value, label, selected, index, **kwargs):
        option = super().create_option(name, value, label, selected, index, **kwargs)
        if value in OUTCOMES:
            option["attrs"]["data-key"] = OUTCOMES[value].key
            option["key"] = OUTCOMES[value].key
        if value == Outcome.CALLBACK:
            option["attrs"]["data-then"] = "id_next_at"
        return option


class DialledField(forms.TypedChoiceField):
    """Which of the customer's numbers was dialled: the preferred one, unless it has failed in this follow-up and another is left."""

    def __init__(self, followup, others, user):
        preferred = " · ".join([seen(followup.customer, "phone", user), str(_("Preferred"))])
        numbers = [("", preferred), *((other.pk, self.words(other, user)) for other in others)]
        best = next(iter(followup.numbers_left()), followup.customer)
        offered = {"choices": numbers, "initial": "" if best == followup.customer else best.pk, "empty_value": None, "coerce": int}
        super().__init__(label=_("Number dialled"), required=False, widget=forms.RadioSelect, **offered)

    def words(self, other, user):
        words = [seen(other, "phone", user), other.get_label_display(), other.note, str(_("Wrong number")) if other.wrong_at else ""]
        return " · ".join(filter(None, words))


class CallForm(forms.Form):
    """What came of the call; the time belongs to "call back later" and is read in the store's own zone."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome, widget=OutcomeSelect, error_messages={"required": _("Choose an outcome.")})
    next_at = forms.DateTimeField(label=_("Call back at"), required=False, widget=moment_input(), help_text=_("Only with “Call back later”."))
    note = forms.CharField(
        label=_("Note, in the customer's own words"), required=False, max_length=LONGEST_NOTE, widget=forms.Textarea({"rows": 3, "data-key": "w"})
    )

    def __init__(self, followup, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.followup = followup
        if followup.plan.is_call and (others := followup.customer.other_phones):
            self.fields["phone"] = DialledField(followup, others, user)
        if not followup.plan.is_call:
            self.fields["outcome"].choices = [(outcome, outcome.label) for outcome in followup.plan.outcomes]
            self.fields["next_at"].widget = forms.HiddenInput()

    def clean_next_at(self):
        moment = self.cleaned_data["next_at"]
        return moment and timezone.make_aware(timezone.make_naive(moment), self.followup.store.zone)


class Call:
    """The two forms of the call screen taken together: outcome and questionnaire."""

    def __init__(self, followup, user, data=None, draft=None):
        self.followup = followup
        self.form = CallForm(followup, data, initial=draft, user=user)
        questionnaire = followup.plan.questionnaire()
        self.interview = InterviewForm(questionnaire, data, initial=draft) if questionnaire else None

    @property
    def is_completed(self):
        """Tell whether the outcome asks for the answers."""
        return self.interview is not None and self.form.cleaned_data.get("outcome") == Outcome.OK

    def is_valid(self):
        return self.form.is_valid() and (not self.is_completed or self.interview.is_valid())

    def has_answers(self):
        """Tell whether the questionnaire is filled in well enough to be submitted, whatever the outcome says."""
        return self.interview is not None and self.interview.is_valid()

    def words(self):
        """Return what has been typed so far, checked or not, as the draft keeps it."""
        names = [*self.form.fields, *(self.interview.fields if self.interview else [])]
        return {name: self.form.data[name][:LONGEST_NOTE] for name in names if self.form.data.get(name)}

    @property
    def dialled(self):
        """Return the number chosen as dialled, as ``log`` takes it."""
        phone = self.form.data.get("phone", "")
        return {"phone": int(phone)} if phone.isdecimal() else {}

    def answers(self):
        return self.interview.answers() if self.is_completed else None

    def without_faults(self):
        """Return the call to be shown again: of answers nobody has asked for, such as when nobody answered, nothing is found fault with."""
        if self.interview is not None and self.form.data.get("outcome") != Outcome.OK:
            self.interview = InterviewForm(self.interview.questionnaire, initial=self.words())
        return self


class AssignForm(forms.Form):
    assignee = forms.ModelChoiceField(User.objects.none(), label=_("Assigned to"), required=False, empty_label=_("The whole team"))

    def __init__(self, followup, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = User.objects.with_permission("followups.work", followup.store).present(followup.store.today()).order_by("name")
        self.fields["assignee"].initial = followup.assignee_id


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class PlanForm(forms.ModelForm):
    """The rule, and what it asks of an order; of other triggers nothing is asked."""

    questionnaire_code = forms.ChoiceField(label=_("Questionnaire"), required=False)

    class Meta:
        model = Plan
        fields = ["name_en", "name_zh", "offset", "unit", "is_before", "most_per_day", "role", "to_salesperson", "questionnaire_code"]
        fields += ["priority", "max_attempts", "valid_from", "valid_to", "script_en", "script_zh", *CONDITIONS]
        widgets = {"valid_from": day_input(), "valid_to": day_input(), "script_en": forms.Textarea({"rows": 8}), "script_zh": forms.Textarea({"rows": 8})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        questionnaires = {one.code: one.name for one in Questionnaire.objects.in_use().order_by("code", "version")}
        self.fields["questionnaire_code"].choices = [("", _("No questionnaire")), *questionnaires.items()]
        trigger = self.instance.trigger
        for name in self.unasked(trigger):
            del self.fields[name]
        for name in self.conditions:
            if name in CODES:
                self.fields[name] = several(CODES[name].choices, self.fields[name].label)
        if "people" in self.fields:
            doing = "visits.create" if trigger == Plan.Trigger.HAND_OVER else "visits.deliver"
            here = User.objects.with_permission_in(doing, Store.objects.all()).values("pk")
            # Who has left since stays named: a rule must not widen because somebody is gone.
            here = User.objects.filter(Q(pk__in=here) | Q(pk__in=self.instance.people)).order_by("name")
            self.fields["people"] = several([(user.pk, user.name) for user in here], self.fields["people"].label, coerce=int)
        if trigger in Plan.DATED:
            self.fields["unit"].choices = [(Unit.CALENDAR_DAYS, Unit.CALENDAR_DAYS.label)]
        if trigger != Plan.Trigger.DELIVERY:
            del self.fields["to_salesperson"]

    def clean(self):
        """A browser sends line ends of its own; a script nobody has touched has not changed."""
        cleaned = super().clean()
        return cleaned | {name: cleaned[name].replace("\r\n", "\n") for name in ("script_en", "script_zh") if cleaned.get(name)}

    @staticmethod
    def unasked(trigger):
        by_day = ["is_before", "most_per_day"]
        if trigger == Plan.Trigger.HAND_OVER:
            return by_day
        if trigger == Plan.Trigger.DELIVERY:
            return [*OF_ORDERS, *by_day]
        return [*OF_ORDERS, "people"] if trigger in Plan.DATED else [*CONDITIONS, *by_day]

    @property
    def conditions(self):
        return [name for name in self.fields if name in CONDITIONS]

    @property
    def parts(self):
        """Return the fields in the three parts of the page: the rule, what it asks for, what the caller says."""
        rule = [name for name in self.fields if name not in CONDITIONS and not name.startswith("script")]
        return [[self[name] for name in names] for names in (rule, self.conditions, ["script_en", "script_zh"])]


def several(choices, label, **kwargs):
    """Return a field for any number of ``choices``; none means all."""
    return forms.TypedMultipleChoiceField(choices=choices, label=label, required=False, widget=forms.CheckboxSelectMultiple, empty_value=[], **kwargs)


class NewPlanForm(PlanForm):
    """A rule of the group's own; what starts it is chosen before."""

    class Meta(PlanForm.Meta):
        fields = ["code", "side", "kind", *PlanForm.Meta.fields]
        widgets = PlanForm.Meta.widgets


class PreviewForm(forms.Form):
    """The day a plan is tried on: yesterday, where nobody says otherwise."""

    day = forms.DateField(label=_("What happened on"), widget=day_input())

    def clean_day(self):
        if self.cleaned_data["day"] > timezone.localdate():
            raise forms.ValidationError(_("The day must not lie in the future."), code="in_future")
        return self.cleaned_data["day"]


class SettleForm(forms.Form):
    """What was found out about doubtful calls; which of them were never made is ticked in their table."""

    status = forms.ChoiceField(
        label=_("What was found out"), choices=[(status, status.label) for status in SETTLEMENTS], widget=forms.RadioSelect,
        error_messages={"required": _("Choose what was found out.")},
        help_text=_("Voided: the calls ticked in the table were never made. They count no more, and a call still worth making is back in the queue."),
    )  # fmt: skip
    words = forms.CharField(label=_("In a few words"), max_length=400, widget=forms.Textarea({"rows": 3}))
    attempts = forms.ModelMultipleChoiceField(Attempt.objects.none(), required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, doubt, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["attempts"].queryset = doubt.attempts.valid()

    def ticked(self, attempts):
        """Return which calls are ticked: what was sent, at first all of them."""
        return {int(pk) for pk in self.data.getlist("attempts") if pk.isdecimal()} if self.is_bound else {attempt.pk for attempt in attempts}


class EvidenceRuleForm(forms.ModelForm):
    class Meta:
        model = EvidenceRule
        fields = [
            "valid_from", "pace_calls", "pace_seconds", "ring_seconds", "contact_seconds", "interview_seconds", "short_calls", "note_customers",
            "note_percent", "note_words", "note_days", "series_calls", "outside_calls", "grace_minutes", "source_en", "source_zh",
        ]  # fmt: skip
        widgets = {"valid_from": day_input(), "source_en": forms.Textarea({"rows": 6}), "source_zh": forms.Textarea({"rows": 6})}
