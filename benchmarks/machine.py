"""The machine and the versions a table was made with."""

import os
import platform
import sqlite3
from pathlib import Path

import django
from django.db import connection


def describe():
    return {
        "cores": os.cpu_count(),
        "cpu": cpu(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "django": django.get_version(),
        "database": database(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def cpu():
    """Return the name of the processor; only Linux tells it in a file."""
    info = Path("/proc/cpuinfo")
    names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")] if info.exists() else []
    return names[0] if names else platform.processor() or platform.machine()


def database():
    if connection.vendor == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    connection.ensure_connection()
    return f"PostgreSQL {'.'.join(map(str, divmod(connection.pg_version, 10_000)))}"
