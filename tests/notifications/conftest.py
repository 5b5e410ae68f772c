import pytest

from accounts.models import Membership, User
from accounts.roles import Role
from notifications.models import Notification, Preference
from notifications.services import notify
from stores.models import BusinessHours
from tests.factories import NOW, make_customer, make_user
from tests.notifications import steered_mail


@pytest.fixture
def head(store):
    """Wendy is head of the workshop; her language is English."""
    return make_user("wendy", Role.SERVICE_MANAGER, store, email="wendy@example.com")


@pytest.fixture
def server(settings):
    """A mail server that fails as told."""
    settings.EMAIL_BACKEND = "tests.notifications.steered_mail.EmailBackend"
    steered_mail.answers.clear()
    steered_mail.away.clear()
    yield steered_mail
    steered_mail.answers.clear()
    steered_mail.away.clear()


@pytest.fixture
def tell(store):
    """Tell somebody something at a moment; each time about another customer."""

    def told(user, code, at=NOW, **particulars):
        subject = make_customer(store)
        notify([User.objects.get(pk=user.pk)], code, subject, **{"number": "C1", "round": 1, **particulars})
        note = Notification.objects.filter(user=user, subject_id=subject.pk)
        note.update(created_at=at)
        return note.first()

    return told


@pytest.fixture
def prefer():
    def chosen(user, hour=8, **choices):
        kept = {code.replace("__", "."): {"bell": bell, "mail": mail} for code, (bell, mail) in choices.items()}
        return Preference.objects.create(user=user, digest_hour=hour, choices=kept)

    return chosen


@pytest.fixture
def closed_at_weekends(store):
    BusinessHours.objects.filter(store=store, weekday__gte=6).delete()


@pytest.fixture
def left(store, other_store):
    """Move somebody to the other store."""

    def moved(user):
        Membership.objects.filter(user=user).update(store=other_store)

    return moved
