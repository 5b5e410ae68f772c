"""S3-18 (5): the delivery ceremony is a checklist of data, ticked per delivery with who, when and photo."""

import pytest
from django.core.files.storage import default_storage

from activity.models import Event
from common.errors import Conflict, DomainError, NotAllowed
from tests.factories import make_delivery
from tests.surveys.conftest import photo
from visits.defaults import load
from visits.models import Ceremony, CeremonyItem

STEPS = [{"text_zh": "洗车", "text_en": "Wash the car"}, {"text_zh": "留档照片", "text_en": "Photo for the file", "needs_photo": True}]


@pytest.fixture
def ceremony(db):
    return Ceremony.publish(STEPS)


@pytest.fixture
def delivery(store, salesperson, ceremony):
    return make_delivery(store, salesperson=salesperson)


@pytest.fixture
def wash(ceremony):
    return ceremony.items.get(text_en="Wash the car")


@pytest.fixture
def picture(ceremony):
    return ceremony.items.get(needs_photo=True)


def tick(item, **fields):
    return {item.pk: {"is_done": True, **fields}}


def test_the_product_ships_a_ceremony_once(defaults):
    """S3-18: editing it is not undone by the next load of the defaults."""
    Ceremony.publish(STEPS)
    load()
    assert CeremonyItem.objects.filter(ceremony=Ceremony.objects.current()).count() == 2
    assert Ceremony.objects.count() == 2


def test_a_tick_keeps_who_did_it_and_when(delivery, wash, salesperson, sales_manager):
    """S3-18: a second saving by somebody else leaves the first name."""
    delivery.tick(tick(wash), by=salesperson)
    done_at = delivery.checks.get().done_at
    delivery.tick(tick(wash, note="twice"), by=sales_manager)
    check = delivery.checks.get()
    assert (check.done_by, check.done_at, check.note) == (salesperson, done_at, "twice")


def test_completeness_is_counted_and_a_complete_ceremony_was_held(delivery, wash, picture, salesperson):
    """S3-18."""
    delivery.tick(tick(wash), by=salesperson)
    assert delivery.ceremony_progress == {"done": 1, "total": 2, "percent": 50}
    assert not delivery.has_ceremony
    delivery.tick(tick(picture, photo=photo()), by=salesperson)
    delivery.refresh_from_db()
    assert delivery.has_ceremony
    assert list(Event.objects.values_list("particulars", flat=True)) == [{"done": 1, "total": 2}, {"done": 2, "total": 2}]


def test_saving_the_same_again_records_nothing(delivery, wash, salesperson):
    delivery.tick(tick(wash), by=salesperson)
    delivery.tick(tick(wash), by=salesperson)
    assert Event.objects.count() == 1


def test_a_step_with_a_photo_is_not_ticked_without_one(delivery, picture, salesperson):
    with pytest.raises(DomainError, match="needs a photo"):
        delivery.tick(tick(picture), by=salesperson)


def test_a_tick_is_taken_back_with_its_photo(delivery, picture, salesperson, django_capture_on_commit_callbacks):
    delivery.tick(tick(picture, photo=photo()), by=salesperson)
    name = delivery.checks.get().photo.name
    with django_capture_on_commit_callbacks(execute=True):
        delivery.tick({picture.pk: {"is_done": False}}, by=salesperson)
    assert not delivery.checks.exists()
    assert not default_storage.exists(name)


def test_a_delivery_keeps_the_version_it_began_with(delivery, wash, salesperson, store):
    """S3-18: a change of the checklist is a new version."""
    delivery.tick(tick(wash), by=salesperson)
    Ceremony.publish(STEPS[:1])
    assert [len(each.ceremony_items) for each in (delivery, make_delivery(store))] == [2, 1]


def test_nothing_is_ticked_while_there_is_no_ceremony(store, salesperson):
    with pytest.raises(Conflict):
        make_delivery(store).tick({1: {"is_done": True}}, by=salesperson)


def test_a_step_of_another_version_is_refused(delivery, salesperson):
    foreign = Ceremony.publish(STEPS).items.first()
    Ceremony.publish(STEPS)
    with pytest.raises(DomainError, match="no such step"):
        delivery.tick(tick(foreign), by=salesperson)


def test_an_advisor_does_not_tick(delivery, wash, advisor, page, api):
    with pytest.raises(NotAllowed):
        delivery.tick(tick(wash), by=advisor)
    assert page(advisor).get(f"/deliveries/{delivery.pk}/tick/").status_code == 403
    assert api(advisor).post(f"/api/v1/deliveries/{delivery.pk}/tick/", {"item": wash.pk, "is_done": True}).status_code == 403


def test_the_page_ticks_and_shows_who_did(delivery, wash, picture, salesperson, page):
    client = page(salesperson)
    answer = client.post(f"/deliveries/{delivery.pk}/tick/", {f"done-{wash.pk}": "on", f"photo-{picture.pk}": photo()})
    assert answer.url == f"/deliveries/{delivery.pk}/"
    html = client.get(answer.url).content.decode()
    assert "2 of 2" in html
    shown = client.get(f"/deliveries/{delivery.pk}/photos/{picture.pk}/")
    assert b"".join(shown.streaming_content).startswith(b"\xff\xd8")


def test_the_page_asks_for_the_photo_where_it_belongs(delivery, picture, salesperson, page):
    answer = page(salesperson).post(f"/deliveries/{delivery.pk}/tick/", {f"done-{picture.pk}": "on"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [f"photo-{picture.pk}"])


def test_a_photo_is_only_for_those_who_see_the_delivery(delivery, picture, salesperson, stranger, page):
    """T12: the address alone opens nothing."""
    delivery.tick(tick(picture, photo=photo()), by=salesperson)
    assert page(stranger).get(f"/deliveries/{delivery.pk}/photos/{picture.pk}/").status_code == 404


def test_the_api_lists_the_steps_and_ticks_one(delivery, wash, picture, salesperson, api):
    client = api(salesperson)
    assert client.post(f"/api/v1/deliveries/{delivery.pk}/tick/", {"item": wash.pk, "is_done": True, "note": "by hand"}).status_code == 200
    sent = client.post(f"/api/v1/deliveries/{delivery.pk}/tick/", {"item": picture.pk, "is_done": True, "photo": photo()}, format="multipart")
    assert sent.json()["has_ceremony"] is True
    steps = client.get(f"/api/v1/deliveries/{delivery.pk}/ceremony/").json()
    assert [(step["text"], step["done_by"], step["note"], step["has_photo"]) for step in steps] == [
        ("Wash the car", salesperson.pk, "by hand", False),
        ("Photo for the file", salesperson.pk, "", True),
    ]


def formset(*steps, **more):
    fields = {f"form-{place}-{name}": value for place, step in enumerate(steps) for name, value in step.items()}
    return {"form-TOTAL_FORMS": len(steps), "form-INITIAL_FORMS": 0, **fields, **more}


def test_the_settings_put_a_new_version_in_force(ceremony, care_manager, page):
    """S3-18: configurable in both languages, in the order of the places given."""
    given = formset({"text_zh": "送别", "text_en": "Goodbye", "ORDER": 2}, {"text_zh": "献花", "text_en": "Flowers", "ORDER": 1, "needs_photo": "on"})
    page(care_manager).post("/settings/ceremony/", given)
    current = Ceremony.objects.current()
    assert (current.version, current.published_by) == (2, care_manager)
    assert list(current.items.values_list("text_zh", "needs_photo")) == [("献花", True), ("送别", False)]


def test_a_ceremony_without_steps_is_refused(ceremony, care_manager, page):
    assert page(care_manager).post("/settings/ceremony/", formset()).status_code == 422
    assert Ceremony.objects.current() == ceremony


def test_who_answers_for_one_of_two_stores_does_not_change_it(ceremony, care_manager, other_store, page):
    answer = page(care_manager).post("/settings/ceremony/", formset({"text_zh": "献花", "text_en": "Flowers", "ORDER": 1}))
    assert answer.status_code == 403
    assert Ceremony.objects.current() == ceremony
