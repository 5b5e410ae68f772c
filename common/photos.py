"""Uploaded photos are drawn anew: a photo is then only a photo, without position, camera or hidden script (T111)."""

from io import BytesIO

from django import forms
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from common.errors import DomainError

LONGEST_SIDE = 1600
LARGEST_FILE = 20 * 1024 * 1024
# A phone takes up to 50 million pixels; a file that claims more is a trap for the memory.
MOST_PIXELS = 60_000_000
FORMATS = ["JPEG", "PNG", "WEBP"]


class Photo(ContentFile):
    """A photo that has been drawn anew."""


def reencoded(upload):
    """Return the upload as a JPEG of at most 1600 pixels a side, or refuse what is not a photo."""
    if isinstance(upload, Photo):
        return upload
    if upload.size > LARGEST_FILE:
        raise DomainError(_("The photo is too large; at most 20 MB are accepted."), code="photo_size", field="photo")
    try:
        with Image.open(upload, formats=FORMATS) as image:
            return as_jpeg(image)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DomainError(_("This is not a photo. JPEG, PNG and WebP are accepted."), code="photo_format", field="photo") from error


def as_jpeg(image):
    if image.width * image.height > MOST_PIXELS:
        raise DomainError(_("The photo has too many pixels; at most 60 million are accepted."), code="photo_pixels", field="photo")
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = BytesIO()
    upright.save(out, "JPEG", quality=82, optimize=True)
    return Photo(out.getvalue(), name="photo.jpg")


class PhotoField(forms.FileField):
    """Takes photos only and gives them drawn anew."""

    widget = forms.FileInput(attrs={"accept": "image/*", "capture": "environment"})

    def clean(self, data, initial=None):
        upload = super().clean(data, initial)
        try:
            return reencoded(upload) if upload else None
        except DomainError as error:
            raise forms.ValidationError(error.message, code=error.code) from error


def photo_response(photo):
    """Serve a stored photo; whatever the file holds, the browser runs nothing of it (T111)."""
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, max-age=3600"}
    return FileResponse(photo.open(), content_type="image/jpeg", headers=headers)


def forget(photo):
    """Remove the file once the change of its row is certain."""
    storage, name = photo.storage, photo.name
    transaction.on_commit(lambda: storage.delete(name))
