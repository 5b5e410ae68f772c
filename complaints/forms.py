from itertools import groupby

from django import forms
from django.db.models import Q
from django.forms.models import ModelChoiceIterator
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import DomainError
from complaints.evidence import ACCEPT, accepted
from complaints.models import Category, Complaint
from customers.models import Vehicle
from stores.models import Department

LINES = {"rows": 3}


class CategoryIterator(ModelChoiceIterator):
    """The categories grouped under their parents."""

    def __iter__(self):
        yield "", self.field.empty_label
        for parent, categories in groupby(self.queryset, key=lambda category: category.parent):
            choices = [self.choice(category) for category in categories]
            yield from choices if parent is None else [(str(parent), choices)]


class CategoryField(forms.ModelChoiceField):
    iterator = CategoryIterator


def selectable_categories():
    """Return the categories a slip can have: the leaves of the tree that are in use."""
    return Category.objects.filter(is_active=True, children=None).select_related("parent")


class VerbForm(forms.Form):
    """What a verb asks for; several stand on one page, so each numbers its inputs by its own name."""

    verb = title = button = hint = ""
    # Whether the slip waits for just this.
    is_next_step = False

    def __init__(self, *args, complaint, **kwargs):
        self.complaint = complaint
        super().__init__(*args, auto_id=f"{self.verb}_%s", **kwargs)

    @property
    def url(self):
        return reverse(f"complaints:{self.verb}", args=[self.complaint.pk])


class ComplaintForm(forms.ModelForm):
    """A new slip. It comes filled in from a call; then nothing has to be typed (FU9)."""

    category = CategoryField(label=_("Category"), queryset=Category.objects.none())
    is_separate = forms.BooleanField(label=_("This is a separate matter, issue a slip of its own"), required=False, widget=forms.HiddenInput())

    class Meta:
        model = Complaint
        fields = ["category", "kind", "channel", "level", "department", "vehicle", "employee", "words", "wish"]
        widgets = {"words": forms.Textarea(attrs={"rows": 5}), "wish": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        store = self.instance.store
        self.fields["category"].queryset = selectable_categories()
        self.fields["department"].queryset = Department.objects.filter(store=store)
        self.fields["department"].required = False
        self.fields["department"].empty_label = _("The one responsible for the category")
        # The car the slip is about stays, also when it has been sold since.
        self.fields["vehicle"].queryset = Vehicle.objects.filter(Q(customer=self.instance.customer_id) | Q(pk=self.instance.vehicle_id))
        self.fields["employee"].queryset = User.objects.filter(Q(pk__in=User.objects.in_store(store)) | Q(pk=self.instance.employee_id)).order_by("name")

    def add_error(self, field, error):
        """Ask whether the slip is a matter of its own as soon as that is in doubt."""
        if field == "is_separate":
            self.fields[field].widget = forms.CheckboxInput()
        super().add_error(field, error)


class AnswerForm(VerbForm):
    verb = "answer"
    is_next_step = True
    title = _("Answer the slip")
    button = _("Send the answer")

    cause = forms.CharField(label=_("Cause"), widget=forms.Textarea(attrs=LINES))
    measure = forms.CharField(label=_("Measure"), widget=forms.Textarea(attrs=LINES))
    gap = forms.ChoiceField(label=_("Service gap"), required=False, choices=[("", _("Not judged")), *Complaint.Gap.choices])
    evidence = forms.FileField(label=_("Evidence"), required=False, help_text=_("A photo or a PDF."), widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}))

    def clean_evidence(self):
        upload = self.cleaned_data["evidence"]
        try:
            return upload and accepted(upload)
        except DomainError as error:
            raise forms.ValidationError(error.message, code=error.code) from error


class VerifyForm(VerbForm):
    verb = "verify"
    is_next_step = True
    title = _("Verify with the customer")
    button = _("Write down")
    hint = _("Only what the customer says counts; who answered cannot verify.")

    is_satisfied = forms.TypedChoiceField(
        label=_("Is the customer satisfied?"),
        choices=[("true", _("Yes, close the slip")), ("false", _("No, issue the next round"))],
        coerce=lambda value: value == "true",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Customer's words"), required=False, widget=forms.Textarea(attrs=LINES))


class ReassignForm(VerbForm):
    verb = "reassign"
    title = _("Send to another department")
    button = _("Send on")
    hint = _("The deadline of the round stays.")

    department = forms.ModelChoiceField(label=_("Responsible department"), queryset=Department.objects.none())
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.filter(store=self.complaint.store_id).exclude(pk=self.complaint.department_id)


class AskExceptionForm(VerbForm):
    verb = "ask_exception"
    title = _("Ask for closing by exception")
    button = _("Ask for it")
    hint = _("When the customer cannot be satisfied by anything reasonable; somebody else decides.")

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs=LINES))


class ApproveExceptionForm(VerbForm):
    verb = "approve_exception"
    is_next_step = True
    title = _("Approve the exception")
    button = _("Approve and close")
    hint = _("The slip closes although the customer is not satisfied.")


class RejectExceptionForm(VerbForm):
    verb = "reject_exception"
    is_next_step = True
    title = _("Refuse the exception")
    button = _("Refuse it")
    hint = _("The slip goes on where it stood.")

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs=LINES))
