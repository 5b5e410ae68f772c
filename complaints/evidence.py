"""What a department may attach to its answer: a photo, drawn anew, or a PDF."""

from secrets import token_hex

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from common.photos import reencoded

LARGEST_PDF = 10 * 1024 * 1024
ACCEPT = "image/jpeg,image/png,image/webp,application/pdf"


def accepted(upload):
    """Return the upload under a random name; its content decides what it is, never its name."""
    head = upload.read(5)
    upload.seek(0)
    try:
        content = pdf(upload) if head == b"%PDF-" else reencoded(upload)
    except DomainError as error:
        if error.code != "photo_format":
            raise DomainError(error.message, code=error.code, field="evidence") from error
        message = _("This is neither a photo nor a PDF. JPEG, PNG, WebP and PDF are accepted.")
        raise DomainError(message, code="evidence_format", field="evidence") from error
    content.name = f"{token_hex(16)}.{'pdf' if head == b'%PDF-' else 'jpg'}"
    return content


def pdf(upload):
    if upload.size > LARGEST_PDF:
        raise DomainError(_("The PDF is too large; at most 10 MB are accepted."), code="pdf_size", field="evidence")
    return ContentFile(upload.read())
