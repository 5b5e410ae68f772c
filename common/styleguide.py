"""The examples of the style page; all of them invented."""

from datetime import timedelta
from types import SimpleNamespace

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.looks import STATUS_LOOKS

MONTHS = ["2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"]
TREND = [812.4, 815.0, 809.3, 818.1, None, 824.6, 829.0, 827.5, 833.2, 836.0, 838.8, 841.7]
ROWS = [
    {"plate": "沪A·12**5", "customer": "示例一", "status": "in_shop", "amount": 1280.0},
    {"plate": "苏E·80**1", "customer": "示例二", "status": "handed_over", "amount": 560.5},
    {"plate": "浙B·D3**88", "customer": "Example 3", "status": "no_show", "amount": 0.0},
]
ICONS = ["phone-call", "wrench", "key-round", "users", "car-front", "message-square-warning", "clipboard-check", "chart-column", "clock", "alarm-clock"]


class Example:
    """Stands for any object with a status."""

    def __init__(self, status):
        self.status = status

    def get_status_display(self):
        return self.status


class ExampleFilter:
    """Stands for the filter set of a list."""

    class Form(forms.Form):
        plate = forms.CharField(label=gettext_lazy("Plate"), required=False)
        status = forms.ChoiceField(label=gettext_lazy("Status"), required=False, choices=[("", gettext_lazy("All")), ("overdue", gettext_lazy("Overdue"))])
        since = forms.DateField(label=gettext_lazy("Since"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data):
        self.form = self.Form(data)


class ExampleForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), help_text=gettext_lazy("As on the driving licence."))
    phone = forms.CharField(label=gettext_lazy("Phone"), min_length=11)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=[("phone", gettext_lazy("Phone")), ("wechat", gettext_lazy("WeChat"))])
    answer = forms.ChoiceField(label=gettext_lazy("Satisfied?"), widget=forms.RadioSelect, choices=[("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5")])
    notes = forms.CharField(label=gettext_lazy("Notes"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    is_agreed = forms.BooleanField(label=gettext_lazy("The customer agrees to be called"), required=False)


def faulty_form():
    return ExampleForm({"example-name": "示例", "example-phone": "138", "example-channel": "phone", "example-answer": "4"}, prefix="example")


def status_examples():
    return [Example(slug) for slug in STATUS_LOOKS if "." not in slug]


def kpi_tiles():
    whole = {"unit": "", "target": 830.0, "n": 214, "interval": (834.1, 849.3), "trend": TREND, "url": "#numbers"}
    return [
        {**whole, "label": _("Service satisfaction (CSI)"), "value": 841.7, "gap": 11.7, "reached": True},
        {
            "label": _("Calls that reached the customer"),
            "value": 71.4,
            "unit": "%",
            "target": 75.0,
            "gap": -3.6,
            "n": 380,
            "interval": (66.7, 75.7),
            "reached": False,
            "trend": [74.0, 75.5, 73.2, 71.4],
        },
        {"label": _("Mystery shops"), "value": 88.0, "target": 90.0, "gap": -2.0, "n": 3, "reached": False, "is_small": True},
        {"label": _("Comebacks"), "value": 2.3, "unit": "%", "n": 611, "interval": (1.4, 3.8), "trend": [3.1, 2.8, 2.9, 2.3]},
        {"label": _("Sales satisfaction (CSS)"), "value": None, "target": 900.0, "n": 0},
    ]


def line_chart():
    sales = [None if value is None else round(value + 21.5 - place, 1) for place, value in enumerate(TREND)]
    return {
        "title": _("Satisfaction, 12 months"),
        "type": "line",
        "axis": _("Month"),
        "labels": MONTHS,
        "series": [{"name": "CSI", "values": TREND}, {"name": "CSS", "values": sales}],
        "target": 830,
    }


def bar_chart():
    labels = [_("Reached"), _("No answer"), _("Refused"), _("Wrong number")]
    return {"title": _("Calls by outcome"), "type": "bar", "labels": labels, "series": [{"name": _("Calls"), "values": [241, 88, 12, 9]}]}


def deadlines():
    now = timezone.now()
    return [
        {"due_at": now + timedelta(days=2), "explanation": [_("Counted: 2 working days."), _("Saturday is a make-up working day.")]},
        {"due_at": now + timedelta(minutes=45)},
        {"due_at": now - timedelta(hours=26)},
        {"due_at": now - timedelta(days=3), "done_at": now - timedelta(days=4)},
        {"due_at": now - timedelta(days=3), "done_at": now - timedelta(days=1)},
    ]


def events():
    now = timezone.now()
    sentences = [
        _("Answered by the department: the noise came from a loose heat shield, now fixed."),
        _("Slip issued to the workshop, round 1."),
        _("Complaint raised during a call."),
    ]
    return [example_event(text, now - timedelta(hours=5 * place)) for place, text in enumerate(sentences)]


def example_event(sentence, at):
    return SimpleNamespace(at=at, actor="示例客服", particulars={"sentence": sentence}, template_names=["common/_example_event.html"])


def tab_items():
    here = reverse("common:styleguide")
    return [(_("All"), here, 312), (_("Due now"), f"{here}?page=2", 14), (_("Done"), f"{here}?page=3")]
