#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""CPython's own test suite before and after, with the shim or in another Python: every test must end the same way.

cpython_suite.py --python PATH (--library PATH | --other PATH) [--jobs N] [--all | TEST ...]

Without names: the tests closest to memory and interpreters, or to calls and threads; with MSHIM_TEST_FULL=1 the whole suite.
Tests that differ are run once more on both sides, since some are not steady by themselves. What differs by design is in
KNOWN, with the reason. Tests that fail either way are named.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

TESTS = "test_capi test_embed test_gc test_tracemalloc test_threading test__interpreters".split()
TESTS_OF_CODE = "test_generators test_exceptions test_ctypes test_gc test_threading_local".split()

# The name of a test, or the start of it: why it cannot be the same with the shim, or in another Python.
KNOWN = {
    "test.test_sys.SysModuleTest.test_getallocatedblocks": "sys.getallocatedblocks() counts pymalloc's blocks",
    "test.test_sys.SysModuleTest.test_debugmallocstats": "sys._debugmallocstats() describes pymalloc, which serves nothing",
    "test.test_cmd_line.CmdLineTest.test_pythonmalloc": "asks for the allocator's name, which is only known for CPython's",
}

KNOWN_OF_OTHERS = {
    "test.test_subprocess.POSIXProcessTestCase.test_user": "another user may start one Python and not reach the other's library",
}


def run(python, library, names, jobs, log):
    """Outcome by test, and the status of the whole."""
    folder = log.parent
    report = pathlib.Path(folder, "report.xml")
    report.unlink(missing_ok=True)
    environment = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD" and not k.startswith("PYTHON")}
    if library:
        environment["LD_PRELOAD"] = library
    command = [python, "-m", "test", f"-j{jobs}", "--timeout", "900", "--junit-xml", str(report), *names]
    with log.open("ab") as out:
        status = subprocess.run(command, env=environment, stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                                cwd=folder).returncode
    outcome = {}
    if report.exists():
        for case in ElementTree.parse(report).iter("testcase"):
            name = case.get("name")
            if name is None:  # of a test with subtests that failed; the test itself is then absent, which is seen
                continue
            kinds = {child.tag for child in case} & {"failure", "error", "skipped"}
            worst = next((kind for kind in ("error", "failure", "skipped") if kind in kinds), "passed")
            outcome[name] = worst
    return outcome, status


def differences(before, after):
    return {name: (before.get(name, "absent"), after.get(name, "absent"))
            for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)}


def known(name, table):
    return next((reason for start, reason in table.items() if name.startswith(start)), None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True)
    after = parser.add_mutually_exclusive_group(required=True)
    after.add_argument("--library", help="the shim, preloaded afterwards")
    after.add_argument("--other", help="the Python that is run afterwards")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--all", action="store_true", help="the whole suite")
    parser.add_argument("--logs", help="where logs go (default: a temporary folder)")
    parser.add_argument("tests", nargs="*")
    options = parser.parse_args()
    options.python, options.other, options.library = (path and os.path.abspath(path) for path in (
        options.python, options.other, options.library))
    everything = options.all or os.environ.get("MSHIM_TEST_FULL") == "1" and not options.tests
    names = [] if everything else options.tests or (TESTS_OF_CODE if options.other else TESTS)
    folder = os.path.abspath(options.logs) if options.logs else tempfile.mkdtemp(prefix="mshim-cpython-suite-")
    os.makedirs(folder, exist_ok=True)

    before_log, after_log = (pathlib.Path(folder, f"{name}.log") for name in ("before", "after"))

    def run_both(names):
        return (run(options.python, None, names, options.jobs, before_log),
                run(options.other or options.python, options.library, names, options.jobs, after_log))

    (before, status_before), (after, status_after) = run_both(names)
    if not before or not after:
        print(f"no results: status {status_before} and {status_after}; logs {before_log} {after_log}", file=sys.stderr)
        return 1
    differ = differences(before, after)
    table = KNOWN if options.library else KNOWN_OF_OTHERS
    unexpected = {name for name in differ if not known(name, table)}
    if unexpected:
        again = sorted({name.split(".")[1] for name in unexpected if name.startswith("test.")}) or names
        (before_again, _), (after_again, _) = run_both(again)
        before.update(before_again)
        after.update(after_again)
        differ = differences(before, after)
        unexpected = {name for name in differ if not known(name, table)}
    for name, outcomes in differ.items():
        print(f"{name}: {outcomes[0]} before, {outcomes[1]} after ({known(name, table) or 'NOT EXPECTED'})")
    for name in sorted(before.keys() - differ.keys()):
        if before[name] in ("failure", "error"):
            print(f"{name}: {before[name]} either way")
    same = len(before.keys() | after.keys()) - len(differ)
    print(f"{same} tests end the same way, {len(differ) - len(unexpected)} differ by design, {len(unexpected)} differ; "
          f"logs in {folder}")
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
