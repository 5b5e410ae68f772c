"""When a person works: by the calendar of the store they belong to."""

from datetime import datetime, time

from notifications.kinds import Mail
from stores.calendar import Calendar
from stores.models import Store


class WorkingHours:
    """Finds the calendar of each person; stores and their hours are read once."""

    def __init__(self):
        self.stores = list(Store.objects.order_by("code"))
        self.calendars = {}

    def of(self, user):
        """Return the calendar of the user's store, None while there is no store at all."""
        store = self.home_of(user)
        if store is not None and store.pk not in self.calendars:
            self.calendars[store.pk] = Calendar(store)
        return self.calendars.get(store.pk) if store else None

    def home_of(self, user):
        """Return the store a person belongs to: their own, else the first of their region, else the first of all."""
        memberships = sorted(user.memberships.all(), key=lambda each: (each.store_id is None, each.region_id is None, each.pk))
        covered = (store for each in memberships for store in self.stores if covers(each, store))
        return next(covered, None) or next(iter(self.stores), None)


def covers(membership, store):
    return membership.is_group or store.pk == membership.store_id or store.region_id == membership.region_id


def digest_moment(calendar, hour, now):
    """Return today's moment of the digest if it may go out now, else None.

    It goes on working days from its hour on. Whoever could not send it then does so within the hour or while the store is open.
    """
    today = calendar.store.today(now)
    moment = datetime.combine(today, time(hour), calendar.store.zone)
    if now < moment or not calendar.is_working_day(today):
        return None
    return moment if is_fresh(moment, now) or calendar.is_open(now) else None


def is_fresh(moment, now):
    return (now - moment).total_seconds() < 3600


def held_until(calendar, letter, now):
    """Return until when a belated letter has to wait, None where it may go: only what is urgent goes out while the store is closed."""
    if letter.is_urgent or calendar is None or is_fresh(letter.created_at, now):
        return None
    opening = calendar.opening(now, on_working_days=letter.mail == Mail.DIGEST)
    return opening if opening > now else None
