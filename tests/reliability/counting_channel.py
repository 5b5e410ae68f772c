"""A provider that writes down every call in a file, outside the sender's database, and takes its time to answer."""

import os
import time
from pathlib import Path


def send(message):
    taken = os.open(os.environ["TAKEN"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(taken, f"{message.pk}\n".encode())
    os.close(taken)
    time.sleep(0.03)


def query(message):
    return message.pk in taken_ids()


def taken_ids():
    path = Path(os.environ["TAKEN"])
    return [int(line) for line in path.read_text().split()] if path.exists() else []
