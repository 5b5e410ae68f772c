from django import forms
from django.utils.translation import gettext_lazy as _


class StoreField(forms.ModelChoiceField):
    """Choose among the stores where ``user`` holds ``permission``; hidden for people of one store."""

    def __init__(self, user, permission):
        stores = user.stores_with(permission)
        super().__init__(stores, label=_("Store"), empty_label=None)
        only = stores[:2]
        if len(only) == 1:
            self.widget = forms.HiddenInput()
            self.initial = only[0]
