# SPDX-License-Identifier: MIT
"""When a report is written, where to, and what is in it."""
import os
import pathlib
import re
import shutil
import stat
import tempfile
import unittest

from reports import support


class Reports(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mshim-reports-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def each(self):
        for libc in support.LIBCS:
            for path in self.folder.iterdir():
                path.unlink()
            with self.subTest(libc=libc):
                yield libc

    def run_end(self, libc, how, report="r.json", **variables):
        return support.run([support.program(libc, "ends"), how], libc, cwd=self.folder, MSHIM_REPORT=report, **variables)

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def test_every_end_that_a_process_can_see_writes_one(self):
        for libc in self.each():
            for how in ("return", "exit", "_exit", "_Exit", "quick_exit", "thread"):
                done = self.run_end(libc, how, f"{how}.json")
                self.assertEqual((done.returncode, done.stderr), (5, b""), how)
                report = support.read_json(self.folder / f"{how}.json")
                self.assertEqual((report["format"], report["process"]["state"]), (1, "ended"))
                self.assertEqual(report["process"]["libc"], libc)
                self.assertGreaterEqual(report["memory"]["live_bytes"], 1000)
            self.assertEqual(self.run_end(libc, "pthread_exit", "p.json").returncode, 0)
            self.assertIn("p.json", self.names())

    def test_ends_that_it_cannot_see_leave_nothing(self):
        for libc in self.each():
            self.assertEqual(self.run_end(libc, "kill").returncode, -9)
            self.assertEqual(self.run_end(libc, "abort").returncode, -6)
            self.assertEqual(self.names(), [])

    def test_relative_path_is_meant_from_the_start(self):
        for libc in self.each():
            self.run_end(libc, "chdir")
            self.assertEqual(self.names(), ["r.json"])

    def test_without_p_only_the_first_process_writes(self):
        for libc in self.each():
            self.run_end(libc, "fork")
            self.assertEqual(support.read_json(self.folder / "r.json")["functions"]["malloc"]["requested_bytes"] >= 1000, True)
            self.assertEqual(self.names(), ["r.json"])
            self.run_end(libc, "fork", "r.json", MSHIM_FIRST="1")
            (self.folder / "r.json").unlink()
            self.run_end(libc, "return", "r.json", MSHIM_FIRST="1")
            self.assertEqual(self.names(), [])

    def test_program_that_the_first_process_becomes_is_still_first(self):
        for libc in self.each():
            again = support.program(libc, "ends")
            code = f"import os; os.execv({again!r}, [{again!r}, 'return'])"
            environment = {"MSHIM_REPORT": str(self.folder / "r.json")}
            python = support.BUILD / f"python-{libc}/bin/python3"
            if not python.exists():
                self.skipTest(f"{python} is not there")
            support.run([str(python), "-c", code], libc, **environment)
            self.assertEqual(support.read_json(self.folder / "r.json")["process"]["program"], pathlib.Path(again).name)

    def test_with_p_every_process_writes_its_own(self):
        for libc in self.each():
            self.run_end(libc, "fork", "%e.%p.json")
            reports = [support.read_json(path) for path in self.folder.iterdir()]
            self.assertEqual(len(reports), 2)
            child, parent = sorted(reports, key=lambda report: report["functions"]["malloc"]["requested_bytes"])
            self.assertEqual(child["process"]["parent_pid"], parent["process"]["pid"])
            self.assertEqual(child["functions"]["malloc"], {"calls": 1, "failures": 0, "requested_bytes": 10})
            self.assertGreaterEqual(child["memory"]["inherited_live_bytes"], 1000)
            self.assertEqual(child["memory"]["live_bytes"], child["memory"]["inherited_live_bytes"])
            self.assertEqual(child["memory"]["live_blocks"], child["memory"]["inherited_live_blocks"])
            self.assertEqual(parent["memory"]["inherited_live_bytes"], 0)
            name = parent["process"]["program"]
            self.assertEqual(self.names(), sorted(f"{name}.{report['process']['pid']}.json" for report in reports))

    def test_children_that_share_the_memory_write_and_remove_nothing(self):
        for libc in self.each():
            self.run_end(libc, "spawn", "%p.json")
            self.assertEqual(len(self.names()), 1)
            self.assertEqual(support.read_json(self.folder / self.names()[0])["process"]["state"], "ended")

    def test_what_cannot_be_written_is_skipped_in_silence(self):
        for libc in self.each():
            for path in ("/no/such/folder/r.json", "/dev/full", "/proc/r.json"):
                done = self.run_end(libc, "return", path)
                self.assertEqual((done.returncode, done.stderr), (5, b""), path)
            self.assertTrue(stat.S_ISCHR(os.stat("/dev/full").st_mode))
            self.assertEqual(self.names(), [])

    def test_device_is_written_to_not_replaced(self):
        for libc in self.each():
            fifo = self.folder / "fifo"
            os.mkfifo(fifo)
            reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
            self.run_end(libc, "return", "fifo")
            self.assertIn(b"malloc", os.read(reader, 65536))
            os.close(reader)
            self.assertTrue(stat.S_ISFIFO(fifo.stat().st_mode))

    @unittest.skipUnless(os.getuid() == 0, "giving up privileges needs root")
    def test_report_that_can_no_longer_be_written_is_skipped(self):
        for libc in self.each():
            os.chmod(self.folder, 0o700)
            done = self.run_end(libc, "nobody")
            self.assertEqual((done.returncode, done.stderr, self.names()), (5, b"", []))

    def test_dash_is_stderr(self):
        for libc in self.each():
            done = self.run_end(libc, "return", "-")
            self.assertIn(b"mshim 0.", done.stderr)
            self.assertEqual(done.stdout, b"")

    def test_counters_off_leave_what_is_left_without_them(self):
        for libc in self.each():
            self.run_end(libc, "return", MSHIM_STATS="off")
            report = support.read_json(self.folder / "r.json")
            self.assertNotIn("functions", report)
            self.assertNotIn("sizes", report)
            self.assertGreater(report["memory"]["peak_rss_bytes"], 100000)
            self.assertNotIn("live_bytes", report["memory"])
            self.assertGreater(report["page_faults"]["minor"], 0)

    def test_value_that_cannot_be_used_is_named_once(self):
        for libc in self.each():
            done = self.run_end(libc, "fork", "%p.json", MSHIM_ALLOCATOR="dlmalloc")
            self.assertEqual(done.stderr.decode().count("\n"), 1, done.stderr)
            for word in ("MSHIM_ALLOCATOR", "dlmalloc", "jemalloc"):
                self.assertIn(word, done.stderr.decode())
            for name in self.names():
                self.assertEqual(support.read_json(self.folder / name)["shim"]["allocator"], "mimalloc")

    def test_hostile_program_names_stay_text(self):
        for libc in self.each():
            for name in (b'quote"back\\slash', b"new\nline", b"\xff\xfe", "größe".encode()):
                path = os.fsencode(self.folder) + b"/" + name
                shutil.copy(support.program(libc, "ends"), path)
                for ending in ("json", "prom"):
                    support.run([path], libc, cwd=self.folder, MSHIM_REPORT=f"out.{ending}")
                self.assertIn("program", support.read_json(self.folder / "out.json")["process"])
                check_prometheus(self, (self.folder / "out.prom").read_bytes().decode())

    def test_prometheus_text_is_well_formed(self):
        for libc in self.each():
            self.run_end(libc, "return", "r.prom")
            text = (self.folder / "r.prom").read_text()
            check_prometheus(self, text)
            self.assertRegex(text, r'(?m)^mshim_calls_total\{function="malloc"\} [1-9]')
            self.assertRegex(text, r"(?m)^mshim_live_bytes [1-9]")


def check_prometheus(case, text):
    declared, last = set(), None
    for line in text.splitlines():
        if line.startswith("# "):
            kind, name = line.split()[1:3]
            case.assertIn(kind, ("HELP", "TYPE"))
            if kind == "TYPE":
                case.assertNotIn(name, declared)
                declared.add(name)
            continue
        sample = re.fullmatch(r'(mshim_[a-z0-9_]+)(\{[a-z_]+="(?:[^"\\\n]|\\.)*"(?:,[a-z_]+="(?:[^"\\\n]|\\.)*")*\})? ([0-9.]+)', line)
        case.assertTrue(sample, line)
        name = re.sub("_(bucket|sum|count)$", "", sample[1]) if "request_size" in sample[1] else sample[1]
        case.assertIn(name, declared)
        if "_bucket" in sample[1]:
            case.assertTrue(last is None or int(sample[3]) >= last)
            last = int(sample[3])


class PythonDomains(unittest.TestCase):
    CODE = """
import multiprocessing
if __name__ == "__main__":
    multiprocessing.set_start_method({0!r})
    with multiprocessing.Pool(2) as pool:
        assert pool.map(abs, [-1, 2]) == [1, 2]
        pool.close()
        pool.join()
"""

    def python(self, libc):
        path = support.BUILD / f"python-{libc}/bin/python3"
        if not path.exists():
            self.skipTest(f"{path} is not there")
        return str(path)

    def test_domains_are_reported_where_the_shim_serves_them(self):
        with tempfile.TemporaryDirectory() as folder:
            for libc in support.LIBCS:
                for value, there in (("on", True), ("allocator", True), ("off", False)):
                    with self.subTest(libc=libc, value=value):
                        path = f"{folder}/r.json"
                        support.run([self.python(libc), "-c", "x = [str(i) for i in range(10000)]"], libc,
                                    MSHIM_REPORT=path, MSHIM_PYTHON=value)
                        report = support.read_json(path)
                        self.assertEqual("python" in report, there)
                        for domain in report.get("python", {}).values():
                            self.assertEqual(domain["live_blocks"], domain["allocations"] - domain["frees"])
                            self.assertEqual(domain["live_bytes"], domain["allocated_bytes"] - domain["freed_bytes"])
                            self.assertGreaterEqual(report["memory"]["live_bytes"], domain["live_bytes"])
                        if there:
                            self.assertGreater(report["python"]["object"]["allocations"], 10000)
                            self.assertGreater(sum(size["calls"] for size in report["sizes"]), 10000)

    def test_multiprocessing_workers_each_write_one(self):
        with tempfile.TemporaryDirectory() as folder:
            for libc in support.LIBCS:
                for method in ("fork", "spawn", "forkserver"):
                    with self.subTest(libc=libc, method=method):
                        for path in pathlib.Path(folder).glob("*.json"):
                            path.unlink()
                        script = pathlib.Path(folder, "script.py")
                        script.write_text(self.CODE.format(method))
                        done = support.run([self.python(libc), str(script)], libc, MSHIM_REPORT=f"{folder}/%p.json")
                        self.assertEqual(done.returncode, 0, done.stderr)
                        reports = [support.read_json(path) for path in pathlib.Path(folder).glob("*.json")]
                        self.assertGreaterEqual(len(reports), 3)
                        self.assertTrue(all(report["process"]["state"] == "ended" for report in reports))


if __name__ == "__main__":
    unittest.main()
