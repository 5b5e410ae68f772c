"""Photos of a repair order: drawn anew (T111), seen by those who may see the visit (T12), kept once the car has left."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from activity.models import Event
from common.errors import Conflict, DomainError


def picture():
    out = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    return SimpleUploadedFile("scratch.png", out.getvalue(), "image/png")


@pytest.fixture
def attached(here, technician):
    return here.add_photo(picture(), by=technician, caption="Scratch")


def test_a_photo_is_added_and_shown(here, technician, advisor, page):
    page(technician).post(f"/visits/{here.pk}/add_photo/", {"photo": picture(), "caption": "Scratch"})
    photo = here.photos.get()
    assert (photo.caption, photo.taken_by, Event.objects.get().code) == ("Scratch", technician, "visit.photo_added")
    client = page(advisor)
    assert f'src="/visits/{here.pk}/photos/{photo.pk}/"' in client.get(f"/visits/{here.pk}/").content.decode()
    answer = client.get(f"/visits/{here.pk}/photos/{photo.pk}/")
    assert (answer["Content-Type"], Image.open(BytesIO(answer.getvalue())).format) == ("image/jpeg", "JPEG")


def test_what_is_no_photo_is_refused(here, advisor, page, api):
    fake = {"photo": SimpleUploadedFile("x.jpg", b"<svg/>")}
    assert list(page(advisor).post(f"/visits/{here.pk}/add_photo/", fake).context["form"].errors) == ["photo"]
    fake = {"photo": SimpleUploadedFile("x.jpg", b"<svg/>")}
    assert list(api(advisor).post(f"/api/v1/visits/{here.pk}/add_photo/", fake, format="multipart").json()["errors"]) == ["photo"]


def test_the_api_takes_a_photo(here, advisor, api):
    assert api(advisor).post(f"/api/v1/visits/{here.pk}/add_photo/", {"photo": picture()}, format="multipart").status_code == 200
    assert here.photos.count() == 1


def test_a_photo_is_removed_with_its_file(here, attached, advisor, page, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        page(advisor).post(f"/visits/{here.pk}/photos/{attached.pk}/remove/")
    assert (here.photos.exists(), default_storage.exists(attached.photo.name)) == (False, False)


def test_after_the_hand_over_photos_are_evidence(here, attached, advisor):
    here.hand_over(by=advisor)
    with pytest.raises(Conflict):
        here.remove_photo(attached, by=advisor)
    with pytest.raises(Conflict):
        here.add_photo(picture(), by=advisor)


def test_an_order_takes_only_so_many(here, advisor, monkeypatch):
    monkeypatch.setattr("visits.models.attachment.MOST_PHOTOS", 1)
    here.add_photo(picture(), by=advisor)
    with pytest.raises(DomainError, match="at most 1"):
        here.add_photo(picture(), by=advisor)


def test_strangers_and_people_without_the_right(here, attached, other_advisor, agent, page):
    for verb in ("add_photo", f"photos/{attached.pk}/remove"):
        assert page(other_advisor).post(f"/visits/{here.pk}/{verb}/").status_code == 404
        assert page(agent).post(f"/visits/{here.pk}/{verb}/").status_code == 403
    assert page(other_advisor).get(f"/visits/{here.pk}/photos/{attached.pk}/").status_code == 404
