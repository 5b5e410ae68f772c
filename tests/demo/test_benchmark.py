"""The benchmark prints its whole table; with so few rows the times say nothing."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from benchmarks import imports
from demo.management.commands.benchmark import line


def benchmark(folder, *args):
    """Run the command in a process of its own: it changes the database its connection speaks to."""
    environment = os.environ | {"DATA_DIR": str(folder), "SECRET_KEY": "tests-only", "DJANGO_SETTINGS_MODULE": "dealership.settings"}
    command = [sys.executable, "manage.py", "benchmark", *args]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_it_prints_every_figure_and_the_machine_and_leaves_the_configured_database_alone(tmp_path):
    done = benchmark(tmp_path, "--rows", "2000", "--format", "json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    figures = [(figure["name"], figure["rows"], figure["most"]) for figure in answer["figures"]]
    assert figures == [
        ("queue page", 2100, 2),
        ("next call", 2100, 2),
        ("dashboard, 24 months", 2000, 1.3),
        ("planning follow-ups", 200, 3),
        ("import of repair orders", 200, 2 if connection.vendor == "postgresql" else 3),
        ("dry run of the same", 200, 0.6),
        ("import against django-import-export, bulk", 20, 0.25),
        ("import against django-import-export", 20, 0.067),
        ("export of repair orders", 200, 1.5),
        ("search, p95", 200, 1),
        ("customer page, p95", 200, 1),
    ]
    assert all(figure["ratio"] > 0 and figure["repetitions"] > 0 for figure in answer["figures"])
    assert answer["machine"]["cores"] >= 1
    assert answer["machine"]["database"].startswith(("SQLite 3", "PostgreSQL"))
    assert not list(tmp_path.glob("*.sqlite3"))


def test_without_the_peer_its_figures_say_so():
    """``manage.py benchmark`` runs where only requirements.txt is installed."""
    figure = imports.missing("import against django-import-export", 10_000, 1 / 15)
    assert (figure.ratio, figure.as_dict()["ratio"], figure.as_dict()["measured_seconds"]) == (None, None, None)
    assert line(figure)[2:5] == ["—", "—", "—"]
    assert "requirements-dev.txt" in line(figure)[-1]


def test_unknown_measurements_are_named(tmp_path):
    done = benchmark(tmp_path, "--only", "planning,weather")
    assert done.returncode == 1
    assert "not weather" in done.stderr
