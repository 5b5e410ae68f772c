"""S2-42, S4-19: people put up their own photo; it is drawn anew and shown to colleagues only."""

from io import BytesIO

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture(size=(40, 30)):
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, "PNG")
    return SimpleUploadedFile("me.png", out.getvalue(), "image/png")


def test_a_photo_is_drawn_anew_shown_and_replaced(advisor, agent, page, django_capture_on_commit_callbacks):
    client = page(advisor)
    assert client.post("/account/photo/", {"photo": picture()}).status_code == 302
    answer = page(agent).get(f"/staff/{advisor.pk}/photo/")
    assert (answer["Content-Type"], Image.open(BytesIO(answer.getvalue())).format) == ("image/jpeg", "JPEG")
    advisor.refresh_from_db()
    old = advisor.photo.name
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/account/photo/", {"photo": picture((20, 20))})
    advisor.refresh_from_db()
    assert (default_storage.exists(advisor.photo.name), default_storage.exists(old)) == (True, False)


def test_what_is_no_photo_is_refused(advisor, page):
    answer = page(advisor).post("/account/photo/", {"photo": SimpleUploadedFile("x.jpg", b"<svg/>")})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["photo"])


def test_a_photo_is_taken_down(advisor, page, django_capture_on_commit_callbacks):
    client = page(advisor)
    client.post("/account/photo/", {"photo": picture()})
    advisor.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/account/photo/remove/").status_code == 302
    assert not default_storage.exists(advisor.photo.name)
    assert client.get(f"/staff/{advisor.pk}/photo/").status_code == 404


def test_a_stranger_sees_no_photo(advisor, stranger, page):
    page(advisor).post("/account/photo/", {"photo": picture()})
    assert page(stranger).get(f"/staff/{advisor.pk}/photo/").status_code == 404
