from collections import defaultdict

from django.conf import settings
from django.contrib.contenttypes.models import ContentType

from accounts.models import Membership
from common.tasks import wake
from notifications.kinds import Choice, Mail, kind_of
from notifications.models import Notification, Preference
from notifications.tasks import mail_staff


def notify(users, code, subject, **particulars):
    """Tell each person as they have chosen; the same fact about the same object is told once."""
    users, kind = list(users), kind_of(code)
    choices = choices_of(users, kind)
    about = {
        "code": code,
        "subject_type": ContentType.objects.get_for_model(subject),
        "subject_id": subject.pk,
        "store_id": getattr(subject, "store_id", None),
        "particulars": particulars,
    }
    told = [Notification(user=user, in_bell=choice.bell, mail=choice.mail, **about) for user, choice in choices if choice != NOWHERE]
    Notification.objects.bulk_create(told, ignore_conflicts=True)
    if any(note.is_urgent and note.mail == Mail.AT_ONCE for note in told):
        wake(mail_staff)


NOWHERE = Choice(bell=False, mail=Mail.NONE)


def choices_of(users, kind):
    """Return ``[(user, where the kind is told to them)]``."""
    preferences = {preference.user_id: preference for preference in Preference.objects.filter(user__in=users)}
    roles = roles_of(users) if kind.at_once or kind.digest else defaultdict(set)
    chosen = [(user, preferences.get(user.pk) or Preference(user=user)) for user in users]
    return [(user, possible(preference.choice(kind, roles[user.pk]), kind, user)) for user, preference in chosen]


def roles_of(users):
    roles = defaultdict(set)
    for user_id, role in Membership.objects.filter(user__in=users).values_list("user_id", "role"):
        roles[user_id].add(role)
    return roles


def possible(choice, kind, user):
    """Return the choice as far as it can be kept: what cannot be mailed rings, and so does what is urgent and would be told nowhere at once."""
    mail = choice.mail if gets_mail(user) else Mail.NONE
    able = Choice(bell=choice.bell or mail != choice.mail, mail=mail)
    return Choice(bell=True, mail=mail) if kind.is_silenced_by(able) else able


def gets_mail(user):
    return settings.SENDS_MAIL and bool(user.email)
