# SPDX-License-Identifier: MIT
"""What is in a report: JSON and Prometheus' text as interface.md has them, whatever the program is called."""
import json
import os
import re
import shutil
import subprocess
import unittest

import reporting
from prometheus import parse_prometheus
from reporting import harness

PROCESS = {"pid", "parent_pid", "program", "libc", "state", "wall_seconds", "cpu_seconds", "system_cpu_seconds"}
SHIM = {"version", "allocator", "allocator_version", "options", "memory_bytes"}
MEMORY = {"allocated_bytes", "freed_bytes", "live_bytes", "peak_live_bytes", "live_blocks", "inherited_live_bytes",
          "inherited_live_blocks", "rss_bytes", "peak_rss_bytes"}
KERNEL = {"rss_bytes", "peak_rss_bytes"}
WITHOUT_A_DEFAULT = {"MSHIM_REPORT", "MSHIM_THREAD_STACK"}
HOSTILE = [b'quo"te', b"back\\slash", b"new\nline", b"tab\tand\x01\x1f\x7f", b"\xff\xfe", "größe 💾".encode(), b"\xed\xa0\x80", b"\xc0\x80",
           b"cut\xe2\x82", b"{a=\"b\"} 1", b"<script>", b"%p%e%s", b"x" * 255]


def numbers(value):
    if isinstance(value, dict):
        for inner in value.values():
            yield from numbers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers(inner)
    elif isinstance(value, (int, float)):
        yield value


class Json(reporting.Case):
    @harness.each(allocators=harness.ALLOCATORS)
    def test_keys_are_those_of_the_interface(self, libc, variables):
        self.act(libc, "return", **variables)
        report = self.json()
        own = variables["MSHIM_ALLOCATOR"] != "system"  # of another library's allocator it is not known
        self.assertEqual([key for key in report if key != "time"],
                         ["format", "process", "shim", "functions", "realloc", "memory", "threads", *["kernel"] * own, "page_faults", "sizes"])
        self.assertEqual(set(report.get("kernel", ())), {f"{call}_{what}" for call in ("mmap", "munmap", "madvise")
                                                         for what in ("calls", "bytes")} if own else set())
        self.assertEqual(report["format"], 1)
        self.assertEqual(set(report["process"]), PROCESS)
        self.assertEqual(set(report["shim"]), SHIM)
        self.assertEqual(set(report["memory"]) - {"retained_bytes"}, MEMORY)
        self.assertEqual(set(report["realloc"]), {"in_place", "moved", "copied_bytes"})
        self.assertEqual(set(report["threads"]), {"started", "ended"})
        self.assertEqual(set(report["page_faults"]), {"minor", "major"})
        sized = {row[0]: row[1] == "SIZED" for row in harness.table("include/mshim/functions.def", "MSHIM_FUNCTION")}
        for name, function in report["functions"].items():
            self.assertEqual(set(function), {"calls", "failures"} | ({"requested_bytes"} if sized[name] else set()), name)
            self.assertGreater(function["calls"], 0)
        for size in report["sizes"]:
            self.assertEqual(set(size), {"from_bytes", "to_bytes", "calls"})
            self.assertLessEqual(size["from_bytes"], size["to_bytes"])

    @harness.each(allocators=harness.ALLOCATORS)
    def test_values_make_sense(self, libc, variables):
        self.act(libc, "return", **variables)
        report = self.json()
        process, memory = report["process"], report["memory"]
        self.assertEqual((process["parent_pid"], process["libc"], process["program"]), (os.getpid(), libc, f"act-{libc}"))
        self.assertLess(process["wall_seconds"], harness.SECONDS)
        self.assertLess(process["cpu_seconds"], harness.SECONDS)
        self.assertEqual(memory["live_bytes"], memory["allocated_bytes"] - memory["freed_bytes"])
        self.assertGreaterEqual(memory["peak_live_bytes"], memory["live_bytes"])
        self.assertGreaterEqual(memory["peak_rss_bytes"], memory["rss_bytes"])
        self.assertGreater(memory["rss_bytes"], 100000)
        self.assertLessEqual(memory.get("retained_bytes", 0), memory["rss_bytes"])
        self.assertGreater(report["page_faults"]["minor"], 0)
        self.assertGreater(report["shim"]["memory_bytes"], 0)
        sized = [function["calls"] for function in report["functions"].values() if "requested_bytes" in function]
        self.assertEqual(sum(size["calls"] for size in report["sizes"]), sum(sized))
        for number in numbers(report):
            self.assertGreaterEqual(number, 0)
            self.assertLess(number, 2**63)

    def assert_times(self, time):
        """Absent where too little was sampled; else times of functions that were called, and a part of the CPU time."""
        self.assertTrue(0 < time["allocation_share"] <= 1, time)
        self.assertTrue(0 <= time["allocation_share_error"] <= 1, time)
        functions = {name: value for name, value in time.items() if isinstance(value, dict)}
        self.assertTrue({"malloc", "free"} <= set(functions), time)
        for name, function in functions.items():
            self.assertEqual(set(function), {"samples", "p50_ns", "p99_ns", "max_ns"}, name)
            self.assertGreater(function["samples"], 0)
            self.assertLessEqual(function["p50_ns"], function["p99_ns"])
            self.assertLessEqual(function["p99_ns"], function["max_ns"])

    @harness.each(allocators=harness.ALLOCATORS)
    def test_times_of_calls(self, libc, variables):
        self.act(libc, "churn", "return", **variables)
        report = self.json()
        self.assert_times(report["time"])
        self.act(libc, "churn", "return", report="r.prom", **variables)
        samples = parse_prometheus((self.folder / "r.prom").read_text())
        self.assertTrue(0 < samples["mshim_time_allocation_share", None] <= 1)
        self.assertTrue(0 < samples["mshim_time_p99_seconds", 'function="malloc"'] < 1)

    @harness.each()
    def test_function_not_called_is_absent(self, libc, variables):
        self.act(libc, "return")
        self.assertNotIn("pvalloc", self.json()["functions"])

    @harness.each(allocators=harness.ALLOCATORS)
    def test_options_are_all_there_as_in_force(self, libc, variables):
        known = set(re.findall('"(MSHIM_[A-Z_]+)"', (harness.TOP / "shim/shared/options/options.def").read_text()))
        self.act(libc, "return", **variables)
        options = self.json()["shim"]["options"]
        self.assertEqual(set(options) | WITHOUT_A_DEFAULT, known)
        self.assertEqual(options["MSHIM_ALLOCATOR"], variables["MSHIM_ALLOCATOR"])
        self.assertEqual(options["MSHIM_REPORT"], "r.json")
        self.assertEqual(options["MSHIM_MEMFUNCS"], "on" if libc == "musl" else "off")

    @harness.each()
    def test_options_are_those_of_the_start(self, libc, variables):
        """The environment's memory is the program's: what shows a title in ps writes over it."""
        self.act(libc, "return", MSHIM_THREAD_STACK="3M")
        before = self.json()["shim"]["options"]
        self.empty()
        self.assert_ended(self.act(libc, "overwrite_environment", "return", MSHIM_THREAD_STACK="3M"), 5)
        self.assertEqual(self.json()["shim"]["options"], before)

    @harness.each(allocators=harness.ALLOCATORS)
    def test_counters_off(self, libc, variables):
        self.assert_ended(self.act(libc, "fork", "busy", "return", MSHIM_STATS="off", **variables), 5)
        report = self.json()
        self.assertEqual(set(report), {"format", "process", "shim", "memory", "page_faults"})
        self.assertEqual(set(report["memory"]) - {"retained_bytes"}, KERNEL)
        self.assertEqual((set(report["process"]), set(report["shim"])), (PROCESS, SHIM))
        for number in numbers(report):
            self.assertLess(number, 2**63)
        self.act(libc, "return", report="r.prom", MSHIM_STATS="off", **variables)
        names = {name for name, _ in parse_prometheus((self.folder / "r.prom").read_text())}
        self.assertIn("mshim_rss_bytes", names)
        self.assertFalse({"mshim_calls_total", "mshim_live_bytes", "mshim_request_size_bytes_count"} & names)


class Names(reporting.Case):
    """Programs may be called anything."""

    def run_as(self, libc, name, report):
        path = os.fsencode(self.folder) + b"/" + name
        shutil.copy(harness.act_program(libc), path)
        done = harness.run([path, b"return"], libc, cwd=self.folder, MSHIM_REPORT=report)
        os.unlink(path)
        self.assert_ended(done, 5)

    @harness.each()
    def test_json_stays_json(self, libc, variables):
        for name in HOSTILE:
            with self.subTest(name=name):
                self.run_as(libc, name, "r.json")
                program = self.json()["process"]["program"]
                try:
                    self.assertEqual(program, name.decode())
                except UnicodeDecodeError:
                    self.assertGreaterEqual(len(program), 3 if len(name) > 2 else 2)

    @harness.each()
    def test_prometheus_stays_prometheus(self, libc, variables):
        for name in HOSTILE:
            with self.subTest(name=name):
                self.run_as(libc, name, "r.prom")
                samples = parse_prometheus((self.folder / "r.prom").read_text(encoding="utf-8"))
                self.assertIn("mshim_live_bytes", {sample for sample, _ in samples})

    @harness.each()
    def test_report_itself_may_be_called_anything(self, libc, variables):
        for name in (b'q"u.json', b"new\nline.json", b"\xff.json", b"\\.json"):
            self.act(libc, "return", report=os.fsdecode(name))
            with open(os.fsencode(self.folder) + b"/" + name, encoding="utf-8") as file:
                json.load(file)
            self.empty()

    @harness.each()
    def test_no_name_at_all(self, libc, variables):
        for first in ("", "/", "a/"):
            # (posix_spawn of Python 3.13 refuses an empty name; with something to do before, it is fork and exec.)
            done = subprocess.run([first, "return"], executable=harness.act_program(libc), capture_output=True, timeout=60,
                                  preexec_fn=os.getpid, env=harness.environment(libc, MSHIM_REPORT=self.folder / "r.json"))
            self.assert_ended(done, 5)
            self.assertIsInstance(self.json()["process"]["program"], str)


class Prometheus(reporting.Case):
    @harness.each(allocators=harness.ALLOCATORS)
    def test_well_formed_and_the_same_as_json(self, libc, variables):
        self.assert_ended(self.act(libc, "return", report="r.prom", **variables), 5)
        self.act(libc, "return", **variables)
        samples = parse_prometheus((self.folder / "r.prom").read_text())
        report = self.json()
        for name, function in report["functions"].items():
            for key, value in function.items():
                self.assertEqual(samples[f"mshim_{key}_total", f'function="{name}"'], value)
        self.assertEqual(sum(1 for name, _ in samples if name == "mshim_calls_total"), len(report["functions"]))
        for key in ("live_bytes", "live_blocks", "peak_live_bytes", "inherited_live_bytes"):
            self.assertEqual(samples[f"mshim_{key}", None], report["memory"][key])
        for key in ("allocated_bytes", "freed_bytes"):
            self.assertEqual(samples[f"mshim_{key}_total", None], report["memory"][key])
        calls = 0
        for size in report["sizes"]:
            calls += size["calls"]
            self.assertEqual(samples["mshim_request_size_bytes_bucket", f'le="{size["to_bytes"]}"'], calls)
        self.assertEqual(samples["mshim_request_size_bytes_count", None], calls)
        self.assertEqual(samples["mshim_request_size_bytes_sum", None],
                         sum(function.get("requested_bytes", 0) for function in report["functions"].values()))
        self.assertTrue(all(name.startswith("mshim_") for name, _ in samples))

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not there")
    @harness.each()
    def test_promtool_takes_it(self, libc, variables):
        self.act(libc, "return", report="r.prom")
        with open(self.folder / "r.prom", "rb") as file:
            done = subprocess.run(["promtool", "check", "metrics"], stdin=file, capture_output=True, timeout=60)
        self.assertNotIn(b"error while linting", done.stderr)


class Text(reporting.Case):
    @harness.each(allocators=harness.ALLOCATORS)
    def test_same_numbers_as_json(self, libc, variables):
        self.act(libc, "return", report="r.txt", **variables)
        self.act(libc, "return", **variables)
        lines = [line.split() for line in (self.folder / "r.txt").read_text().splitlines()]
        report = self.json()
        for name, function in report["functions"].items():
            self.assertIn([name] + [str(value) for value in function.values()], lines)
        for key in ("live_bytes", "live_blocks", "allocated_bytes", "freed_bytes"):
            self.assertTrue([line for line in lines if line[:3] == ["memory", key, str(report["memory"][key])]], key)
        self.assertNotIn(str(2**64 - 1), (self.folder / "r.txt").read_text())


if __name__ == "__main__":
    unittest.main()
