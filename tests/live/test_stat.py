# SPDX-License-Identifier: MIT
"""`mshim stat`: what it shows of processes that run, have ended or were killed, and of files that are no stats files."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

import live
from live import harness
from prometheus import parse_prometheus

PROMTOOL = shutil.which("promtool") or str(harness.BUILD / "tools/promtool")


class Running(live.Case):
    @harness.each()
    def test_every_call_of_a_running_process_is_seen(self, libc, variables):
        subject = self.serve(libc)
        before = self.stat(subject.pid)
        subject.ask("keep 1000 100")
        kept = self.stat(subject.pid)
        subject.ask("drop")
        dropped = self.stat(subject.pid)

        def calls(report, name):
            return report["functions"].get(name, {"calls": 0})["calls"]

        self.assertEqual(calls(kept, "malloc") - calls(before, "malloc"), 1000)
        self.assertEqual(kept["functions"]["malloc"]["requested_bytes"] - before["functions"].get("malloc", {}).get("requested_bytes", 0), 100000)
        self.assertEqual(kept["memory"]["live_blocks"] - before["memory"]["live_blocks"], 1000)
        self.assertEqual(calls(dropped, "free") - calls(kept, "free"), 1000)
        self.assertEqual(dropped["memory"]["live_blocks"], before["memory"]["live_blocks"])
        self.assertEqual((kept["process"]["state"], kept["process"]["pid"], kept["process"]["parent_pid"]),
                         ("running", subject.pid, os.getpid()))
        self.assertGreater(kept["memory"]["rss_bytes"], 100000)
        self.assertGreater(kept["page_faults"]["minor"], 0)

    def test_a_process_is_found_wherever_its_stats_file_is(self):
        subject = self.serve()
        self.assertIn("running", self.mshim("stat", subject.pid, folder="/proc"))

    def test_options_may_stand_on_either_side(self):
        subject = self.serve()
        for words in (["-f", "json", subject.pid], [subject.pid, "-f", "json"], [subject.pid, "-fjson"]):
            self.assertEqual(json.loads(self.mshim("stat", *words))["process"]["pid"], subject.pid)

    def test_text_ends_with_words(self):
        subject = self.serve()
        subject.ask("keep 1000 100")
        words = self.mshim("stat", subject.pid).partition("\nIn words:\n")[2]
        self.assertRegex(words, r"(?m)^- 1\.\d\d?k calls of the allocator, |^- 1\.\dk calls of the allocator, ")
        self.assertRegex(words, r"(?m)^- \d+\.\d % of the sizes asked for are 97 to 112 bytes\.$")

    def test_text_fits_a_screen_and_v_has_every_counter(self):
        subject = self.serve()
        subject.ask("keep 1000 100")
        subject.ask("keep 500 5000")
        text = self.mshim("stat", subject.pid)
        self.assertLessEqual(sum(1 + (len(line) - 1) // 80 for line in text.splitlines()), 24)
        self.assertRegex(text, r"(?m)^on: memory functions, counters, hardening$")
        self.assertRegex(text, r"(?m)^ +65 to 256 +1\.\d+k +\d+\.\d %  #+$")
        self.assertLess(text.index("\nIn words:\n"), text.index("\nSizes asked for "))
        self.assertNotIn("requested bytes", text)
        self.assertRegex(self.mshim("stat", "-v", subject.pid), r"(?m)^malloc +\d+ +\d+ +\d+$")

    def test_what_is_off_is_said_with_its_reason(self):
        subject = self.serve(MSHIM_MEMFUNCS="off")
        self.assertRegex(self.mshim("stat", subject.pid), r"(?m)^on: counters, hardening; off: memory functions \(MSHIM_MEMFUNCS=off\)$")

    def test_a_forked_child_has_its_own_and_names_its_parent(self):
        subject = self.serve()
        subject.ask("keep 1000 100")
        child = int(subject.ask("fork"))
        self.addCleanup(os.kill, child, signal.SIGKILL)
        report = self.stat(child)
        self.assertEqual(report["process"]["parent_pid"], subject.pid)
        self.assertEqual(report["functions"].get("malloc", {}).get("calls", 0), 0)
        self.assertEqual(report["memory"]["inherited_live_blocks"], self.stat(subject.pid)["memory"]["live_blocks"])
        self.assertIn(f"forked from {subject.pid}", self.mshim("stat", child))


class Again(live.Case):
    def follow(self, subject, *words):
        process = subprocess.Popen([live.COMMAND, "stat", str(subject.pid), "-i", "0.05", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env={**harness.environment(), "MSHIM_DIR": str(self.folder)})
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process

    def test_rates_are_those_between_two_readings(self):
        subject = self.serve()
        process = self.follow(subject, "-f", "json")
        decoder, text, seen = json.JSONDecoder(), "", []
        while len(seen) < 8:
            text += process.stdout.readline().decode()
            try:
                report, end = decoder.raw_decode(text)
            except ValueError:
                continue
            seen.append(report)
            text = text[end:].lstrip()
            if len(seen) == 3:
                subject.ask("keep 5000 64")
        self.interrupt(process)
        self.assertNotIn("rates", seen[0])
        made = sum(report["rates"]["calls"] * report["rates"]["interval_seconds"] for report in seen[1:])
        self.assertAlmostEqual(made, 5000, delta=200)  # rates are whole numbers, intervals have three decimals
        self.assertEqual(sum(report["rates"]["live_blocks_change"] for report in seen[1:]), 5000)

    def test_it_ends_with_the_process_and_shows_its_last_state(self):
        subject = self.serve(MSHIM_KEEP="on")
        process = self.follow(subject)
        while b"PROGRAM" not in process.stdout.readline():
            pass
        subject.end()
        rest = process.stdout.read().decode()
        self.assertEqual(process.wait(harness.SECONDS), 0)
        self.assertRegex(rest, rf"(?m)^ *{subject.pid} ended ")
        self.assertIn("\nIn words:\n", rest)

    def test_interrupting_is_no_failure(self):
        subject = self.serve()
        process = self.follow(subject)
        process.stdout.readline()
        self.assertEqual(self.interrupt(process), 0)
        self.assertEqual(process.stderr.read(), b"")


class Dead(live.Case):
    @harness.each()
    def test_a_killed_process_leaves_its_last_state(self, libc, variables):
        subject = self.serve(libc)
        subject.ask("keep 1000 100")
        alive = self.stat(subject.pid)
        stats_file = self.stats_file_of(subject.pid)
        subject.kill()
        for which in (stats_file, subject.pid):
            dead = self.stat(which)
            self.assertEqual(dead["process"]["state"], "died")
            self.assertEqual(dead["functions"], alive["functions"])
            self.assertEqual(dead["sizes"], alive["sizes"])
            self.assertEqual(dead["memory"]["live_blocks"], alive["memory"]["live_blocks"])
            self.assertNotIn("rss_bytes", dead["memory"])

    def test_a_stats_file_that_is_kept_says_that_the_process_ended(self):
        subject = self.serve(MSHIM_KEEP="on")
        self.assertEqual(subject.end(), 0)
        self.assertEqual(self.stat(self.stats_file_of(subject.pid))["process"]["state"], "ended")

    def test_a_normal_end_leaves_nothing(self):
        subject = self.serve()
        self.assertEqual(subject.end(), 0)
        self.assertEqual(self.stats_files(), [])
        self.assertIn("there is no such process", self.mshim("stat", subject.pid, status=1))


class Container(live.Case):
    """A namespace of processes and one of mounts, with a folder of ours mounted in it."""

    def start(self):
        if os.geteuid() != 0 or not shutil.which("unshare"):
            raise unittest.SkipTest("it needs root and unshare")
        script = f"mount --bind {self.folder} /mnt && exec env LD_PRELOAD={harness.library('musl')} MSHIM_DIR=/mnt {live.program('musl', 'serve')}"
        container = subprocess.Popen(["unshare", "-m", "-p", "-f", "--mount-proc", "--kill-child", "sh", "-c", script], env=harness.environment(),
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
        for pipe in (container.stdin, container.stdout, container.stderr):
            self.addCleanup(pipe.close)
        self.addCleanup(container.wait)
        self.addCleanup(container.kill)
        container.stdin.write(b"keep 1000 100\n")
        if container.stdout.readline() != b"done\n":
            raise unittest.SkipTest(f"no namespaces here: {container.stderr.read().decode().strip()}")
        return container, int(pathlib.Path(f"/proc/{container.pid}/task/{container.pid}/children").read_text())

    def test_its_process_is_seen_from_outside(self):
        _, pid = self.start()
        report = self.stat(pid)
        self.assertEqual((report["process"]["pid"], report["process"]["state"]), (pid, "running"))
        self.assertGreater(report["memory"]["rss_bytes"], 100000)
        self.assertGreaterEqual(report["memory"]["live_blocks"], 1000)
        self.assertIn("active in", self.mshim("check", pid))

    def test_two_of_them_have_a_first_process_each(self):
        self.start()
        self.start()
        text = self.mshim("stat", "--all", "-f", "prom")
        lines = [line.rpartition(" ")[0] for line in text.splitlines() if not line.startswith("#")]
        self.assertEqual(len(lines), len(set(lines)))
        live_bytes = [line for line in lines if line.startswith("mshim_live_bytes{")]
        self.assertEqual(len(live_bytes), 2)
        for line in live_bytes:
            self.assertRegex(line, r'\{pid="1",program="serve-musl",pid_namespace="\d+"\}')

    def test_a_volume_outlasts_it(self):
        container, _ = self.start()
        container.kill()
        container.wait()
        (stats_file,) = self.stats_files()
        self.assertTrue(stats_file.name.startswith("1-"))
        for _ in range(100):  # the process goes with its namespace, a moment later
            report = self.stat(stats_file)
            if report["process"]["state"] != "running":
                break
            time.sleep(0.05)
        self.assertEqual((report["process"]["pid"], report["process"]["state"]), (1, "died"))
        self.assertGreaterEqual(report["memory"]["live_blocks"], 1000)
        self.assertNotIn("rss_bytes", report["memory"])


class Files(live.Case):
    def refused(self, path, *parts):
        message = self.mshim("stat", path, status=1)
        for part in (str(path), *parts):
            self.assertIn(part, message)

    def test_what_is_no_stats_file_is_refused(self):
        subject = self.serve()
        stats_file = self.stats_file_of(subject.pid)
        link, pipe, text = self.folder / "link", self.folder / "pipe", self.folder / "text"
        link.symlink_to(stats_file)
        os.mkfifo(pipe)
        text.write_text("{}" * 100000)
        self.refused(link)
        self.refused(pipe, "no regular file")
        self.refused(self.folder, "no regular file")
        self.refused(text, "no stats file")
        self.refused("/dev/null", "no regular file")
        self.refused(self.folder / "nothing", "No such file")

    def test_another_format_is_named(self):
        subject = self.serve()
        other = self.folder / "other.page"
        content = bytearray(self.stats_file_of(subject.pid).read_bytes())
        content[8:12] = (9).to_bytes(4, sys.byteorder)
        other.write_bytes(content)
        self.refused(other, "format 9", "reads format 3")

    def test_a_stats_file_that_is_cut_short_is_read_as_far_or_refused(self):
        subject = self.serve()
        content = self.stats_file_of(subject.pid).read_bytes()
        cut = self.folder / "cut.page"
        cut.write_bytes(content[:1000])
        self.refused(cut, "damaged")
        cut.write_bytes(content[:12])
        self.refused(cut, "damaged")
        cut.write_bytes(b"")
        self.refused(cut, "no stats file")


class All(live.Case):
    def test_each_running_process_once(self):
        many = [self.serve(libc) for libc in harness.LIBCS for _ in range(3)]
        dead = many.pop()
        dead.kill()
        reports = json.loads(self.mshim("stat", "--all", "-f", "json"))
        self.assertEqual(sorted(report["process"]["pid"] for report in reports), sorted(subject.pid for subject in many))
        lines = self.mshim("stat", "--all").splitlines()
        self.assertEqual(len(lines), 1 + len(many))
        self.assertTrue(lines[0].endswith("PROGRAM"))

    def test_no_process_is_no_failure(self):
        self.assertEqual(json.loads(self.mshim("stat", "--all", "-f", "json")), [])

    def test_prometheus_text_has_each_family_once(self):
        many = [self.serve() for _ in range(3)]
        text = self.mshim("stat", "--all", "-f", "prom")
        helps = re.findall("(?m)^# HELP (\\w+)", text)
        self.assertEqual(len(helps), len(set(helps)))
        for subject in many:
            # What is left without the other processes, and without the labels that all have, is what one process has.
            labels = f'{{pid="{subject.pid}",program="serve-musl"'
            lines = [line for line in text.splitlines(True) if line.startswith("#") or labels in line]
            samples = parse_prometheus("".join(lines).replace(labels + ",", "{").replace(labels + "}", ""))
            self.assertIn(("mshim_live_bytes", None), samples)
            self.assertIn(("mshim_request_size_bytes_bucket", 'le="64"'), samples)

    def test_promtool_accepts_it(self):
        if not os.access(PROMTOOL, os.X_OK):
            raise unittest.SkipTest("there is no promtool (Debian's package prometheus)")
        many = [self.serve(libc) for libc in harness.LIBCS]
        many[0].ask("keep 10 100")
        for words in (["--all"], [many[0].pid]):
            done = subprocess.run([PROMTOOL, "check", "metrics"], input=self.mshim("stat", *words, "-f", "prom").encode(), stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=harness.SECONDS)
            self.assertEqual((done.returncode, done.stdout), (0, b""))

    def test_root_sees_other_users_and_they_not_root(self):
        if os.geteuid() != 0:
            raise unittest.SkipTest("only root can start processes of others")
        os.chmod(self.folder, 0o1777)
        own = self.serve()
        library = shutil.copy(harness.library("glibc"), pathlib.Path(live.program("glibc", "serve")).parent)
        other = subprocess.Popen([live.program("glibc", "serve")], env=harness.environment(MSHIM_DIR=self.folder, LD_PRELOAD=library),
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, user=65534, group=65534)
        self.addCleanup(other.wait)
        self.addCleanup(other.stdout.close)
        self.addCleanup(other.stdin.close)
        other.stdin.write(b"drop\n")
        other.stdout.readline()

        def pids(**options):
            return {report["process"]["pid"] for report in json.loads(self.mshim("stat", "--all", "-f", "json", **options))}

        self.assertEqual(pids(), {own.pid, other.pid})
        command = shutil.copy(live.COMMAND, pathlib.Path(library).parent)
        self.assertEqual(pids(user=65534, group=65534, command=command), {other.pid})

    def test_a_folder_that_is_open_to_others_is_passed_over(self):
        subject = self.serve()
        os.chmod(self.stats_file_of(subject.pid).parent, 0o755)
        done = subprocess.run([live.COMMAND, "stat", "--all", "-f", "json"], env={**harness.environment(), "MSHIM_DIR": str(self.folder)},
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=harness.SECONDS)
        self.assertEqual((done.returncode, done.stdout), (0, b"[]\n"))
        self.assertIn(b"passed over", done.stderr)
