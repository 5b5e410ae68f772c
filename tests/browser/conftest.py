"""A real headless Chromium looking at a real server. Pictures are kept in test-artefacts/."""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from tests.factories import NOW

ARTEFACTS = Path(settings.BASE_DIR) / "test-artefacts"
# On a busy machine a page may take some seconds; waiting for it costs nothing elsewhere.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)
PROGRAMS = ["chromium", "chromium-browser", "google-chrome"]


@pytest.fixture(scope="session")
def chromium():
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if not program:
        # Only a developer's machine may go without.
        assert "CI" not in os.environ, "The browser tests need Chromium."
        pytest.skip("No Chromium on this machine.")
    # Playwright keeps an event loop in this thread, which Django takes for a mistake.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def wednesday(time_machine):
    """Stop the clock of the server on Wednesday, 18 November 2026, 10:00 in Shanghai."""
    time_machine.move_to(NOW, tick=False)
    return NOW


@pytest.fixture
def window(chromium, live_server):
    """Return a function that opens a window of the given width, signed in as the given person."""
    contexts, complaints = [], []

    def open_window(user=None, width=1440, language="en"):
        context = chromium.new_context(base_url=live_server.url, viewport={"width": width, "height": 900}, locale=language, timezone_id="Asia/Shanghai")
        if user:
            client = Client()
            client.force_login(user)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        context.set_default_timeout(PATIENCE)
        tab = context.new_page()
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        contexts.append(context)
        return tab

    yield open_window
    for context in contexts:
        context.close()
    # A refused answer (4xx) is logged by the browser as well, and may be just what the test asked for.
    assert [text for text in complaints if "status of 4" not in text] == []


@pytest.fixture
def picture(request):
    """Keep a picture of a window under the name of the test."""
    ARTEFACTS.mkdir(exist_ok=True)

    def keep(tab, name=""):
        tab.screenshot(path=ARTEFACTS / f"{request.node.name}{name and '-'}{name}.png", full_page=True, animations="disabled")

    return keep
