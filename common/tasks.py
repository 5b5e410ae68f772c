"""Waking workers. What is due is a row in the database; a lost wake-up only means waiting for the next sweep."""

import logging

from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def wake(task, *args):
    """Queue ``task`` once the surrounding transaction has committed; a missing broker is logged, never raised."""
    transaction.on_commit(lambda: publish(task, args))


def publish(task, args):
    try:
        task.apply_async(args=args, retry=False, ignore_result=True)
    except OperationalError as error:
        logger.warning("Broker unreachable, %s waits for its sweep: %s", task.name, error)
