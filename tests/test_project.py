"""What must hold everywhere: templates compile, nothing inline, every event and bell line is worded, every door is swept by the schedule."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from dealership.celery import app

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
APPS = [name for name in settings.INSTALLED_APPS if (ROOT / name).is_dir()]
CODE = [path for name in APPS for path in (ROOT / name).rglob("*.py") if "migrations" not in path.parts]
INLINE = re.compile(r"\son[a-z]+=|<script(?![^>]*(?:src=|application/json))|\sstyle=\"(?!--)", re.IGNORECASE)
EVENT_CODE = re.compile(r"""record\(\s*["']([a-z_]+\.[a-z_]+)["']""")
BELL_CODE = re.compile(r"""notify\([^"']*?["']([a-z_]+\.[a-z_]+)["']""", re.DOTALL)


def codes(pattern):
    return sorted({code for path in CODE for code in pattern.findall(path.read_text())})


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_every_template_compiles(path):
    get_template(str(path.relative_to(ROOT / "templates")))


def test_no_template_holds_handlers_scripts_or_styles():
    assert [path.name for path in TEMPLATES if INLINE.search(path.read_text())] == []


def test_the_pattern_for_inline_code_finds_it():
    """A guard that cannot see is no guard (T141)."""
    assert all(INLINE.search(bad) for bad in ('<a onclick="x()">', "<script>x()</script>", '<p style="color: red">'))
    assert not INLINE.search('<script src="a.js"></script><p style="--share: 3">')


def test_every_event_is_worded():
    wordings = {path.stem for path in (ROOT / "templates" / "activity").glob("*.html")}
    assert len(codes(EVENT_CODE)) > 30
    assert sorted(set(codes(EVENT_CODE)) - wordings) == []


def test_every_line_of_the_bell_is_worded():
    wordings = {path.stem for path in (ROOT / "templates" / "notifications").glob("*.html")}
    assert "mystery_shop.submitted" in codes(BELL_CODE)
    assert sorted(set(codes(BELL_CODE)) - wordings) == []


def test_every_entry_of_the_schedule_is_a_task():
    for entry in app.conf.beat_schedule.values():
        module, name = entry["task"].rsplit(".", 1)
        assert getattr(import_module(module), name).name == entry["task"]


def test_own_javascript_stays_small():
    lines = sum(len(path.read_text().splitlines()) for path in (ROOT / "static").rglob("*.js"))
    assert lines <= 600
