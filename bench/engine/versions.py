# SPDX-License-Identifier: MIT
"""What was compared with what: versions, and how the interpreters were built."""

from __future__ import annotations

import json
import os
import re
import subprocess

from .places import TOP, Places

# What a Python built one way has to say about itself; run by each interpreter.
ASK = (
    "import sys, sysconfig, json; c = sysconfig.get_config_var; "
    "print(json.dumps({'version': sys.version, 'configure': c('CONFIG_ARGS'), 'compiler': c('CC'), "
    "'cflags': c('PY_CFLAGS')}))"
)


def run(command: list, **options) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, **options)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout + done.stderr


def musl_version(mapped: list):
    """musl's loader says its version when run without arguments."""
    for path in mapped:
        if os.path.basename(path) == "libc.so" or os.path.basename(path).startswith("ld-musl-"):
            found = re.search(r"^Version (\S+)", run([path]), re.MULTILINE)
            return found.group(1) if found else None
    return None


def glibc_version(python: str):
    text = run([python, "-S", "-c", "import os; print(os.confstr('CS_GNU_LIBC_VERSION'))"], env={"PATH": os.defpath})
    found = re.search(r"glibc (\S+)", text)
    return found.group(1) if found else None


def build_info(python: str):
    """What set-up wrote beside a twin: flags, compiler, sources."""
    path = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(python))), "build-info.json")
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def of_python(places: Places, arm) -> dict:
    python, facts = places.python(arm), places.facts(arm)
    try:
        said = json.loads(run([python, "-S", "-c", ASK], env={"PATH": os.defpath}))
    except ValueError:
        said = {"version": facts.values.get("python")}
    libc = musl_version(facts.mapped) if facts.libc == "musl" else glibc_version(python)
    entry = {"path": python, "libc": facts.libc, "libc_version": libc, **said, "build": build_info(python)}
    return {key: value for key, value in entry.items() if value is not None}


def describe(places: Places, launches: list) -> dict:
    allocators = dict(line.split()[:2] for line in places.ask("list").splitlines() if len(line.split()) >= 2)
    pythons = {launch.arm.python: of_python(places, launch.arm) for launch in launches}
    commit = run(["git", "-C", TOP, "rev-parse", "HEAD"]).strip()
    found = {
        "mshim": places.ask("--version").strip() or None,
        "allocators": allocators or None,
        "python": pythons,
        "commit": commit if re.fullmatch(r"[0-9a-f]{40}", commit) else None,
    }
    return {key: value for key, value in found.items() if value is not None}
