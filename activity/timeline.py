from dataclasses import dataclass

from activity.models import Event, Topic

EVENTS_AT_ONCE = 40


@dataclass(frozen=True)
class Timeline:
    """A stretch of events, newest first, narrowed to a topic and a car, and where the older ones are."""

    events: list[Event]
    topic: str
    vehicle: str
    topics: list
    older: int | None


def timeline_of(events, query):
    """Return the stretch of ``events`` that the query string (topic, vehicle, from) asks for; nonsense asks for nothing."""
    topic = query.get("topic", "") if query.get("topic") in Topic else ""
    vehicle = query.get("vehicle", "") if query.get("vehicle", "").isdecimal() else ""
    start = int(query["from"]) if query.get("from", "").isdecimal() else 0
    if topic:
        events = events.on_topic(topic)
    if vehicle:
        events = events.filter(vehicle_ref=vehicle)
    found = list(events[start : start + EVENTS_AT_ONCE + 1]) if start < 10**6 else []
    older = start + EVENTS_AT_ONCE if len(found) > EVENTS_AT_ONCE else None
    return Timeline(found[:EVENTS_AT_ONCE], topic, vehicle, Topic.choices, older)


def history_of(setting):
    """Return what happened to a rule lately, newest first; nothing of one not saved yet."""
    return Event.objects.about(setting)[:EVENTS_AT_ONCE] if setting.pk else []
