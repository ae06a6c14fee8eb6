# SPDX-License-Identifier: MIT
"""CPython's domains in the report, and multiprocessing's workers: the twins under build/."""
import textwrap
import unittest

import reporting
from reporting import harness

DOMAIN = {row[0] for row in harness.table("include/mshim/python_counters.def", "MSHIM_PYTHON_COUNTER")}
WORK = "kept = [str(i) for i in range(10000)]; more = [bytes(1000) for i in range(100)]; del more"
# Prints the ids of its workers; `method` is the first argument.
POOL = textwrap.dedent("""
    import multiprocessing, os, sys

    def work(queue):
        kept = [str(i) for i in range(3000)]
        queue.put(os.getpid())

    if __name__ == "__main__":
        context = multiprocessing.get_context(sys.argv[1])
        queue = context.SimpleQueue()
        workers = [context.Process(target=work, args=(queue,)) for _ in range(3)]
        for worker in workers: worker.start()
        ids = [queue.get() for _ in workers]
        for worker in workers: worker.join()
        assert all(worker.exitcode == 0 for worker in workers)
        assert sorted(ids) == sorted(worker.pid for worker in workers)
        print(os.getpid(), *ids)
""")


class Python(reporting.Case):
    def python(self, libc, code, *options, **variables):
        self.empty()  # CPython looks at what is in its folder
        done = harness.run([harness.twin(libc), *options, "-S", "-c", code], libc, cwd=self.folder,
                           **{"MSHIM_REPORT": "r.json", **variables})
        self.assert_ended(done, 0)
        return self.json()

    def assert_consistent(self, report):
        memory = report["memory"]
        self.assertEqual(memory["live_bytes"], memory["inherited_live_bytes"] + memory["allocated_bytes"] - memory["freed_bytes"])
        self.assertGreaterEqual(memory["peak_live_bytes"], memory["live_bytes"])
        sized = sum(function["calls"] for function in report["functions"].values() if "requested_bytes" in function)
        asked = sum(domain["allocations"] + domain["failures"] for domain in report.get("python", {}).values())
        # What CPython reallocates is in `sizes` too, and no allocation where the block stays.
        self.assertGreaterEqual(sum(size["calls"] for size in report["sizes"]), sized + asked)
        for domain in report.get("python", {}).values():
            self.assertEqual(set(domain), DOMAIN)
            for value in domain.values():
                self.assertLess(value, 2**62)
            self.assertGreaterEqual(memory["live_bytes"], domain["live_bytes"])

    @harness.each(allocators=harness.ALLOCATORS)
    def test_domains_are_there_where_they_are_served(self, libc, variables):
        for mode in ("on", "allocator"):
            with self.subTest(mode=mode):
                report = self.python(libc, WORK, MSHIM_PYTHON=mode, **variables)
                self.assert_consistent(report)
                self.assertEqual(set(report["python"]), {"mem", "object"})
                live_bytes = live_blocks = 0
                for domain in report["python"].values():
                    self.assertEqual(domain["live_blocks"], domain["allocations"] - domain["frees"])
                    self.assertEqual(domain["live_bytes"], domain["allocated_bytes"] - domain["freed_bytes"])
                    self.assertEqual(domain["failures"], 0)
                    live_bytes += domain["live_bytes"]
                    live_blocks += domain["live_blocks"]
                self.assertGreater(report["python"]["object"]["allocations"], 10000)
                self.assertGreaterEqual(report["memory"]["live_bytes"], live_bytes)
                self.assertGreaterEqual(report["memory"]["live_blocks"], live_blocks)
                self.assertGreaterEqual(report["memory"]["allocated_bytes"],
                                        sum(domain["allocated_bytes"] for domain in report["python"].values()))

    @harness.each()
    def test_domains_are_absent_where_they_are_not(self, libc, variables):
        for variables in ({"MSHIM_PYTHON": "off"}, {"PYTHONMALLOC": "malloc"}, {"PYTHONMALLOC": "pymalloc"},
                          {"MSHIM_STATS": "off"}):
            with self.subTest(**variables):
                self.assertNotIn("python", self.python(libc, WORK, **variables))

    @harness.each()
    def test_program_that_is_no_python_has_none(self, libc, variables):
        self.act(libc, "return")
        self.assertNotIn("python", self.json())

    @harness.each()
    def test_known_objects_are_counted(self, libc, variables):
        """The same program with 5,000 more objects of one size; everything else in it is the same."""
        code = "import itertools; kept = list(map(bytes, itertools.repeat(1000, {0})))"
        for mode in ("on", "allocator"):
            few, many = (self.python(libc, code.format(count), MSHIM_PYTHON=mode, PYTHONHASHSEED=0) for count in (2000, 7000))
            asked = [sum(size["calls"] for size in report["sizes"] if size["from_bytes"] <= 1033 <= size["to_bytes"])
                     for report in (few, many)]
            self.assertEqual(asked[1] - asked[0], 5000, mode)
            counts = [report["python"]["object"]["allocations"] for report in (few, many)]
            self.assertEqual(counts[1] - counts[0], 5000, mode)

    @harness.each()
    def test_forked_child(self, libc, variables):
        code = "import os\nkept = [str(i) for i in range(20000)]\nif os.fork() == 0: os._exit(0)\nos.wait()"
        harness.run([harness.twin(libc), "-S", "-c", code], libc, cwd=self.folder, MSHIM_REPORT="%p.json")
        reports = self.reports()
        self.assertEqual(len(reports), 2)
        child = next(report for report in reports.values() if report["process"]["parent_pid"] in reports)
        parent = reports[child["process"]["parent_pid"]]
        self.assert_consistent(child)
        self.assert_consistent(parent)
        self.assertEqual(parent["memory"]["inherited_live_bytes"], 0)
        self.assertGreater(child["memory"]["inherited_live_bytes"], 20000 * 48)
        self.assertGreater(child["memory"]["inherited_live_blocks"], 20000)
        self.assertLess(child["python"]["object"]["allocations"], 2000)
        self.assertLess(sum(function["calls"] for function in child["functions"].values()), 2000)
        self.assertGreaterEqual(child["memory"]["live_blocks"], child["memory"]["inherited_live_blocks"] - 2000)

    def multiprocess(self, libc, method):
        script = self.folder / "script"
        script.write_text(POOL)
        done = harness.run([harness.twin(libc), "-S", script, method], libc, cwd=self.folder, MSHIM_REPORT="%p.json")
        self.assert_ended(done, 0)
        script.unlink()
        reports = self.reports()
        parent, *workers = (int(word) for word in done.stdout.split())
        self.assertEqual(set(reports) & {parent, *workers}, {parent, *workers})
        for report in reports.values():
            self.assert_consistent(report)
            self.assertEqual(report["process"]["state"], "ended")
        for worker in workers:
            self.assertGreaterEqual(reports[worker]["python"]["object"]["allocations"], 3000)
            inherited = reports[worker]["memory"]["inherited_live_bytes"]
            self.assertTrue(inherited == 0 if method == "spawn" else inherited > 0)
        self.empty()
        script.write_text(POOL)
        harness.run([harness.twin(libc), "-S", script, method], libc, cwd=self.folder, MSHIM_REPORT="r.json")
        self.assertEqual(self.names(), ["r.json", "script"])
        self.assertNotIn(self.json()["process"]["pid"], workers)

    @harness.each()
    def test_multiprocessing_by_fork(self, libc, variables):
        self.multiprocess(libc, "fork")

    @harness.each()
    def test_multiprocessing_by_spawn(self, libc, variables):
        self.multiprocess(libc, "spawn")

    @harness.each()
    def test_multiprocessing_by_forkserver(self, libc, variables):
        self.multiprocess(libc, "forkserver")

    @harness.each()
    def test_subprocess(self, libc, variables):
        """A command that is not there, one that is: subprocess starts them by vfork or posix_spawn."""
        code = ("import subprocess, sys\n"
                "for close in (True, False):\n"
                " try: subprocess.run(['/no/such/command'], close_fds=close)\n"
                " except FileNotFoundError: pass\n"
                " assert subprocess.run([sys.executable, '-S', '-c', 'raise SystemExit(7)'], close_fds=close).returncode == 7\n")
        done = harness.run([harness.twin(libc), "-S", "-c", code], libc, cwd=self.folder, MSHIM_REPORT="%p.json")
        self.assert_ended(done, 0)
        self.assertEqual(len(self.reports()), 3)
        self.empty()
        self.python(libc, code)
        self.assertEqual(self.names(), ["r.json"])

    @harness.each()
    def test_ends_of_python(self, libc, variables):
        for code, status in (("raise SystemExit(7)", 7), ("import os; os._exit(7)", 7), ("1 / 0", 1),
                             ("import threading, os; threading.Thread(target=lambda: os._exit(7)).start(); import time; time.sleep(60)", 7)):
            self.empty()
            done = harness.run([harness.twin(libc), "-S", "-c", code], libc, cwd=self.folder, MSHIM_REPORT="r.json")
            self.assertEqual(done.returncode, status)
            self.assert_consistent(self.json())


if __name__ == "__main__":
    unittest.main()
