"""Photos: drawn anew, under a random name, served only to those who may see the shop (T12, T111)."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.roles import Role
from common.errors import DomainError
from common.photos import reencoded
from tests.factories import make_user
from tests.surveys.conftest import finish, photo


@pytest.fixture
def pictured(shop, auditor):
    """A draft whose first item has a photo."""
    shop.enter({shop.items[0].pk: {"earned": 5, "photo": photo()}}, by=auditor)
    return shop


def address_of(shop):
    return f"/mystery-shops/{shop.pk}/photos/{shop.items[0].pk}/"


def test_it_is_drawn_anew_at_most_1600_pixels_wide():
    drawn = Image.open(reencoded(photo(4000, 3000)))
    assert (drawn.format, drawn.size) == ("JPEG", (1600, 1200))


def test_a_small_photo_keeps_its_size_and_becomes_a_jpeg():
    drawn = Image.open(reencoded(photo(300, 200, "PNG")))
    assert (drawn.format, drawn.size) == ("JPEG", (300, 200))


def test_position_and_camera_are_forgotten_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112], exif[0x0110] = 6, "Phone of somebody"
    exif.get_ifd(0x8825)[1] = "N"
    drawn = Image.open(reencoded(photo(200, 100, exif=exif)))
    assert drawn.size == (100, 200)
    assert dict(drawn.getexif()) == {}


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script>",
        b"GIF89a",
        b"%PDF-1.4",
        b"",
        b"\xff\xd8\xff broken",
    ],
)
def test_what_is_not_a_photo_is_refused(content):
    with pytest.raises(DomainError, match="This is not a photo") as refused:
        reencoded(SimpleUploadedFile("harmless.jpg", content, "image/jpeg"))
    assert refused.value.code == "photo_format"


def test_a_truncated_photo_is_refused():
    whole = photo().read()
    with pytest.raises(DomainError, match="not a photo"):
        reencoded(SimpleUploadedFile("half.jpg", whole[: len(whole) // 2]))


def test_more_pixels_than_a_phone_takes_are_refused():
    flat = BytesIO()
    Image.new("1", (9000, 8000)).save(flat, "PNG")
    with pytest.raises(DomainError) as refused:
        reencoded(SimpleUploadedFile("bomb.png", flat.getvalue()))
    assert refused.value.code == "photo_pixels"


def test_a_script_hidden_behind_a_photo_does_not_survive():
    disguised = SimpleUploadedFile("a.jpg", photo().read() + b"<script>alert(1)</script>")
    assert b"<script>" not in reencoded(disguised).read()


def test_its_name_is_random(pictured):
    name = pictured.scores.get().photo.name
    assert name.startswith("mystery-shops/") and "IMG" not in name and len(name) == len("mystery-shops/") + 36


def test_it_is_served_to_those_who_may_see_the_shop(pictured, auditor, page):
    answer = page(auditor).get(address_of(pictured))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, max-age=3600"
    assert Image.open(BytesIO(b"".join(answer.streaming_content))).size == (1600, 800)


def test_nobody_else_gets_it(pictured, auditor, salesperson, advisor, agent, other_store, page, client):
    address = address_of(pictured)
    assert client.get(address).status_code == 302
    assert page(agent).get(address).status_code == 403
    for person in (salesperson, advisor, make_user("olga", Role.AUDITOR, other_store)):
        assert page(person).get(address).status_code == 404
    finish(pictured, auditor)
    assert page(salesperson).get(address).getvalue().startswith(b"\xff\xd8")
    assert page(advisor).get(address).status_code == 404


def test_an_item_without_a_photo_is_not_found(pictured, auditor, page):
    pictured.enter({pictured.items[1].pk: {"earned": 1}}, by=auditor)
    for item_pk in (pictured.items[1].pk, pictured.items[2].pk, 999999):
        assert page(auditor).get(f"/mystery-shops/{pictured.pk}/photos/{item_pk}/").status_code == 404


def test_entering_again_without_a_photo_keeps_the_old_one(pictured, auditor):
    name = pictured.scores.get().photo.name
    pictured.enter({pictured.items[0].pk: {"earned": 4}}, by=auditor)
    assert pictured.scores.get().photo.name == name


def test_a_new_photo_replaces_the_old_file(pictured, auditor, django_capture_on_commit_callbacks):
    old = pictured.scores.get().photo.name
    with django_capture_on_commit_callbacks(execute=True):
        pictured.enter({pictured.items[0].pk: {"earned": 5, "photo": photo(400, 300)}}, by=auditor)
    new = pictured.scores.get().photo.name
    assert new != old
    assert default_storage.exists(new) and not default_storage.exists(old)


@pytest.mark.parametrize("remove", ["drop", "discard"])
def test_a_photo_taken_back_is_gone_from_the_disk(pictured, auditor, remove, django_capture_on_commit_callbacks):
    name = pictured.scores.get().photo.name
    with django_capture_on_commit_callbacks(execute=True):
        if remove == "drop":
            pictured.enter({pictured.items[0].pk: {"earned": 5, "drop_photo": True}}, by=auditor)
        else:
            pictured.discard(by=auditor)
    assert not default_storage.exists(name)
