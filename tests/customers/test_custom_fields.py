"""Own fields without a deploy (AR7)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from activity.models import Event
from activity.templatetags.wording import field_names
from customers.models import Customer, CustomField, Vehicle
from customers.models.custom_field import purge_expired
from tests.factories import make_customer, make_user, make_vehicle, make_visit
from visits.models import Visit

FIELDS = "/settings/fields/"
COLOURS = [{"code": "1", "zh": "红", "en": "red"}, {"code": "2", "zh": "蓝", "en": "blue"}]
# type → what is typed, what is stored, what the API takes, what it refuses
KINDS = {
    "text": ("tea", "tea", "tea", "x" * 201),
    "long_text": ("two\nlines", "two\nlines", "two\nlines", "x" * 4001),
    "whole": ("12", 12, 12, "twelve"),
    "decimal": ("1.50", "1.5", "1.50", "1,5x"),
    "date": ("2026-02-28", "2026-02-28", "2026-02-28", "2026-02-30"),
    "yes_no": ("yes", True, True, "yes"),
    "choice": ("2", "2", "2", "9"),
    "choices": (["1", "2"], ["1", "2"], ["1", "2"], "1"),
    "link": ("https://example.com/a", "https://example.com/a", "https://example.com/a", "no address"),
}


@pytest.fixture
def group_manager(db):
    return make_user("gina", Role.GROUP_MANAGER, is_group=True)


def make_field(kind="text", subject="customer", **fields):
    options = COLOURS if kind.startswith("choice") else []
    defaults = {"code": f"my_{kind}", "name_en": f"My {kind}", "name_zh": f"我的{kind}", "options": options}
    return CustomField.objects.create(subject=subject, kind=kind, **{**defaults, **fields})


def typed(customer, **values):
    return {"name": customer.name, "kind": "person", "phone": customer.phone, **values}


def test_there_are_nine_types():
    assert len(KINDS) == len(CustomField.Kind) == 9


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_goes_through_form_page_and_timeline(agent, page, store, kind):
    """AR7: in the form and the audit at once, without a restart."""
    customer, field = make_customer(store), make_field(kind)
    answer = page(agent).post(f"/customers/{customer.pk}/edit/", typed(customer, **{f"custom_my_{kind}": KINDS[kind][0]}))
    assert answer.status_code == 302
    assert Customer.objects.get().custom == {field.code: KINDS[kind][1]}
    assert Event.objects.get(code="customer.edited").particulars["fields"] == [f"custom.my_{kind}"]
    assert f"My {kind}" in page(agent).get(f"/customers/{customer.pk}/").content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_the_form_shows_what_is_stored(agent, page, store, kind):
    make_field(kind)
    customer = make_customer(store, custom={f"my_{kind}": KINDS[kind][1]})
    form = page(agent).get(f"/customers/{customer.pk}/edit/").context["form"]
    again = page(agent).post(f"/customers/{customer.pk}/edit/", typed(customer, **{f"custom_my_{kind}": KINDS[kind][0]}))
    assert form[f"custom_my_{kind}"].value() is not None
    assert (again.status_code, Event.objects.filter(code="customer.edited").count()) == (302, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_api_takes_and_refuses_by_type(agent, api, store, kind):
    customer, field = make_customer(store), make_field(kind)
    client, address = api(agent), f"/api/v1/customers/{customer.pk}/"
    assert client.patch(address, {"custom": {field.code: KINDS[kind][2]}}).json()["custom"] == {field.code: KINDS[kind][1]}
    refused = client.patch(address, {"custom": {field.code: KINDS[kind][3]}})
    assert (refused.status_code, list(refused.json()["errors"]["custom"])) == (400, [field.code])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wrong", [{"a": 1}, [], 5, "\x00"])
def test_no_value_breaks_the_api(agent, api, store, kind, wrong):
    customer, field = make_customer(store), make_field(kind)
    assert api(agent).patch(f"/api/v1/customers/{customer.pk}/", {"custom": {field.code: wrong}}).status_code in (200, 400)


def test_the_api_changes_only_what_is_sent(agent, api, store):
    make_field("text")
    make_field("whole")
    customer = make_customer(store, custom={"my_text": "tea", "my_whole": 3})
    answer = api(agent).patch(f"/api/v1/customers/{customer.pk}/", {"custom": {"my_whole": None}})
    assert answer.json()["custom"] == {"my_text": "tea"}


def test_an_unknown_code_is_named(agent, api, store):
    answer = api(agent).patch(f"/api/v1/customers/{make_customer(store).pk}/", {"custom": {"nope": 1}})
    assert answer.json()["errors"] == {"custom": {"nope": ["There is no such field; the codes are: –."]}}


@pytest.mark.parametrize(
    ("kind", "wanted"), [("text", "EA"), ("whole", "12"), ("decimal", "1.50"), ("date", "2026-02-28"), ("yes_no", "yes"), ("choice", "2"), ("choices", "2")]
)
def test_a_list_is_filtered_by_it(agent, page, store, kind, wanted):
    make_field(kind)
    hit = make_customer(store, custom={f"my_{kind}": KINDS[kind][1]})
    make_customer(store)
    assert list(page(agent).get("/customers/", {f"custom_my_{kind}": wanted}).context["page_obj"]) == [hit]


def test_a_wrong_filter_value_shows_nothing_and_says_so(agent, page, store):
    make_field("whole")
    make_customer(store)
    answer = page(agent).get("/customers/", {"custom_my_whole": "x"})
    assert (list(answer.context["page_obj"]), list(answer.context["filter"].form.errors)) == ([], ["custom_my_whole"])


def test_a_listed_field_is_a_column(agent, page, store):
    make_field("choice", is_listed=True)
    make_customer(store, custom={"my_choice": "2"})
    assert "blue" in page(agent).get("/customers/").content.decode()


@pytest.mark.parametrize("model", [Vehicle, Visit])
def test_cars_and_visits_have_them_too(advisor, page, api, store, model):
    make_field("choice", subject=model._meta.model_name, is_listed=True)
    vehicle = make_vehicle(store)
    row = vehicle if model is Vehicle else make_visit(store, vehicle)
    place = "vehicles" if model is Vehicle else "visits"
    assert api(advisor).patch(f"/api/v1/{place}/{row.pk}/", {"custom": {"my_choice": "2"}}).status_code == 200
    for address in (f"/{place}/", f"/{place}/{row.pk}/"):
        assert "blue" in page(advisor).get(address).content.decode()
    assert 'name="custom_my_choice"' in page(advisor).get(f"/{place}/{row.pk}/edit/").content.decode()


def test_a_list_typed_anew_keeps_the_codes_of_its_entries(group_manager, page):
    field = make_field("choice")
    page(group_manager).post(f"{FIELDS}{field.pk}/edit/", {"name_zh": "颜色", "name_en": "Colour", "entries": "绿\n蓝 | navy\n"})
    field.refresh_from_db()
    assert field.options == [{"code": "3", "zh": "绿", "en": "绿"}, {"code": "2", "zh": "蓝", "en": "navy"}]


def test_a_list_without_entries_is_refused(group_manager, page):
    answer = page(group_manager).post(
        f"{FIELDS}new/", {"subject": "customer", "code": "a", "kind": "choice", "name_zh": "一", "name_en": "A", "entries": " \n"}
    )
    assert answer.context["form"].errors == {"entries": ["Give at least one entry of the list."]}


def test_a_field_is_made_on_the_page(group_manager, page):
    values = {"subject": "vehicle", "code": "seat_cover", "kind": "yes_no", "name_zh": "座套", "name_en": "Seat cover"}
    assert page(group_manager).post(f"{FIELDS}new/", values).status_code == 302
    assert CustomField.objects.get().created_by == group_manager


@pytest.mark.parametrize("code", ["Big", "1a", "a-b", "颜色", ""])
def test_a_code_that_cannot_be_addressed_is_refused(group_manager, page, code):
    answer = page(group_manager).post(f"{FIELDS}new/", {"subject": "vehicle", "code": code, "kind": "text", "name_zh": "座套", "name_en": "Seat cover"})
    assert list(answer.context["form"].errors) == ["code"]


def test_the_manager_of_one_of_several_stores_changes_no_field(care_manager, other_store, page):
    values = {"subject": "vehicle", "code": "seat_cover", "kind": "text", "name_zh": "座套", "name_en": "Seat cover"}
    assert page(care_manager).post(f"{FIELDS}new/", values).status_code == 403
    assert not CustomField.objects.exists()


def test_removing_asks_for_the_name(group_manager, page):
    """AR7: typed confirmation."""
    field = make_field()
    answer = page(group_manager).post(f"{FIELDS}{field.pk}/remove/", {"typed_name": "my text"})
    assert answer.context["form"].errors == {"typed_name": ["Type the name of the field exactly to remove it."]}
    assert page(group_manager).post(f"{FIELDS}{field.pk}/remove/", {"typed_name": "My text"}).status_code == 302
    field.refresh_from_db()
    assert field.removed_by == group_manager


def test_a_removed_field_is_gone_but_its_values_stay(group_manager, agent, page, api, store):
    """AR7: kept for 90 days, and editing meanwhile loses nothing."""
    field, customer = make_field(), make_customer(store, custom={"my_text": "tea"})
    field.remove(by=group_manager, typed_name="我的text")
    assert "My text" not in page(agent).get(f"/customers/{customer.pk}/edit/").content.decode()
    assert api(agent).get(f"/api/v1/customers/{customer.pk}/").json()["custom"] == {}
    page(agent).post(f"/customers/{customer.pk}/edit/", typed(customer, name="王新"))
    page(group_manager).post(f"{FIELDS}{field.pk}/restore/")
    assert api(agent).get(f"/api/v1/customers/{customer.pk}/").json()["custom"] == {"my_text": "tea"}


def test_after_ninety_days_field_and_values_are_deleted(group_manager, store):
    field, kept = make_field(), make_field("whole")
    customer = make_customer(store, custom={"my_text": "tea", "my_whole": 1})
    now = timezone.now()
    field.remove(by=group_manager, typed_name="My text", now=now - timedelta(days=90))
    purge_expired(now)
    assert CustomField.objects.filter(pk=field.pk).exists()
    purge_expired(now + timedelta(seconds=1))
    customer.refresh_from_db()
    assert (list(CustomField.objects.all()), customer.custom) == ([kept], {"my_whole": 1})


def test_the_timeline_names_a_field_as_it_is_called(store):
    make_field()
    assert field_names("customers.customer", ["custom.my_text", "name", "custom.deleted"]) == "My text, name, custom.deleted"


def test_two_people_at_one_form_see_each_others_own_fields(agent, page, store):
    """T46."""
    make_field()
    customer = make_customer(store)
    seen = page(agent).get(f"/customers/{customer.pk}/edit/").context["form"]["seen"].value()
    customer.edit(by=agent, custom={"my_text": "coffee"})
    answer = page(agent).post(f"/customers/{customer.pk}/edit/", typed(customer, custom_my_text="tea", seen=seen))
    assert "on file is now: coffee" in str(answer.context["form"].errors["custom_my_text"])
