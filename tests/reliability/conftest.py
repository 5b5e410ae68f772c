import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

import start

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def broker():
    """A Redis or Valkey server of our own on a Unix socket."""
    # Socket paths may have about a hundred characters, pytest's own folders are too deep.
    with tempfile.TemporaryDirectory(prefix="manyi-") as folder:
        path = f"{folder}/broker.sock"
        server = shutil.which("valkey-server") or shutil.which("redis-server") or start.bundled_server()
        process = subprocess.Popen([server, "--port", "0", "--unixsocket", path, "--dir", folder, "--save", ""], stdout=subprocess.DEVNULL)
        try:
            wait_for(lambda: Path(path).exists())
            yield f"redis+socket://{path}"
        finally:
            process.terminate()
            process.wait()


@pytest.fixture
def database(tmp_path):
    """The environment of an empty database: a new one on the PostgreSQL server of the tests, or an SQLite file."""
    server = os.environ.get("DATABASE_URL")
    if not server:
        yield {"DATA_DIR": str(tmp_path), "DATABASE_URL": ""}
        return
    name = f"manyi_killed_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
        yield {"DATA_DIR": str(tmp_path), "DATABASE_URL": f"{server.rsplit('/', 1)[0]}/{name}", "SECRET_KEY": "tests-only"}
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def run(broker, database, tmp_path):
    """Run ``python -m tests.reliability.<module> …`` on this broker and database and return what it prints."""

    def finished(module, *arguments, **environment):
        environment = {**os.environ, **database, "REDIS_URL": broker, "TAKEN": str(tmp_path / "taken"), "LOG_LEVEL": "ERROR", **environment}
        command = [sys.executable, "-m", f"tests.reliability.{module}", *map(str, arguments)]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout

    return finished


def wait_for(is_there, patience=10):
    end = time.monotonic() + patience
    while not is_there():
        assert time.monotonic() < end
        time.sleep(0.02)
