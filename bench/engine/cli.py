# SPDX-License-Identifier: MIT
"""From the command line to the table: what `bench/run` calls once everything is there."""

from __future__ import annotations

import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import textwrap
import time

from . import (
    arms,
    churn,
    driver,
    growth,
    html_report,
    install,
    interrupt,
    load_results,
    machine,
    options,
    overhead,
    overhead_table,
    part_runs,
    results,
    schedule,
    sentence,
    table,
    threads,
    versions,
)
from .errors import BenchError, UsageError
from .places import Places, check, check_relinked
from .progress import Progress, clock


# What --only can name beside workloads and the overhead: each has arms of its own.
PARTS = {options.GROWTH: growth, options.CHURN: churn, options.THREADS: threads}


def measurable(chosen: options.Options, places: Places, progress: Progress) -> tuple:
    """(arms to measure, why others are left out)"""
    missing = {}
    if not chosen.arms_named:
        missing = {arm.name: places.lacks(arm) for arm in chosen.arms if places.lacks(arm)}
    for name, reason in missing.items():
        progress.note(f"arm {name} is left out: {reason}")
    return [arm for arm in chosen.arms if arm.name not in missing], missing


def measure(chosen: options.Options, progress: Progress) -> dict:
    settings = schedule.for_workloads(chosen.mode, len(chosen.workloads))
    places = Places(chosen.python)
    began = time.monotonic()
    seed = random.SystemRandom().randrange(2**32)
    rng = random.Random(seed)
    found = {"format": results.FORMAT, "machine": machine.describe()}
    with tempfile.TemporaryDirectory(prefix="mshim-bench-") as folder:
        if chosen.parts and not chosen.workloads:
            chosen = chosen._replace(arms=chosen.arms[:1])  # the parts have arms of their own
        measured, missing = measurable(chosen, places, progress)
        launches = [arms.resolve(arm, places, folder) for arm in measured]
        for launch in launches:
            check(launch)
            check_relinked(launch, places)
        if chosen.mode == "real":
            launches = [arms.with_packages(launch, places) for launch in launches]
        found["versions"] = versions.describe(places, launches)
        found["settings"] = {
            "mode": chosen.mode,
            **{name: value for name, value in settings._asdict().items() if name != "overhead"},
            "seed": seed,
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        found["arms"] = [
            {"name": arm.name, "help": arm.help, "preload": arm.preload, "environment": dict(arm.environment)}
            for arm in measured
        ]
        found["arms_missing"] = missing
        if chosen.workloads:
            samples = driver.run(chosen.workloads, launches, settings, rng, progress)
            progress.show("working out the intervals", 0.03 * len(launches) * len(samples.starts))
            frozen = [workload for workload in chosen.workloads if workload.set != "second"]
            second = [workload for workload in chosen.workloads if workload.set == "second"]
            found.update(results.evaluate(samples, frozen or second, rng))
            if frozen and second:
                found["second"] = results.evaluate(samples, second, rng)
            found["set"] = (frozen or second)[0].set
            found["raw"] = results.raw(samples)
        else:
            found.update({"reference": chosen.arms[0].name, "workloads": [], "geomean": {}, "groups": {}})
        if options.OVERHEAD in chosen.parts:
            found["price"] = overhead.measure(places, folder, chosen.mode == "full", rng, progress)
        for name, part in PARTS.items():
            if name in chosen.parts:
                part_arms = part_runs.choose(chosen.part_arms, places)
                found[name] = part.measure(part_arms, places, folder, rng, progress)
        if options.INSTALL in chosen.parts:
            found["install"] = install.measure(launches, places, rng, progress)
    progress.clear()
    found["settings"]["seconds"] = round(time.monotonic() - began, 1)
    found["verdict"] = sentence.verdict(found)
    found["warnings"] = results.warnings(found)
    return found


def keep(found: dict, places: Places) -> list:
    """Writes the results and, where the build has a template for it, their HTML report; says where they are."""
    path, report_path = (os.path.join(places.build, "bench", name) for name in ("latest.json", "latest.html"))
    results.write(found, path)
    template = places.html_template()
    if template:
        html_report.write(found, template, report_path)
        return [f"results in {path}", f"to look at: {report_path}"]
    # A report of earlier results would not be that of these.
    pathlib.Path(report_path).unlink(missing_ok=True)
    return [f"results in {path}"]


def show(found: dict, places: list) -> None:
    width = shutil.get_terminal_size((150, 24)).columns
    print(table.render(found, width))
    if "second" in found:
        print("\n" + table.render_second(found, width))
    for row in found["workloads"]:
        if "load" in row:
            print("\n".join(load_results.render(row, [arm["name"] for arm in found["arms"]])))
    if "install" in found:
        print("\n" + install.render(found["install"]))
    for name, part in PARTS.items():
        if name in found:
            print("\n" + part.render(found[name]))
    if "price" in found:
        print("\n" + overhead_table.render(found["price"]))
    if found["verdict"]:
        print("\n" + textwrap.fill(" ".join(found["verdict"]), min(width, 120)))
    for warning in found["warnings"]:
        print(f"\nWARNING: {warning}.")
    print("\n" + "\n".join([f"{clock(found['settings']['seconds'])} minutes", *places]), flush=True)


def main(arguments: list) -> int:
    progress = Progress()
    interrupt.install()
    try:
        chosen = options.parse(arguments)
        if chosen.check_only:
            return 0
        found = measure(chosen, progress)
        try:
            kept = keep(found, Places())
        except OSError as error:
            show(found, [])
            raise BenchError(f"the results cannot be kept: {error}") from error
        show(found, kept)
    except UsageError as error:
        print(f"bench/run: {error}", file=sys.stderr)
        return 2
    except BenchError as error:
        progress.clear()
        print(f"bench/run: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt as signalled:
        progress.clear()
        print("bench/run: stopped; nothing was written", file=sys.stderr)
        return 128 + int(signalled.args[0] if signalled.args else signal.SIGINT)
    return 0
