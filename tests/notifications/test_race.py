"""Two sweepers at the same moment, each with a connection of its own (UX10)."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

import pytest
from django.core import mail
from django.db import connection

from accounts.roles import Role
from notifications import letters
from notifications.models import Letter
from notifications.services import notify
from tests.factories import NOW, make_store, make_user

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
URGENT = "complaint.overdue"


@pytest.mark.parametrize("step", ["plan", "begin"])
def test_two_sweepers_at_once_send_one_mail(step, monkeypatch):
    head = make_user("wendy", Role.SERVICE_MANAGER, make_store("S01"), email="wendy@example.com")
    notify([head], URGENT, head, number="C1", round=1)
    if step == "begin":
        letters.plan(NOW)
    barrier, original = Barrier(2), getattr(Letter, step)

    def meeting(*arguments, **kwargs):
        with contextlib.suppress(BrokenBarrierError):
            barrier.wait(timeout=1)
        return original(*arguments, **kwargs)

    monkeypatch.setattr(Letter, step, meeting)

    def work(_number):
        try:
            letters.plan(NOW)
            letters.send_due(NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    assert (Letter.objects.count(), Letter.objects.get().attempts, len(mail.outbox)) == (1, 1, 1)
