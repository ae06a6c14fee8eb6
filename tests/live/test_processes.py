# SPDX-License-Identifier: MIT
"""A stats file a process: forks of every kind, exec, threads, changed users, other namespaces."""
import pathlib
import re
import signal
import subprocess
import unittest

import live
from live import harness
from test_stats_file import AS_ROOT, Case


class Families(Case):
    def kept(self, libc, *words, **variables):
        """Headers of the stats files that all processes of lives.c leave, by process id, and what stat says of them."""
        done = harness.run([live.program(libc, "lives"), *words], libc, MSHIM_DIR=self.folder, MSHIM_KEEP="on", **variables)
        self.assert_ended(done, 0)
        return {header["pid"]: (header, self.stat(stats_file)) for stats_file in self.stats_files() for header in [self.header(stats_file)]}

    def family(self, libc, *words, **variables):
        """Parent and child of two."""
        found = self.kept(libc, *words, **variables)
        self.assertEqual(len(found), 2, found.keys())
        [child] = [pid for pid, (header, _) in found.items() if header["parent_pid"] in found]
        return found[found[child][0]["parent_pid"]], found[child]

    @staticmethod
    def calls(report):
        """Of lives.c's own size."""
        return sum(size["calls"] for size in report["sizes"] if size["from_bytes"] <= 100 <= size["to_bytes"])

    @harness.each(allocators=harness.ALLOCATORS)
    def test_a_forked_child_has_its_own(self, libc, variables):
        for word in ("fork", "_fork"):
            self.empty()
            (parent, of_parent), (child, of_child) = self.family(libc, "calls", "5000", word, "calls", "300", **variables)
            self.assertEqual(child["parent_id"], parent["id"])
            self.assertEqual((self.calls(of_parent), self.calls(of_child)), (5000, 300))
            self.assertEqual(child["inherited_live_blocks"], of_child["memory"]["inherited_live_blocks"])
            self.assertGreaterEqual(child["start_ticks"], parent["start_ticks"])
            self.assertEqual((of_parent["process"]["state"], of_child["process"]["state"]), ("ended", "ended"))

    @harness.each()
    def test_an_image_started_by_a_child_has_its_own(self, libc, variables):
        for word in ("vfork", "spawn"):
            self.empty()
            (parent, of_parent), (child, of_child) = self.family(libc, "calls", "5000", word, "calls", "300")
            self.assertEqual((self.calls(of_parent), self.calls(of_child)), (5000, 300))
            self.assertEqual((child["parent_id"], parent["state"]), (0, 1))

    @harness.each()
    def test_exec_replaces_the_stats_file_and_keeps_the_parent(self, libc, variables):
        found = self.kept(libc, "calls", "5000", "exec", "calls", "300", "exec", "calls", "20")
        self.assertEqual([self.calls(report) for _, report in found.values()], [20])
        self.empty()
        (parent, _), (child, of_child) = self.family(libc, "fork", "calls", "300", "exec", "calls", "20")
        self.assertEqual((child["parent_id"], self.calls(of_child)), (parent["id"], 20))

    @harness.each()
    def test_a_program_that_is_not_preloaded_leaves_no_running_stats_file(self, libc, variables):
        process = self.become_another_program(libc)
        stats_file = self.stats_file_of(process.pid)
        self.assertEqual(self.stat(stats_file)["process"]["state"], "replaced")
        process.stdin.close()
        process.wait()
        self.assertEqual(self.stat(stats_file)["process"]["state"], "died")

    @harness.each()
    def test_a_cloned_child_takes_nothing_away(self, libc, variables):
        process = self.lives(libc, "clone", "clone", "up")
        self.assertEqual(self.stat(self.stats_file_of(process.pid))["process"]["state"], "running")
        self.end(process)

    @harness.each()
    def test_children_can_be_kept_out(self, libc, variables):
        done = harness.run([live.program(libc, "lives"), "environment", "spawn", "environment"], libc, MSHIM_CHILDREN="drop",
                           MSHIM_DIR=self.folder, MSHIM_KEEP="on")
        self.assert_ended(done, 0)
        self.assertEqual(done.stdout.decode().split(), ["none", "none"])
        self.assertEqual(len(self.stats_files()), 1)

    def test_what_else_is_preloaded_stays(self):
        beside, name = self.folder / "libbeside.so", harness.library("glibc")
        subprocess.run(["gcc", "-shared", "-o", beside, "-x", "c", "/dev/null"], check=True)
        link = self.folder / "link.so"
        link.symlink_to(name)
        for preload, left in ((f"{beside}:{name}", f"{beside}"), (f"{name} {beside}", f"{beside}"), (f"{link}:{beside}", f"{beside}"),
                              (f"{name}:{beside}:{name}", f"{beside}")):
            done = harness.run([live.program("glibc", "lives"), "environment"], MSHIM_CHILDREN="drop", LD_PRELOAD=preload,
                               MSHIM_DIR=self.folder)
            self.assert_ended(done, 0)
            self.assertEqual(done.stdout.decode().strip(), left)


class Threads(Case):
    @harness.each(allocators=harness.ALLOCATORS)
    def test_two_hundred(self, libc, variables):
        process = self.lives(libc, "threads", 200, 1000, "up", **variables)
        report = self.stat(process.pid)
        self.assertEqual(Families.calls(report), 200 * 1000)
        self.assertEqual(report["threads"], {"started": 200, "ended": 200})
        self.assertGreaterEqual(self.header(self.stats_file_of(process.pid))["records_in_use"], 200)
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.assertEqual(Families.calls(self.stat(self.stats_file_of(process.pid))), 200 * 1000)

    @AS_ROOT
    @harness.each()
    def test_those_of_a_process_that_gave_up_root(self, libc, variables):
        process = self.lives(libc, "nobody", "threads", 50, 1000, "up")
        self.assertEqual(Families.calls(self.stat(process.pid)), 50 * 1000)
        self.end(process)

    @AS_ROOT
    @harness.each()
    def test_a_child_of_it_is_in_a_folder_of_the_new_user(self, libc, variables):
        self.folder.chmod(0o1777)
        process = self.lives(libc, "nobody", "fork", "calls", 30, "up")
        stats_file = self.stats_file_of(process.line)
        self.assertEqual((stats_file.parent.name, stats_file.stat().st_uid), ("mshim-65534", 65534))
        self.assertEqual(Families.calls(self.stat(stats_file)), 30)
        self.end(process)

    @harness.each()
    def test_own_memory(self, libc, variables):
        """Of the stats file, and of the library's own data, which holds the allocators' as well."""
        process = self.lives(libc, "threads", 10, 100, "up")
        self.assertLess(self.stat(process.pid)["shim"]["memory_bytes"], 256 << 10)
        text = pathlib.Path(f"/proc/{process.pid}/smaps").read_text(encoding="utf-8", errors="replace")
        shared = [int(kib) for kib in re.findall(r"rw-s \S+ \S+ \S+ +\S*mshim-\d+/(?:.|\n)*?\nRss: +(\d+) kB", text)]
        self.assertGreater(len(shared), 0)
        self.assertLess(sum(shared), 256)
        self.end(process)


class Namespaces(Case):
    @AS_ROOT
    def test_two_containers_with_one_volume(self):
        if subprocess.run(["unshare", "-p", "-f", "--mount-proc", "true"], stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("no process id namespaces here")
        inside = ("unshare", "-p", "-f", "--mount-proc", "env", f"LD_PRELOAD={harness.library('musl')}")
        both = [self.lives("musl", "calls", count, "up", prefix=inside) for count in (100, 200)]
        stats_files = self.stats_files()
        self.assertEqual([process.line for process in both], ["1", "1"])
        self.assertEqual([re.match(r"\d+", stats_file.name)[0] for stats_file in stats_files], ["1", "1"])
        reports = [self.stat(stats_file) for stats_file in stats_files]
        self.assertEqual({report["process"]["state"] for report in reports}, {"running"})
        self.assertEqual(sorted(Families.calls(report) for report in reports), [100, 200])
        self.mshim("gc")
        self.assertEqual(self.stats_files(), stats_files)
        for process in both:
            self.end(process)
        self.assertEqual(self.stats_files(), [])


class Python(Case):
    @harness.each()
    def test_objects_are_counted_to_the_last_one(self, libc, variables):
        """Objects that a script keeps are in the stats file of the killed process."""
        script = "import os, signal; kept = [bytes([1]) * 400 for _ in range(10000)]; os.kill(os.getpid(), signal.SIGKILL)"
        few = script.replace("10000", "1")
        live_blocks = []
        for text in (script, few):
            self.empty()
            done = harness.run([harness.twin(libc), "-I", "-S", "-c", text], libc, MSHIM_DIR=self.folder)
            self.assertEqual(done.returncode, -signal.SIGKILL)
            [stats_file] = self.stats_files()
            report = self.stat(stats_file)
            live_blocks.append(report["python"]["object"]["live_blocks"])
            self.assertEqual(report["python"]["object"]["allocations"] - report["python"]["object"]["frees"], live_blocks[-1])
        self.assertAlmostEqual(live_blocks[0] - live_blocks[1], 9999, delta=20)

    @harness.each()
    def test_a_forked_child_says_what_it_inherited(self, libc, variables):
        script = ("import os, sys\nkept = [bytes([1]) * 400 for _ in range(10000)]\npid = os.fork()\n"
                  "if pid == 0:\n    del kept\n    print(os.getpid(), flush=True)\n    sys.stdin.read()\n    os._exit(0)\nos.waitpid(pid, 0)")
        process = subprocess.Popen([harness.twin(libc), "-c", script], env=harness.environment(libc, MSHIM_DIR=self.folder),
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stdin.close)
        child = int(process.stdout.readline())
        memory, of_parent = self.stat(child)["memory"], self.stat(process.pid)["memory"]
        self.assertGreater(memory["inherited_live_bytes"], 4000000)
        self.assertAlmostEqual(memory["inherited_live_bytes"], of_parent["live_bytes"], delta=100000)
        self.assertLess(memory["live_bytes"], memory["inherited_live_bytes"] - 3900000)
        self.assertEqual(self.header(self.stats_file_of(child))["parent_id"], self.header(self.stats_file_of(process.pid))["id"])


if __name__ == "__main__":
    unittest.main()
