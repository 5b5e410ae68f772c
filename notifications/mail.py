"""The text of a letter, in the language and the time zone of whoever reads it."""

from collections import defaultdict
from email.utils import parseaddr
from html import unescape

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.bundles import bundles_of
from notifications.kinds import Mail, kind_of

MOST_LINES = 50


def compose(letter, zone=None):
    """Return the mail, its times in ``zone``; None where nothing is left to tell: read meanwhile, or of a store the person has left."""
    user = letter.user
    notes = list(letter.notifications.for_user(user).unread().order_by("created_at", "pk")) if user.is_active else []
    if not notes:
        return None
    with translation.override(user.language or settings.LANGUAGE_CODE), timezone.override(zone):
        body = body_of(letter, bundles_of(notes, plain))
        return EmailMessage(subject_of(letter, notes), body, to=[user.email], headers=headers_of(letter))


def plain(worded):
    """Return the wording of the bell as plain text."""
    return " ".join(unescape(strip_tags(worded)).split())


def subject_of(letter, notes):
    """Return a subject that names no customer: it is read on locked screens."""
    if letter.mail == Mail.DIGEST:
        return ngettext("Manyi: %(count)s notification to read", "Manyi: %(count)s notifications to read", len(notes)) % {"count": len(notes)}
    first = next((note for note in notes if note.is_urgent), notes[0])
    words = {"label": kind_of(first.code).label, "more": len(notes) - 1}
    form = {
        (True, True): _("Manyi, urgent: %(label)s and %(more)s more"),
        (True, False): _("Manyi, urgent: %(label)s"),
        (False, True): _("Manyi: %(label)s and %(more)s more"),
        (False, False): _("Manyi: %(label)s"),
    }
    return form[first.is_urgent, len(notes) > 1] % words


def body_of(letter, bundles):
    groups = defaultdict(list)
    for bundle in bundles[:MOST_LINES]:
        groups[str(bundle.kind.group)].append((bundle, url_of(bundle)))
    context = {
        "user": letter.user,
        "is_digest": letter.mail == Mail.DIGEST,
        "groups": dict(groups),
        "left_out": max(len(bundles) - MOST_LINES, 0),
        "list_url": link("notifications:list"),
        "preferences_url": link("notifications:preferences"),
    }
    return render_to_string("notifications/letter.txt", context)


def url_of(bundle):
    """Return a link that opens for its owner alone: to the one thing it is about, else to the bell."""
    return link("notifications:detail", bundle.notes[0].pk) if len(bundle.notes) == 1 else link("notifications:list")


def headers_of(letter):
    """Name the letter the same at every try, so that a mail sent twice is shown once, and say that a program wrote it."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return {"Message-ID": f"<letter-{letter.pk}@{domain}>", "Auto-Submitted": "auto-generated"}


def link(name, *args):
    return settings.SITE_URL + reverse(name, args=args)
