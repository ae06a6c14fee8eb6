# SPDX-License-Identifier: MIT
"""Which ends of a process write a report, and which processes do (support/programs/act.c)."""
import os
import unittest

import reporting
from reporting import harness


class Ends(reporting.Case):
    @harness.each(allocators=harness.ALLOCATORS)
    def test_every_end_that_a_process_can_see(self, libc, variables):
        for words in (["return"], ["exit"], ["_exit"], ["_Exit"], ["quick_exit"], ["exit_from_thread"], ["busy", "exit"],
                      ["busy", "_exit"], ["busy", "exit_from_thread"], ["atexit_exits", "exit"]):
            with self.subTest(words=words):
                self.empty()
                self.assert_ended(self.act(libc, *words, **variables), 5)
                self.assertEqual(self.names(), ["r.json"])
                report = self.json()
                self.assertEqual(report["process"]["state"], "ended")
                self.assertEqual(report["process"]["libc"], libc)
                self.assertEqual(report["shim"]["allocator"], variables["MSHIM_ALLOCATOR"])
                self.assertGreaterEqual(report["functions"]["malloc"]["requested_bytes"], 1000)

    @harness.each()
    def test_main_thread_that_ends_first_or_alone(self, libc, variables):
        for words, started in (("pthread_exit", 1), ("pthread_exit_alone", 0)):
            self.assert_ended(self.act(libc, words), 0)
            self.assertEqual(self.json()["threads"], {"started": started, "ended": started})

    @harness.each()
    def test_what_is_allocated_at_exit_is_in_it(self, libc, variables):
        self.act(libc, "return")
        without = self.json()["functions"]["malloc"]
        self.act(libc, "atexit", "return")
        self.assertEqual(self.json()["functions"]["malloc"]["requested_bytes"], without["requested_bytes"] + 77)

    @harness.each()
    def test_ends_that_it_cannot_see_leave_nothing(self, libc, variables):
        for words, status in (("abort", -6), ("kill", -9), ("term", -15)):
            for report in ("r.json", "%p.json"):
                self.assert_ended(self.act(libc, words, report=report), status)
                self.assertEqual(self.names(), [])

    @harness.each()
    def test_closed_descriptors_are_survived(self, libc, variables):
        self.assert_ended(self.act(libc, "close", "return"), 5)
        self.json()
        self.assert_ended(self.act(libc, "close", "_exit", report="-"), 5)


class Processes(reporting.Case):
    @harness.each(allocators=harness.ALLOCATORS)
    def test_forked_children_each_write_their_own(self, libc, variables):
        for words in ("fork", "fork_exit"):
            self.empty()
            self.assert_ended(self.act(libc, words, "return", report="%p.json", **variables), 5)
            reports = self.reports()
            self.assertEqual(len(reports), 2)
            parent, child = sorted(reports.values(), key=lambda report: "malloc" in report["functions"]
                                   and report["functions"]["malloc"]["requested_bytes"], reverse=True)
            self.assertEqual(child["process"]["parent_pid"], parent["process"]["pid"])
            self.assertEqual(parent["process"]["parent_pid"], os.getpid())
            self.assertEqual(child["functions"]["malloc"], {"calls": 1, "failures": 0, "requested_bytes": 77})
            self.assertEqual(sum(size["calls"] for size in child["sizes"]), 1)
            self.assertEqual(child["sizes"], [{"from_bytes": 65, "to_bytes": 80, "calls": 1}])
            memory = child["memory"]
            # The parent frees nothing after it has forked, and allocates nothing.
            self.assertGreaterEqual(memory["inherited_live_bytes"], 1000)
            self.assertGreaterEqual(memory["inherited_live_blocks"], 1)
            self.assertEqual(memory["inherited_live_bytes"] + memory["allocated_bytes"] - memory["freed_bytes"], memory["live_bytes"])
            if words == "fork":
                self.assertEqual(memory["live_blocks"], memory["inherited_live_blocks"] + 1)
                self.assertEqual(memory["freed_bytes"], 0)
            self.assertEqual((parent["memory"]["inherited_live_bytes"], parent["memory"]["inherited_live_blocks"]), (0, 0))

    @harness.each()
    def test_generations(self, libc, variables):
        self.act(libc, "fork_twice", "return", report="%e-%p.json")
        reports = self.reports()
        self.assertEqual(len(reports), 3)
        self.assertEqual(self.names(), sorted(f"{report['process']['program']}-{pid}.json" for pid, report in reports.items()))
        youngest = [report for report in reports.values() if report["process"]["parent_pid"] in reports
                    and reports[report["process"]["parent_pid"]]["process"]["parent_pid"] in reports]
        self.assertEqual(len(youngest), 1)
        self.assertEqual(youngest[0]["functions"], {})
        self.assertEqual(youngest[0]["sizes"], [])

    @harness.each()
    def test_without_p_only_the_first_process_writes(self, libc, variables):
        for words in ("fork", "fork_exit", "fork_twice", "fork_exec", "vfork_exec", "spawn"):
            self.empty()
            self.assert_ended(self.act(libc, words, "kill"), -9)  # children have ended, it has not
            self.assertEqual(self.names(), [], words)
            self.assert_ended(self.act(libc, words, "return"), 5)
            self.assertEqual(self.names(), ["r.json"], words)
            self.assertEqual(self.json()["process"]["parent_pid"], os.getpid())

    @harness.each()
    def test_with_p_programs_that_children_become_write(self, libc, variables):
        for words in ("fork_exec", "vfork_exec", "spawn"):
            self.empty()
            self.assert_ended(self.act(libc, words, "return", report="%p.json"), 5)
            reports = list(self.reports().values())
            self.assertEqual(len(reports), 2, words)
            self.assertEqual(sorted(report["process"]["parent_pid"] == os.getpid() for report in reports), [False, True])
            self.assertEqual([report["memory"]["inherited_live_bytes"] for report in reports], [0, 0])

    @harness.each()
    def test_children_that_share_memory_write_and_remove_nothing(self, libc, variables):
        for words in ("vfork_fails", "spawn_fails"):
            for report in ("r.json", "%p.json"):
                self.empty()
                self.assert_ended(self.act(libc, words, "kill", report=report), -9)
                self.assertEqual(self.names(), [], words)
                self.assert_ended(self.act(libc, words, "return", report=report), 5)
                self.assertEqual(len(self.names()), 1, words)
                self.assertEqual(self.json(self.names()[0])["process"]["parent_pid"], os.getpid())

    @harness.each()
    def test_program_that_the_first_process_becomes_writes(self, libc, variables):
        self.assert_ended(self.act(libc, "exec"), 5)
        self.assertEqual(self.json()["process"]["parent_pid"], os.getpid())
        self.empty()
        self.assert_ended(self.act(libc, "exec_fails", "return"), 5)
        self.assertEqual(self.names(), ["r.json"])

    def test_shell_that_becomes_the_program(self):
        for libc in ("glibc",):  # the system's shell stands on glibc
            done = harness.run(["/bin/sh", "-c", f"exec {harness.act_program(libc)} return"], libc, cwd=self.folder,
                               MSHIM_REPORT="r.json")
            self.assert_ended(done, 5)
            self.assertEqual(self.json()["process"]["program"], "act-glibc")
            self.empty()
            harness.run(["/bin/sh", "-c", f"{harness.act_program(libc)} return; exit 3"], libc, cwd=self.folder,
                        MSHIM_REPORT="r.json")
            self.assertNotEqual(self.json()["process"]["program"], "act-glibc")

    @harness.each()
    def test_mark_of_the_first_process(self, libc, variables):
        pid, mark = self.act(libc, "mark").stdout.split()
        self.assertEqual(pid, mark)
        self.assertEqual(self.act(libc, "mark", MSHIM_FIRST="1").stdout.split()[1], b"1")
        self.empty()
        self.assert_ended(self.act(libc, "return", MSHIM_FIRST="1"), 5)
        self.assertEqual(self.names(), [])
        self.assert_ended(self.act(libc, "return", report="%p.json", MSHIM_FIRST="1"), 5)
        self.assertEqual(len(self.names()), 1)

    @harness.each()
    def test_environment_taken_away_later_changes_nothing(self, libc, variables):
        self.assert_ended(self.act(libc, "clearenv", "fork", "return"), 5)
        self.assertEqual(self.json()["process"]["parent_pid"], os.getpid())


if __name__ == "__main__":
    unittest.main()
