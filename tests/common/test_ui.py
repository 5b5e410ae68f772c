"""The components of the design system (UX1, UX2, UX5, UX6) and the frame around every page."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.apps import apps
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils import translation

from accounts.context import Shell
from accounts.navigation import NAVIGATION, navigation_for
from accounts.roles import ALL_PERMISSIONS
from common.looks import STATUS_LOOKS, TONE_ICONS
from common.sparkline import sparkline_points
from common.styleguide import Example
from notifications.models import Notification
from tests.factories import NOW


def render(source, address="/things/", **context):
    return Template(source).render(Context({"request": RequestFactory().get(address), **context}))


class ExampleForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As printed.")
    answer = forms.ChoiceField(label="Answer", widget=forms.RadioSelect, choices=[("1", "One"), ("2", "Two")], required=False)


class TestBadge:
    @pytest.mark.parametrize("slug", [*STATUS_LOOKS, "never_heard_of"])
    def test_a_status_is_icon_and_word_and_never_colour_alone(self, slug):
        html = render("{% badge thing %}", thing=Example(slug))
        assert "<svg" in html
        assert slug in html

    def test_every_status_has_a_known_tone(self):
        assert {tone for tone, _icon in STATUS_LOOKS.values()} <= set(TONE_ICONS)

    def test_every_status_of_a_model_has_a_look(self):
        fields = [(model, field) for model in apps.get_models() for field in model._meta.fields if field.name == "status" and field.choices]
        slugs = {(model.__name__.lower(), slug) for model, field in fields for slug, _label in field.choices}
        assert [f"{model}.{slug}" for model, slug in sorted(slugs) if slug not in STATUS_LOOKS and f"{model}.{slug}" not in STATUS_LOOKS] == []

    def test_a_status_nobody_listed_is_neutral(self):
        assert "tone-neutral" in render("{% badge thing %}", thing=Example("never_heard_of"))

    def test_a_word_of_a_person_is_escaped(self):
        assert "&lt;b&gt;" in render("{% tag text %}", text="<b>")


class TestKpiTile:
    def test_a_reached_target_is_green(self):
        html = render("{% kpi_tile tile %}", tile={"label": "CSI", "value": 841.7, "target": 830.0, "gap": 11.7, "n": 214, "reached": True})
        assert "tone-good" in html
        assert "+11.7" in html
        assert "On target" in html

    def test_no_target_is_never_green(self):
        html = render("{% kpi_tile tile %}", tile={"label": "CSI", "value": 999.0, "n": 214, "reached": True})
        assert "tone-good" not in html
        assert "No target" in html

    def test_a_small_sample_is_neither_green_nor_amber(self):
        html = render("{% kpi_tile tile %}", tile={"label": "MS", "value": 99.0, "target": 90.0, "gap": 9.0, "n": 3, "reached": True, "is_small": True})
        assert "Small sample" in html
        assert "tone-good" not in html
        assert "tone-warn" not in html

    def test_a_missed_target_says_so_with_a_real_minus(self):
        html = render("{% kpi_tile tile %}", tile={"label": "CSI", "value": 71.4, "target": 75.0, "gap": -3.6, "n": 380, "reached": False})
        assert "Target missed" in html
        assert "−3.6" in html

    def test_nothing_measured_is_a_dash_not_zero(self):
        html = render("{% kpi_tile tile %}", tile={"label": "CSS", "value": None, "target": 900.0, "n": 0, "reached": False})
        assert "–" in html
        assert "No data yet" in html

    def test_a_zero_is_a_value(self):
        assert "0.0" in render("{% kpi_tile tile %}", tile={"label": "Comebacks", "value": 0.0, "n": 12})


class TestSparkline:
    def test_a_gap_in_the_numbers_breaks_the_line(self):
        assert len(sparkline_points([1, 2, None, 3, 4])["stretches"]) == 2

    def test_one_number_draws_nothing(self):
        assert sparkline_points([None, 5])["stretches"] == []

    def test_the_line_runs_from_bottom_left_to_top_right(self):
        assert sparkline_points([0, 10])["stretches"] == ["3.0,29.0 93.0,3.0"]

    def test_a_level_line_lies_in_the_middle(self):
        assert sparkline_points([7, 7])["stretches"] == ["3.0,16.0 93.0,16.0"]


class TestPager:
    def test_it_keeps_the_filters(self):
        html = render("{% pager page_obj %}", "/things/?status=open&page=2", page_obj=Paginator(range(100), 25).get_page(2))
        assert 'href="?status=open&amp;page=3"' in html
        assert 'href="?status=open&amp;page=1"' in html

    def test_it_says_which_rows_are_shown(self):
        assert "26–50 of 1,100" in render("{% pager page_obj %}", page_obj=Paginator(range(1100), 25).get_page(2))

    def test_a_single_page_has_no_links(self):
        assert "<a " not in render("{% pager page_obj %}", page_obj=Paginator(range(3), 25).get_page(1))


class TestField:
    def test_label_help_and_error_are_tied_to_the_control(self):
        html = render("{% field form.name %}", form=ExampleForm({"name": ""}))
        assert 'for="id_name"' in html
        assert 'aria-describedby="id_name_helptext id_name_error"' in html
        assert 'id="id_name_error"' in html
        assert 'aria-invalid="true"' in html
        assert "This field is required." in html

    def test_choices_are_a_group_with_a_legend(self):
        html = render("{% field form.answer %}", form=ExampleForm())
        assert "<fieldset" in html
        assert "<legend>Answer" in html

    def test_errors_of_the_whole_form_are_shown(self):
        form = ExampleForm({"name": "x"})
        form.add_error(None, "Both cannot be.")
        assert "Both cannot be." in render("{% fields form %}", form=form)


class TestDeadline:
    def shown(self, **about):
        with translation.override("en"):
            return render("{% deadline due done '' now %}", now=NOW, **{"done": None, **about})

    def test_time_left_is_quiet(self):
        html = self.shown(due=NOW + timedelta(days=3))
        assert "3 days left" in html
        assert "tone-neutral" in html

    def test_the_last_two_hours_are_amber(self):
        html = self.shown(due=NOW + timedelta(minutes=45))
        assert "45 minutes left" in html
        assert "tone-warn" in html

    def test_overdue_is_red_and_says_by_how_much(self):
        html = self.shown(due=NOW - timedelta(hours=26))
        assert "26 hours overdue" in html
        assert "tone-danger" in html

    def test_done_in_the_last_moment_is_in_time(self):
        assert "In time" in self.shown(due=NOW, done=NOW)

    def test_done_too_late_is_not_overdue_any_more(self):
        html = self.shown(due=NOW - timedelta(days=3), done=NOW - timedelta(days=1))
        assert "2 days late" in html
        assert "overdue" not in html

    def test_it_explains_how_it_was_counted(self):
        assert "9 Oct counts" in render("{% deadline due explanation=lines %}", due=NOW, lines=["1–8 Oct holiday", "9 Oct counts"])


class TestMoment:
    def test_it_is_shown_in_the_time_of_the_store(self):
        html = render("{{ at|moment }}", at=datetime(2024, 3, 1, 16, 30, tzinfo=UTC))
        assert ">2024-03-02 00:30<" in html

    def test_a_day_is_shown_as_iso(self):
        assert ">2026-11-18<" in render("{{ at|day }}", at=NOW)

    def test_nothing_stays_nothing(self):
        assert render("{{ at|moment }}{{ at|day }}", at=None) == ""


class TestChart:
    def test_the_table_twin_holds_every_number(self):
        data = {"title": "CSI", "type": "line", "labels": ["2026-09", "2026-10"], "series": [{"name": "CSI", "values": [812.4, None]}], "target": 830}
        html = render('{% chart "csi" data %}', data=data)
        assert '<script id="csi" type="application/json">' in html
        assert "812.4" in html.split("<details")[1]
        assert "–" in html.split("<details")[1]


def test_numbers_group_their_thousands():
    assert render("{{ n|figure }} {{ x|figure }}", n=12345, x=1234.56) == "12,345 1,234.6"


def test_a_count_of_nothing_is_not_alarming():
    assert "tone-neutral" in render('{% stat "Overdue" 0 "" "clock" "danger" %}')


def test_a_confirmation_posts_with_a_token():
    html = render('{% confirm "/slips/7/close/" "Close" "Really?" %}', csrf_token="abc")
    assert 'method="post" action="/slips/7/close/"' in html
    assert "csrfmiddlewaretoken" in html


def test_tabs_mark_the_open_one():
    html = render("{% tabs items %}", "/things/?due=1", items=[("All", "/things/"), ("Due", "/things/?due=1", 3)])
    assert html.count("aria-current") == 1
    assert html.index("aria-current") > html.index("All")


class TestNavigation:
    def test_every_right_in_the_table_exists(self):
        named = {item.permission for _group, items in NAVIGATION for item in items} - {None}
        assert named <= ALL_PERMISSIONS

    def test_an_item_needs_its_right_and_its_page(self, auditor, monkeypatch):
        monkeypatch.setattr("accounts.navigation.address", lambda name: "" if name == "api:docs" else f"/{name}/")
        names = [item.url_name for _group, items in navigation_for(auditor, "/") for item, _current in items]
        assert names == ["kpis:home", "surveys:mystery_shop_list"]

    def test_a_detail_page_marks_its_list(self, agent, monkeypatch):
        monkeypatch.setattr("accounts.navigation.address", lambda name: {"kpis:home": "/", "complaints:list": "/complaints/"}.get(name, ""))
        current = [item.url_name for _group, items in navigation_for(agent, "/complaints/7/") for item, is_current in items if is_current]
        assert current == ["complaints:list"]


class TestFrame:
    def test_the_style_page_shows_every_component(self, agent, page):
        answer = page(agent).get("/styleguide/")
        assert answer.status_code == 200
        for part in ("kpi", "pager", "timeline", "deadline", "filters", "chart-canvas", "empty", "notice", "confirm-box"):
            assert f'class="{part}' in answer.text

    def test_the_page_speaks_the_language_of_its_html(self, agent, page):
        client = page(agent)
        client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/styleguide/"})
        assert '<html lang="zh-hans">' in client.get("/styleguide/").text

    def test_the_language_can_be_switched_before_signing_in(self, db):
        answer = Client().post("/i18n/setlang/", {"language": "en", "next": "/login/"})
        assert answer["Location"] == "/login/"
        assert answer.cookies["django_language"].value == "en"

    def test_a_stranger_address_answers_404_in_the_frame(self, agent, page):
        answer = page(agent).get("/no-such-page/")
        assert answer.status_code == 404
        assert "There is nothing at this address" in answer.text

    @pytest.mark.parametrize("name", ["400.html", "500.html", "403_csrf.html"])
    def test_error_pages_need_no_context(self, name):
        assert "<h1>" in Template(f'{{% include "{name}" %}}').render(Context())

    def test_the_bell_counts_what_is_unread(self, agent, second_agent, store, page):
        Notification.objects.create(user=agent, code="test.told", subject=store)
        Notification.objects.create(user=agent, code="test.read", subject=store, read_at=NOW)
        shell = Shell(SimpleNamespace(user=agent))
        assert shell.unread == 1
        assert Shell(SimpleNamespace(user=second_agent)).unread == 0

    def test_own_javascript_stays_small(self, settings):
        lines = sum(len(path.read_text().splitlines()) for path in (settings.BASE_DIR / "static" / "js").glob("*.js"))
        assert lines <= 600
