"""FU10, B11, S2-11, S3-03, S4-05: samples for home visits and calls, from the drawing to the result and the figures."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.roles import Role
from activity.models import Event
from common.errors import Conflict, DomainError, NotAllowed
from common.periods import Period
from customers.models import Consent
from followups.models import Sample, SampleRow
from kpis.services import measure
from surveys.models import Questionnaire, Response
from tests.factories import NOW, make_customer, make_delivery, make_followup, make_handed_over, make_user, make_vehicle, on
from transfers import exports

LATER = NOW + timedelta(days=3)
NOVEMBER = Period.parse("2026-11")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """It is three days after the visits."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)


@pytest.fixture
def seller(store):
    return make_user("sid", Role.SALESPERSON, store)


def serve(store, number=1, *, bill=100, owner=None, **fields):
    """Hand over cars of customers with an address."""
    for _number in range(number):
        car = make_vehicle(store, make_customer(store, **{"address": "Example Road 1", "loyalty": "loyal", **(owner or {})}))
        visit = make_handed_over(store, vehicle=car, total_amount=bill, **fields)
    return visit


def sample_of(store, **fields):
    size = {} if {"count", "share"} & set(fields) else {"share": 50}
    return Sample(store=store, **{"name": "November", "first_day": on("2026-11-01"), "last_day": on("2026-11-21"), "seed": 7, **size, **fields})


def draw(store, by, **fields):
    return sample_of(store, **fields).draw(by=by, now=LATER)


def listed(sample):
    return list(sample.rows.drawn().order_by("position").values_list("customer", flat=True))


def reasons(sample):
    return dict(sample.rows.exclude(exclusion="").values_list("customer", "exclusion"))


def form_of(store, **fields):
    given = {"store": store.pk, "name": "November", "kind": "visit", "source": "service", "first_day": "2026-11-01", "last_day": "2026-11-21"}
    return given | {"rest_days": "30", "share": "50"} | fields


# Drawing


def test_a_share_of_the_customers_is_drawn_for_home_visits(store, care_manager, page):
    """S2-11: a certain proportion, on a page."""
    serve(store, 10)
    response = page(care_manager).post("/samples/new/", form_of(store))
    sample = Sample.objects.get()
    assert (response.status_code, response.url) == (302, f"/samples/{sample.pk}/")
    assert (sample.found_count, sample.excluded_count, sample.drawn_count, sample.drawn_by) == (10, 0, 5, care_manager)
    assert [row.position for row in page(care_manager).get(response.url).context["rows"]] == [1, 2, 3, 4, 5]
    assert Event.objects.get(code="sample.drawn").particulars["seed"] == sample.seed


def test_the_stored_seed_draws_the_same_again(store, care_manager):
    """FU10, S2-11: reproducible, from the archive and from the rows on record."""
    serve(store, 20)
    first = draw(store, care_manager, seed=None)
    first.close(by=care_manager)
    again, other = draw(store, care_manager, seed=first.seed), sample_of(store, seed=first.seed + 1)
    assert listed(again) == listed(first)
    stored = first.places(first.rows.all())
    assert sorted(stored, key=stored.get) == listed(first)
    assert set(other.places(first.rows.all())) != set(stored)


def test_each_class_and_each_advisor_gets_its_share(store, care_manager, advisor, seller):
    """FU10, S2-11: by percentage and class."""
    for loyalty, person, number in [("loyal", advisor, 12), ("lost", advisor, 8), ("loyal", seller, 4), ("lost", seller, 16)]:
        serve(store, number, owner={"loyalty": loyalty}, advisor=person)
    sample = draw(store, care_manager, share=25, strata=["loyalty", "employee"])
    drawn = {(loyalty, who): sample.rows.drawn().filter(loyalty=loyalty, employee=who).count() for loyalty in ("loyal", "lost") for who in (advisor, seller)}
    assert drawn == {("loyal", advisor): 3, ("lost", advisor): 2, ("loyal", seller): 1, ("lost", seller): 4}


def test_only_the_classes_asked_for_are_found(store, care_manager):
    """S2-11."""
    serve(store, 2, owner={"loyalty": "lost"})
    serve(store, 3)
    assert draw(store, care_manager, classes=["lost"], share=100).found_count == 2


def test_high_bills_first(store, care_manager):
    """FU10: the bill is that of all visits in these days, each customer found once."""
    small, large = serve(store, bill=400), serve(store, bill=300)
    make_handed_over(store, vehicle=large.vehicle, total_amount=200)
    serve(store, 3)
    sample = draw(store, care_manager, share=None, count=2, high_bills_first=True)
    assert sample.found_count == 5
    assert list(sample.rows.drawn().order_by("position").values_list("customer", "bill")) == [
        (large.customer_id, Decimal(500)),
        (small.customer_id, Decimal(400)),
    ]


def test_who_was_talked_to_lately_is_left_out(store, agent, care_manager):
    """FU10: by a call, by a survey, by a visit; a call nobody answered is no contact."""
    called, missed, asked, rested = (serve(store).customer for _number in range(4))
    for customer, outcome in [(called, "ok"), (missed, "no_answer")]:
        make_followup(store, customer=customer).log(outcome, by=agent, now=NOW)
    paper = Questionnaire.objects.create(code="csi", side="after_sales", name_en="CSI", name_zh="CSI", published_at=NOW)
    Response.objects.create(store=store, questionnaire=paper, customer=asked, served_on=NOW.date(), submitted_at=NOW, mood="satisfied")
    sample = draw(store, care_manager, share=100)
    assert reasons(sample) == {called.pk: "recent", asked.pk: "recent"}
    assert sorted(listed(sample)) == sorted([missed.pk, rested.pk])
    sample.close(by=care_manager)
    assert reasons(draw(store, care_manager, share=100, rest_days=0)) == {}


def test_each_exclusion_has_a_stored_reason(store, care_manager):
    """FU10: each with its reason, counted on the page and listed."""
    stopped = serve(store, owner={"do_not_call_at": NOW}).customer
    refusing, homeless, former = serve(store).customer, serve(store, owner={"address": ""}).customer, serve(store)
    Consent.objects.create(store=store, customer=refusing, purpose="survey", channel="phone", is_granted=False, source="call", given_at=NOW)
    type(former.vehicle).objects.filter(pk=former.vehicle_id).update(customer=make_customer(store))
    serve(store)
    sample = draw(store, care_manager, share=100)
    expected = {stopped.pk: "do_not_call", refusing.pk: "refused", homeless.pk: "no_address", former.customer_id: "sold"}
    assert (reasons(sample), sample.excluded_count, sample.drawn_count) == (expected, 4, 1)
    assert {code: number for code, _words, number in sample.exclusions()} == dict.fromkeys(expected.values(), 1)


def test_a_call_needs_a_phone_and_no_address(store, care_manager):
    serve(store, owner={"phone": ""})
    serve(store, owner={"address": ""})
    serve(store, owner={"phone": ""}, sender_phone="13800000001")
    assert list(reasons(draw(store, care_manager, kind="call", share=100)).values()) == ["no_phone"]


def test_nobody_waits_in_two_samples(store, care_manager):
    serve(store, 4)
    first = draw(store, care_manager)
    second = draw(store, care_manager, share=100)
    assert reasons(second) == dict.fromkeys(listed(first), "waiting")
    first.close(by=care_manager)
    second.close(by=care_manager)
    assert reasons(draw(store, care_manager)) == {}


def test_only_hand_overs_and_stores_of_the_sample_count(store, other_store, care_manager):
    serve(store)
    serve(other_store)
    make_handed_over(store, at=NOW - timedelta(days=40))
    assert draw(store, care_manager, share=100).found_count == 1


def test_who_pays_most_of_the_order_is_its_payer(store, care_manager):
    visit = serve(store)
    visit.items.create(name="Wash", amount=50, payer="customer")
    visit.items.create(name="Engine", amount=900, payer="insurance")
    serve(store, kind="warranty")
    assert sorted(draw(store, care_manager, share=100).rows.values_list("payer", flat=True)) == ["insurance", "warranty"]


def test_an_occasion_finds_those_who_have_one(store, care_manager, salesperson):
    """S4-05: birthday, also lunar, and purchase anniversary."""
    born = make_customer(store, birthday=on("1990-11-20"), address="Example Road 2")
    lunar = make_customer(store, lunar_birthday="10-12", address="Example Road 3")
    make_customer(store, birthday=on("1990-12-20"))
    bought = make_delivery(store, make_vehicle(store, make_customer(store, address="Road")), delivered_at=NOW.replace(year=2024), salesperson=salesperson)
    make_delivery(store, delivered_at=NOW)
    days = {"first_day": on("2026-11-18"), "last_day": on("2026-11-21"), "share": 100}
    birthdays, anniversaries = draw(store, care_manager, source="birthday", **days), draw(store, care_manager, source="anniversary", **days)
    assert sorted(listed(birthdays)) == [born.pk, lunar.pk]
    assert [(row.delivery, row.employee) for row in anniversaries.rows.all()] == [(bought, salesperson)]
    assert (birthdays.occasion, anniversaries.occasion, sample_of(store).occasion) == ("birthday", "anniversary", "listed")


@pytest.mark.parametrize(
    ("given", "field"),
    [({"count": "3"}, "__all__"), ({"share": ""}, "__all__"), ({"last_day": "2026-10-01"}, "__all__"), ({"share": "120"}, "share")]
    + [
        ({"source": "birthday", "first_day": "2026-09-01"}, "last_day"),
        ({"strata": ["shoe"]}, "strata"),
        ({"first_day": "2027-01-01", "last_day": "2027-01-02"}, "share"),
    ],
)
def test_what_cannot_be_drawn_is_told_at_its_field(store, care_manager, page, given, field):
    serve(store, 4)
    response = page(care_manager).post("/samples/new/", form_of(store, **given))
    assert (response.status_code, list(response.context["form"].errors), Sample.objects.count()) == (422, [field], 0)


def test_the_next_one_asks_the_same_about_the_days_after(store, care_manager, page):
    """S2-11: on a schedule; the seed is a new one."""
    serve(store, 4)
    sample = draw(store, care_manager, strata=["loyalty"])
    form = page(care_manager).get(f"/samples/new/?like={sample.pk}").context["form"]
    asked = {name: form.initial[name] for name in ("first_day", "last_day", "share", "strata")}
    assert asked == {"first_day": on("2026-11-22"), "last_day": on("2026-12-12"), "share": 50, "strata": ["loyalty"]}
    assert form.initial.get("seed") is None


def test_only_who_hands_out_the_work_draws_and_closes(store, agent, care_manager, page):
    serve(store, 4)
    assert page(agent).post("/samples/new/", form_of(store)).status_code == 403
    with pytest.raises(NotAllowed):
        draw(store, agent)
    sample = draw(store, care_manager)
    with pytest.raises(NotAllowed):
        sample.close(by=agent)
    assert page(care_manager).post(f"/samples/{sample.pk}/close/").status_code == 302
    with pytest.raises(Conflict):
        sample.close(by=care_manager)
    assert Event.objects.filter(code="sample.closed").count() == 1


# Results


@pytest.fixture
def row(store, care_manager, advisor):
    serve(store, advisor=advisor)
    return draw(store, care_manager, share=100).rows.get()


def test_the_result_of_a_visit_is_entered(row, agent, page):
    """S2-11, S4-05: result, satisfaction, note, use of the car and occasion, in the form."""
    given = {"result": "met", "mood": "satisfied", "note": "Likes the shop", "car_use": "School run", "occasion": "nearby", "done_on": "2026-11-21"}
    response = page(agent).post(f"/samples/rows/{row.pk}/report/", given)
    row.refresh_from_db()
    assert (response.status_code, response.url) == (302, f"/samples/{row.sample_id}/")
    assert {name: str(getattr(row, name)) for name in given} == given
    assert (row.done_by, row.tries) == (agent, 1)
    event = Event.objects.get(code="sample_row.reported")
    assert (event.customer_ref, event.particulars["result"], event.particulars["mood"]) == (row.customer_id, "met", "satisfied")
    timeline = page(agent).get(row.customer.get_absolute_url()).content.decode()
    assert "Home visit (November): Interviewed" in timeline


def test_who_was_not_reached_is_tried_again(row, agent):
    row.report("absent", by=agent)
    assert list(SampleRow.objects.waiting()) == [row]
    row.report("met", by=agent, mood="neutral")
    assert (row.tries, list(SampleRow.objects.waiting())) == (2, [])


def test_what_is_entered_for_good_is_mended_by_who_draws(row, agent, care_manager):
    row.report("refused", by=agent)
    with pytest.raises(Conflict):
        row.report("met", by=agent, mood="satisfied")
    row.report("met", by=care_manager, mood="satisfied")
    assert (row.result, Event.objects.filter(code="sample_row.reported").count()) == ("met", 2)


def test_of_two_at_once_one_is_told(row, agent, second_agent):
    same = SampleRow.objects.get(pk=row.pk)
    row.report("absent", by=agent)
    with pytest.raises(Conflict):
        same.report("met", by=second_agent, mood="satisfied")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"result": "met"}, "mood"),
        ({"result": "absent", "mood": "satisfied"}, "mood"),
        ({"result": "dancing"}, "result"),
        ({"result": "absent", "done_on": on("2026-11-22")}, "done_on"),
        ({"result": "absent", "done_on": on("2026-11-20")}, "done_on"),
    ],
)
def test_a_result_that_cannot_be_is_refused(row, agent, given, field):
    with pytest.raises(DomainError) as refused:
        row.report(by=agent, **given)
    assert refused.value.field == field


def test_nothing_is_entered_for_others_and_after_the_end(store, row, agent, stranger, care_manager):
    with pytest.raises(NotAllowed):
        row.report("absent", by=stranger)
    left = SampleRow.objects.create(sample=row.sample, store=store, customer=make_customer(store))
    with pytest.raises(DomainError):
        left.report("absent", by=agent)
    row.sample.close(by=care_manager)
    with pytest.raises(Conflict):
        row.report("absent", by=agent)


# Figures and lists


def figure(store, code):
    return measure(stores=[store], periods=[NOVEMBER], codes=[code], now=LATER)[0]


def test_home_visits_count_among_the_face_interviews(store, agent, care_manager, advisor):
    """S3-03: satisfied 98%, complaining 2% of fifty visited; who was not met does not count, nor does a call."""
    serve(store, 52, advisor=advisor)
    rows = list(draw(store, care_manager, share=100).rows.all())
    for row, mood in zip(rows, [*["satisfied"] * 49, "complaining"], strict=False):
        row.report("met", by=agent, mood=mood)
    rows[50].report("absent", by=agent)
    satisfied, complaining = figure(store, "satisfaction_face"), figure(store, "complaining_face")
    assert (satisfied.value, satisfied.n, complaining.value, complaining.n) == (Decimal("98.0"), 50, Decimal("2.0"), 50)
    alone = measure(stores=[store], periods=[NOVEMBER], codes=["satisfaction_face"], employee=advisor.pk, now=LATER)[0]
    assert alone.n == 50
    rows[49].report("met", by=care_manager, mood="satisfied")
    assert figure(store, "satisfaction_face").value == Decimal("100.0")


def test_calls_do_not_count_as_face_interviews(store, agent, care_manager):
    serve(store, 12)
    for row in draw(store, care_manager, kind="call", share=100).rows.all():
        row.report("met", by=agent, mood="satisfied")
    assert figure(store, "satisfaction_face").n == 0


def test_a_buyer_visited_at_home_has_had_a_face_interview(store, agent, care_manager, salesperson):
    """S3-02: the day of the delivery is counted anew."""
    make_delivery(store, make_vehicle(store, make_customer(store, address="Road")), salesperson=salesperson)
    sample = draw(store, care_manager, source="purchase", share=100)
    sample.rows.get().report("met", by=agent, mood="satisfied")
    assert figure(store, "face_success").value == Decimal("100.0")


def test_the_rows_behind_the_figure_are_the_visits(store, agent, care_manager, row, page, defaults):
    row.report("met", by=agent, mood="satisfied")
    rows = page(care_manager).get(f"/dashboard/satisfaction_face/rows/?store={store.code}&period=2026-11&side=under&list=1").content.decode()
    assert (row.customer.name in rows, row.get_absolute_url() in rows, "Home visits" in rows) == (True, True, True)


def test_the_page_warns_when_only_easy_customers_are_drawn(store, care_manager, page):
    """B11: the customers who pay themselves have no address on file, so the list is one of warranty customers."""
    serve(store, 14, kind="warranty")
    serve(store, 6)
    serve(store, 20, owner={"address": ""})
    sample = draw(store, care_manager, share=100)
    response = page(care_manager).get(sample.get_absolute_url())
    assert {(stratum.value, group.value, group.is_off) for stratum, group in response.context["warnings"]} == {
        ("payer", "warranty", True),
        ("payer", "customer", True),
    }
    assert "Paid by “Maker&#x27;s warranty”: 70.0 % of the sample, 35.0 % of everybody found." in response.content.decode()


def test_the_list_goes_out_as_a_workbook(store, care_manager, page):
    """S2-11: list export, only who is drawn, with phone and address."""
    serve(store, 4)
    sample = draw(store, care_manager)
    form = page(care_manager).get(f"/exports/new/?list=sample_rows&sample={sample.pk}&standing=drawn")
    assert form.context["number"] == 2
    run = exports.export("sample_rows", f"sample={sample.pk}&standing=drawn", by=care_manager, reason="Home visits")
    assert (run.status, run.row_count) == ("done", 2)


def test_the_rows_are_filtered(store, care_manager, agent, page):
    serve(store, 4)
    sample = draw(store, care_manager)
    met = sample.rows.drawn().first()
    met.report("met", by=agent, mood="satisfied")
    client = page(agent)
    for query, number in [("", 4), ("standing=drawn", 2), ("waiting=true", 1), ("mood=satisfied", 1), ("exclusion=recent", 0)]:
        assert len(client.get(f"/samples/rows/?sample={sample.pk}&{query}").context["page_obj"].object_list) == number, query


def test_the_pages_cost_few_queries(store, care_manager, page, django_assert_max_num_queries):
    serve(store, 20)
    sample, client = draw(store, care_manager), page(care_manager)
    for address in ("/samples/", "/samples/rows/", sample.get_absolute_url(), sample.rows.first().get_absolute_url()):
        client.get(address)
        with django_assert_max_num_queries(12):
            client.get(address)


def test_the_api_draws_reads_and_reports(store, care_manager, agent, api):
    """FU10: API and page agree."""
    serve(store, 4)
    given = {"store": store.pk, "name": "Calls", "kind": "call", "first_day": "2026-11-01", "last_day": "2026-11-21", "share": "50.00", "seed": 7}
    client = api(care_manager)
    refused = client.post("/api/v1/samples/", given | {"count": 3}, format="json")
    answer = client.post("/api/v1/samples/", given | {"strata": ["loyalty"]}, format="json")
    assert (refused.status_code, answer.status_code, answer.json()["drawn_count"], answer.json()["seed"]) == (400, 201, 2, 7)
    rows = client.get(f"/api/v1/sample-rows/?sample={answer.json()['id']}&standing=drawn").json()["results"]
    reported = api(agent).post(f"/api/v1/sample-rows/{rows[0]['id']}/report/", {"result": "met", "mood": "complaining", "note": "Noise"}, format="json")
    assert (reported.status_code, reported.json()["result"], reported.json()["mood"]) == (200, "met", "complaining")
    assert client.post(f"/api/v1/samples/{answer.json()['id']}/close/").json()["closed_by"] == care_manager.pk
