"""Everybody chooses for themselves where each kind is told (UX10)."""

import pytest

from notifications.kinds import KINDS, kinds_for
from notifications.models import Letter, Preference
from tests.factories import NOW

pytestmark = pytest.mark.django_db
ADDRESS = "/notifications/preferences/"


@pytest.fixture
def as_shown(head, page):
    """Return what the page would send back unchanged, with changes."""

    def filled(**changes):
        form = page(head).get(ADDRESS).context["form"]
        values = {name: form[name].value() for name in form.fields}
        return {name: value for name, value in (values | changes).items() if value is not False}

    return filled


def test_only_kinds_that_can_reach_one_are_shown(page, advisor, head):
    assert "feed.missing-bell" not in page(advisor).get(ADDRESS).context["form"].fields
    assert {kind.code for kind in kinds_for(head)} >= {"complaint.overdue", "visit.overdue", "guarantee.warned"}


def test_a_choice_is_kept_and_only_where_it_differs(page, head, as_shown):
    answer = page(head).post(ADDRESS, as_shown(**{"complaint.issued-mail": "digest", "visit.check_signed-bell": False, "digest_hour": 17}))
    assert (answer.status_code, answer.url) == (302, ADDRESS)
    preference = Preference.objects.get(user=head)
    assert preference.digest_hour == 17
    assert preference.choices == {"complaint.issued": {"bell": True, "mail": "digest"}, "visit.check_signed": {"bell": False, "mail": "none"}}


def test_going_back_to_the_default_forgets_the_choice(page, head, as_shown, prefer):
    prefer(head, complaint__issued=(False, "none"))
    page(head).post(ADDRESS, as_shown(**{"complaint.issued-bell": True, "complaint.issued-mail": "at_once"}))
    assert Preference.objects.get(user=head).choices == {}


def test_a_kind_out_of_sight_keeps_its_choice(page, head, as_shown, prefer):
    prefer(head, feed__missing=(True, "at_once"))
    page(head).post(ADDRESS, as_shown())
    assert Preference.objects.get(user=head).choices == {"feed.missing": {"bell": True, "mail": "at_once"}}


@pytest.mark.parametrize("mail", ["none", "digest"])
def test_what_is_urgent_cannot_be_switched_off(page, head, as_shown, mail):
    answer = page(head).post(ADDRESS, as_shown(**{"complaint.overdue-bell": False, "complaint.overdue-mail": mail}))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"complaint.overdue-bell": ["This is urgent: keep the bell or the mail at once."]}
    assert not Preference.objects.exists()


@pytest.mark.parametrize("changes", [{"digest_hour": 3}, {"digest_hour": "x"}, {"complaint.issued-mail": "pigeon"}])
def test_nonsense_is_refused(page, head, as_shown, changes):
    assert page(head).post(ADDRESS, as_shown(**changes)).status_code == 422


def test_without_an_address_the_page_says_so_and_mail_is_locked(page, advisor):
    answer = page(advisor).get(ADDRESS)
    assert "No mail address of yours is on file" in answer.text
    assert answer.context["form"].fields["visit.overdue-mail"].disabled


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"status": "planned", "due_at": NOW}, "waits for the mail server"),
        ({"status": "failed"}, "refuses your address"),
        ({"status": "sent", "sent_at": NOW}, "The last one went out on"),
    ],
)
def test_the_page_tells_what_became_of_the_last_mail(page, head, state, words):
    Letter.objects.create(user=head, key="x", mail="digest", **{"due_at": NOW, **state})
    assert words in page(head).get(ADDRESS).text


def test_the_bell_of_an_open_page_counts_anew(page, head, tell):
    client = page(head)
    assert "bar-count" not in client.get("/notifications/bell/").text
    tell(head, "complaint.issued")
    assert "1 unread" in client.get("/notifications/bell/").text


def test_the_page_stays_within_its_queries(page, head, django_assert_max_num_queries):
    client = page(head)
    with django_assert_max_num_queries(10):
        assert client.get(ADDRESS).status_code == 200


def test_every_kind_is_worded_and_every_wording_is_a_kind(request):
    wordings = {path.stem for path in (request.config.rootpath / "templates" / "notifications").glob("*.*.html")}
    assert wordings == set(KINDS)
