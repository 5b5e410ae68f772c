"""The project's own papers agree with each other: locks, assets, configuration table."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
ADDRESS = re.compile(r"https?://|file:|--index|--find-links|--extra")


def pins(name):
    return set(re.findall(r"^([\w.-]+)(?:\[.*\])?(==[\w.]+)", (PROJECT / name).read_text().lower(), re.MULTILINE))


@pytest.mark.parametrize("name", ["requirements", "requirements-channels", "requirements-dev", "requirements-local"])
def test_a_lock_holds_every_pin_of_its_list(name):
    assert pins(f"{name}.txt")
    assert pins(f"{name}.txt") <= pins(f"{name}.lock")


def test_the_other_locks_hold_the_versions_that_run():
    assert pins("requirements.lock") <= pins("requirements-channels.lock") <= pins("requirements-dev.lock")


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-channels.lock", "requirements-dev.lock", "requirements-local.lock"])
def test_a_lock_names_no_registry(name):
    assert not ADDRESS.findall((PROJECT / name).read_text())


def test_the_asset_lock_names_no_registry_and_checks_every_package():
    lock = (PROJECT / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert lock.count('"integrity": "sha512-') == lock.count('"node_modules/')


def test_the_readme_lists_every_setting_of_the_environment():
    settings = set(re.findall(r'env\.\w+\("(\w+)"', (PROJECT / "dealership" / "settings.py").read_text()))
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", (PROJECT / "README.md").read_text(), re.MULTILINE))
    assert "DATABASE_URL" in settings
    assert settings | {"PORT"} == listed


def test_the_readme_stays_short():
    assert len((PROJECT / "README.md").read_text().splitlines()) <= 120
