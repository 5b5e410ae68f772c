"""The channel is chosen by a setting; a wrong one is told at the start."""

import os
import subprocess
import sys

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured


@pytest.mark.parametrize("name", ["messaging.channels.pigeon", "messaging.reasons"])
def test_a_channel_that_is_none_is_refused_at_the_start(settings, name):
    settings.MESSAGE_CHANNEL = name
    with pytest.raises(ImproperlyConfigured, match="MESSAGE_CHANNEL"):
        apps.get_app_config("messaging").ready()


def test_the_simulator_is_the_default(settings):
    assert settings.MESSAGE_CHANNEL == "messaging.channels.simulator"
    apps.get_app_config("messaging").ready()


@pytest.mark.parametrize(
    ("name", "options", "lacks"),
    [
        ("webhook", {"url": "https://sms.example.com"}, "secret"),
        ("mail", {"host": "mail.example.com", "from": ""}, "from"),
        ("aliyun", {}, "key_id, key_secret, sign, receipt_key"),
        ("tencent", {"secret_id": "x"}, "secret_key, app_id, sign, receipt_key"),
        ("wecom", {"secret": "x"}, "corp_id"),
    ],
)
def test_missing_options_are_told_at_the_start(choose, name, options, lacks):
    """T69: no key, no sending; and nobody finds out only when the first message fails."""
    choose(name, **options)
    with pytest.raises(ImproperlyConfigured, match=f"MESSAGE_OPTIONS lacks {lacks} for"):
        apps.get_app_config("messaging").ready()


@pytest.mark.parametrize("url", ["http://sms.example.com/send", "http://10.0.0.1/send", "http://127.0.0.1.example.com/"])
def test_phones_and_texts_leave_the_machine_encrypted_only(choose, url):
    choose("webhook", url=url, secret="s3cret")
    with pytest.raises(ImproperlyConfigured, match="https://"):
        apps.get_app_config("messaging").ready()
    choose("webhook", url="http://127.0.0.1:8080/send", secret="s3cret")
    apps.get_app_config("messaging").ready()


def test_a_missing_library_is_told_at_the_start(choose, monkeypatch):
    monkeypatch.setitem(sys.modules, "messaging.channels.tencent", None)
    monkeypatch.delitem(sys.modules, "messaging.channels.tencent")
    monkeypatch.setitem(sys.modules, "tencentcloud.common.credential", None)
    choose("tencent")
    with pytest.raises(ImproperlyConfigured, match=r"requirements-channels\.lock"):
        apps.get_app_config("messaging").ready()


def test_no_provider_library_is_loaded_unless_chosen():
    """ME2: what a channel needs is imported with the channel only."""
    code = "import django; django.setup(); import sys; print(sorted({n.split('.')[0] for n in sys.modules} & {'tencentcloud', 'Tea', 'aiohttp'}))"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert answer.stdout.splitlines()[-1] == "[]"
