"""The sweep over slips whose feedback is overdue (S3-17, S3-32, T82)."""

from datetime import timedelta

import pytest

from activity.models import Event
from complaints.models import Round
from complaints.services import mark_overdue
from complaints.tasks import mark_overdue as task
from notifications.models import Notification


@pytest.fixture
def late(slip):
    return slip.due_at + timedelta(seconds=1)


def test_it_tells_head_and_care_manager_once(slip, late, service_manager, care_manager, agent):
    assert mark_overdue(late) == 1
    assert mark_overdue(late) == 0
    assert Event.objects.filter(code="complaint.overdue").count() == 1
    assert set(Notification.objects.filter(code="complaint.overdue").values_list("user", flat=True)) == {service_manager.pk, care_manager.pk}
    assert slip.rounds.get().overdue_noted_at == late


def test_of_two_sweepers_one_tells(slip, late):
    one, other = Round.objects.get(), Round.objects.get()
    assert (one.note_overdue(late), other.note_overdue(late)) == (True, False)
    assert Event.objects.filter(code="complaint.overdue").count() == 1


def test_at_the_deadline_nothing_is_overdue(slip):
    assert mark_overdue(slip.due_at) == 0


def test_an_answered_slip_is_not_overdue(answered, late):
    assert mark_overdue(late) == 0


def test_every_round_is_told_of_once(answered, agent, late, service_manager):
    answered.verify(False, by=agent)
    assert mark_overdue(late) == 1
    answered.answer(by=service_manager, cause="x", measure="y")
    answered.verify(False, by=agent)
    assert mark_overdue(answered.due_at + timedelta(days=1)) == 1


def test_the_task_sweeps(slip, late, time_machine):
    time_machine.move_to(late)
    task()
    assert slip.rounds.get().overdue_noted_at is not None
