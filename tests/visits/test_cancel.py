from activity.models import Event


def test_a_visit_logged_by_mistake_is_cancelled_with_a_reason(here, advisor, page):
    answer = page(advisor).post(f"/visits/{here.pk}/cancel/", {"reason": "wrong car"})
    assert answer.url == f"/visits/{here.pk}/"
    here.refresh_from_db()
    assert here.status == "cancelled"
    event = Event.objects.get()
    assert (event.code, event.particulars["reason"]) == ("visit.cancelled", "wrong car")


def test_a_reason_is_needed(here, advisor, page, api):
    assert list(page(advisor).post(f"/visits/{here.pk}/cancel/", {}).context["form"].errors) == ["reason"]
    assert list(api(advisor).post(f"/api/v1/visits/{here.pk}/cancel/", {"reason": ""}).json()["errors"]) == ["reason"]
    here.refresh_from_db()
    assert here.status == "in_shop"


def test_a_car_handed_over_cannot_be_cancelled(here, advisor, page, api):
    here.hand_over(by=advisor)
    assert page(advisor).post(f"/visits/{here.pk}/cancel/", {"reason": "x"}).status_code == 409
    assert api(advisor).post(f"/api/v1/visits/{here.pk}/cancel/", {"reason": "x"}).status_code == 409


def test_strangers_and_people_without_the_right(here, other_advisor, agent, page, api):
    assert page(other_advisor).post(f"/visits/{here.pk}/cancel/", {"reason": "x"}).status_code == 404
    assert api(other_advisor).post(f"/api/v1/visits/{here.pk}/cancel/", {"reason": "x"}).status_code == 404
    assert page(agent).post(f"/visits/{here.pk}/cancel/", {"reason": "x"}).status_code == 403
    assert api(agent).post(f"/api/v1/visits/{here.pk}/cancel/", {"reason": "x"}).status_code == 403


def test_get_changes_nothing(here, advisor, page, api):
    assert page(advisor).get(f"/visits/{here.pk}/cancel/").status_code == 200
    assert api(advisor).get(f"/api/v1/visits/{here.pk}/cancel/").status_code == 405
    assert not Event.objects.exists()


def test_the_api_agrees(here, advisor, api):
    assert api(advisor).post(f"/api/v1/visits/{here.pk}/cancel/", {"reason": "wrong car"}).json()["status"] == "cancelled"
