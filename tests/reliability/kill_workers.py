"""Run real workers on a real broker, kill them in the middle, and print what became of the work.

    python -m tests.reliability.kill_workers messages|followups KILLS SEED

DATA_DIR or DATABASE_URL, REDIS_URL, MESSAGE_CHANNEL and TAKEN come from the environment; the database must be empty.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.reliability.table_settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from customers.models import Purpose  # noqa: E402
from dealership.celery import app  # noqa: E402
from followups.models import FollowUp  # noqa: E402
from messaging.models import Message, MessageTemplate  # noqa: E402
from messaging.services import plan  # noqa: E402
from tests.factories import make_customer, make_handed_over, make_store, make_vehicle  # noqa: E402
from tests.reliability.counting_channel import taken_ids  # noqa: E402
from visits.models import Visit  # noqa: E402

MESSAGES, STORES, VISITS_PER_STORE, PATIENCE = 120, 20, 50, 120
Status = Message.Status


def main(job, kills, seed):
    call_command("migrate", run_syncdb=True, verbosity=0)
    work = {"messages": kill_while_sending, "followups": kill_while_planning}[job]
    print(json.dumps(work(kills, random.Random(seed))))


def kill_while_sending(wanted, chance):
    """Send messages, kill the workers at random moments; at least one must die with a message in its hands."""
    plan_messages()
    kills = abandoned = 0
    while kills < wanted or not abandoned:
        before = len(taken_ids())
        with worker():
            wake_until(lambda before=before: len(taken_ids()) > before, "messaging.tasks.send_due")
            time.sleep(chance.uniform(0.05, 0.35))
        kills += 1
        abandoned += let_leases_run_out()
    with worker():
        wake_until(all_settled, "messaging.tasks.send_due", "messaging.tasks.recover")
    counts = Counter(taken_ids())
    return {
        "planned": MESSAGES,
        "statuses": Counter(Message.objects.values_list("status", flat=True)),
        "abandoned": abandoned,
        "reached": len(counts),
        "doubled": sum(1 for count in counts.values() if count > 1),
    }


def plan_messages():
    # A zone in which it is noon now, so that quiet hours do not get in the way.
    behind = timezone.now().hour - 12
    store = make_store(timezone=f"Etc/GMT{behind:+d}")
    template = MessageTemplate.objects.create(code="ready", category="notice", purpose=Purpose.REMINDER, name_en="Ready", name_zh="Ready", body="{customer}")
    for _ in range(MESSAGES):
        customer = make_customer(store)
        plan(template, customer, subject=customer, occurrence="once", due_at=timezone.now())


def let_leases_run_out():
    """While no worker lives, two minutes pass for the messages the dead ones held."""
    return Message.objects.filter(status=Status.SENDING).update(lease_until=timezone.now() - timedelta(seconds=1))


def all_settled():
    """Tell whether nothing waits any more; the pause before a second try passes at once."""
    Message.objects.filter(status=Status.PLANNED, due_at__gt=timezone.now()).update(due_at=timezone.now())
    return not Message.objects.filter(status__in=[Status.PLANNED, Status.SENDING]).exists()


def kill_while_planning(wanted, chance):
    """Plan the calls of many hand-overs, kill the workers as soon as the first rows are there."""
    call_command("defaults", verbosity=0)
    hand_over_cars()
    kills = count = cut_short = 0
    while kills < wanted and count < Visit.objects.count():
        with worker():
            wake_until(lambda before=count: FollowUp.objects.count() > before, "followups.tasks.plan_due")
            time.sleep(chance.uniform(0, 0.03))
        kills, count = kills + 1, FollowUp.objects.count()
        cut_short += count < Visit.objects.count()
    with worker():
        wake_until(lambda: FollowUp.objects.count() >= Visit.objects.count(), "followups.tasks.plan_due")
        time.sleep(0.5)
    sources = set(FollowUp.objects.values_list("plan", "source_kind", "source_id"))
    return {"visits": Visit.objects.count(), "cut_short": cut_short, "planned": FollowUp.objects.count(), "sources": len(sources)}


def hand_over_cars():
    at = timezone.now() - timedelta(days=1)
    for number in range(STORES):
        store = make_store(f"S{number:02d}")
        vehicle = make_vehicle(store)
        for _ in range(VISITS_PER_STORE):
            make_handed_over(store, at, vehicle=vehicle, arrived_at=at - timedelta(hours=2))


@contextmanager
def worker():
    """A worker with two children, killed with them when the block ends: no signal handler of theirs runs."""
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "dealership", "worker", "-c", "2", "--loglevel", "ERROR"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "dealership.settings"}
    process = subprocess.Popen(command, env=environment, stdout=sys.stderr, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wake_until(is_done, *tasks):
    """Play the schedule, only faster."""
    end = time.monotonic() + PATIENCE
    while not is_done():
        if time.monotonic() > end:
            sys.exit(f"{tasks} did not get there in {PATIENCE} seconds")
        with app.connection_for_write() as connection:
            if connection.default_channel.client.llen("celery") < 4:
                for task in tasks:
                    app.send_task(task)
        time.sleep(0.02)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
