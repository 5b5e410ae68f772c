from django import forms
from django.utils.translation import gettext_lazy as _

from common.photos import PhotoField


class PhotoForm(forms.Form):
    photo = PhotoField(label=_("Photo"))
