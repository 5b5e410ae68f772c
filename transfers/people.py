"""Who is meant by a name in a file of the dealer system (AR5): staff of the store by their own name, others as somebody has told."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from transfers.models import FileMapping, Kind
from transfers.models.mapping import remember
from visits.models import Delivery, Visit
from visits.signals import people_changed

PERSON = FileMapping.Part.PERSON
# Per kind of file: the rows, the person, the name as it stood in the file.
NAMED = {Kind.VISITS: (Visit, "advisor_id", "advisor_name"), Kind.DELIVERIES: (Delivery, "salesperson_id", "salesperson_name")}


def people_of(store, kind):
    """Return ``{name: user id}``; what somebody has told goes before a name that happens to be the same."""
    told = {word: int(meaning) for word, meaning in FileMapping.objects.filter(store=store, kind=kind, part=PERSON).values_list("word", "meaning")}
    return dict(User.objects.in_store(store).values_list("name", "pk")) | told


@transaction.atomic
def tell_names(store, kind, meanings, *, by):
    """Remember who is meant by each name, ``{name: user id or ""}``, and give the rows that waited for their person to them.

    Return how many these were; who polls for changes and who has such a row open sees them (T46).
    """
    remember(store, kind, PERSON, meanings, by=by)
    model, person, name = NAMED[kind]
    settled = 0
    for word, user_id in meanings.items():
        if not user_id:
            continue
        waiting = model.objects.filter(store=store, **{person: None, name: word})
        pks = list(waiting.values_list("pk", flat=True))
        if pks:
            settled += waiting.update(**{person: int(user_id)}, updated_at=timezone.now())
            people_changed.send(sender=model, store_id=store.pk, pks=pks)
    return settled
