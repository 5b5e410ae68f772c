"""Files that come by themselves: taken over from the folders of the feeds, then into the archive (AP6). All of it may be killed and begun again."""

import hashlib
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.utils import timezone, translation

from common.excel import MOST_BYTES, FileRefused
from transfers.models import Feed, IncomingFile
from transfers.services import import_file

FOLDER = "feeds"
# A file written to within this time may not be whole yet.
SETTLED = timedelta(seconds=30)
# Endings under which senders write what is not whole yet.
UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
BLOCK = 1 << 20


def receive(file, *, store, kind, name, by=None, feed=None):
    """Keep a file that is to be taken in and return ``(IncomingFile, whether it is new)``; the same content again is the same file (T97)."""
    digest = digest_of(file)
    known = IncomingFile.objects.same_as(store, kind, digest)
    if known is not None:
        return known, False
    incoming = IncomingFile(store=store, kind=kind, feed=feed, name=os.path.basename(name)[:120], digest=digest, by=by)
    return keep(incoming, file), True


def keep(incoming, file):
    file.seek(0)
    incoming.file.save("incoming", File(file), save=False)
    incoming.save()
    return incoming


def receive_for_check(file, *, store, kind, name, by):
    """Keep a file that waits for somebody's word."""
    incoming = IncomingFile(store=store, kind=kind, name=os.path.basename(name)[:120], digest=digest_of(file), by=by, status=IncomingFile.Status.CHECKED)
    return keep(incoming, file)


def digest_of(file):
    sha = hashlib.sha256()
    file.seek(0)
    while block := file.read(BLOCK):
        sha.update(block)
    return sha.hexdigest()


def take_waiting(now=None):
    """Take in every file that waits; return how many."""
    return sum(take(incoming, now) for incoming in IncomingFile.objects.waiting(now or timezone.now()).select_related("store", "by", "feed"))


def take(incoming, now=None):
    """Take one file in, unless somebody has it already. Killed on the way, it is taken again: rows that are there change nothing (T99)."""
    if not incoming.start(now or timezone.now()):
        return False
    with translation.override(incoming.by.language if incoming.by else settings.LANGUAGE_CODE):
        try:
            report = import_file(incoming.kind, incoming.file.path, incoming.store, by=incoming.by, name=incoming.name)
        except FileRefused as refused:
            incoming.refuse(refused)
        else:
            incoming.finish(report.run)
    return True


def sweep(now=None):
    """Take over what lies complete in the folders of the feeds; return how many files."""
    return sum(sweep_feed(feed, now or timezone.now()) for feed in Feed.objects.active())


def sweep_feed(feed, now):
    folder = folder_of(feed)
    folder.mkdir(parents=True, exist_ok=True)
    return sum(take_over(feed, path) for path in sorted(folder.iterdir()) if is_complete(path, now))


def folder_of(feed):
    return settings.DATA_DIR / FOLDER / feed.folder


def is_complete(path, now):
    """Tell whether a plain file lies there that nobody writes to any more; links and folders are nobody's business (T101)."""
    if path.name.startswith(".") or path.name.lower().endswith(UNFINISHED):
        return False
    facts = path.lstat()
    return stat.S_ISREG(facts.st_mode) and datetime.fromtimestamp(facts.st_mtime, UTC) < now - SETTLED


def take_over(feed, path):
    """Keep the file first, move it aside after; killed in between, the next sweep finds it known and only moves it."""
    if path.stat().st_size > MOST_BYTES:
        # Named by its state, so that a person sees it beside the others and the sweep leaves it alone.
        path.rename(aside(path, "too-large"))
        return 0
    with path.open("rb") as file:
        receive(file, store=feed.store, kind=feed.kind, name=path.name, feed=feed)
    path.rename(aside(path, "taken"))
    return 1


def aside(path, folder):
    target = path.parent / folder
    target.mkdir(exist_ok=True)
    moment = timezone.now().strftime("%Y%m%d-%H%M%S-%f")
    return Path(target / f"{moment}-{path.name[-100:]}")


def report(now=None):
    """Tell of every feed whose hour is over; return how many were told of."""
    return sum(feed.report(now or timezone.now()) for feed in Feed.objects.active())
