from itertools import groupby

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.kinds import Choice, Mail, kinds_for
from notifications.models import FIRST_HOUR, LAST_HOUR
from notifications.services import gets_mail

HOURS = [(hour, f"{hour:02}:00") for hour in range(FIRST_HOUR, LAST_HOUR + 1)]


class PreferenceForm(forms.Form):
    """Where each kind that can reach a person is told: a box for the bell and a choice of mail per kind."""

    digest_hour = forms.TypedChoiceField(label=_("Hour of the daily digest"), choices=HOURS, coerce=int)

    def __init__(self, data, *, preference):
        super().__init__(data, initial={"digest_hour": preference.digest_hour})
        user, self.kinds = preference.user, kinds_for(preference.user)
        has_mail = gets_mail(user)
        self.fields["digest_hour"].disabled = not has_mail
        for kind in self.kinds:
            choice = preference.choice(kind, user.roles)
            names = {"kind": kind.label}
            self.fields[f"{kind.code}-bell"] = forms.BooleanField(label=_("Bell: %(kind)s") % names, initial=choice.bell, required=False)
            self.fields[f"{kind.code}-mail"] = forms.ChoiceField(
                label=_("Mail: %(kind)s") % names, choices=Mail.choices, initial=choice.mail, disabled=not has_mail
            )

    @property
    def groups(self):
        """Return ``[(group, [(kind, bell, mail)])]`` for the page."""
        rows = [(kind, self[f"{kind.code}-bell"], self[f"{kind.code}-mail"]) for kind in self.kinds]
        return [(group, list(of_group)) for group, of_group in groupby(rows, key=lambda row: row[0].group)]

    @property
    def choices(self):
        return {kind.code: Choice(self.cleaned_data[f"{kind.code}-bell"], self.cleaned_data[f"{kind.code}-mail"]) for kind in self.kinds}
