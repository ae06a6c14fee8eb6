# SPDX-License-Identifier: MIT
"""Programs that run while they are looked at, each with stats files in a folder of the test's own, and the command."""
import json
import os
import pathlib
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import harness  # noqa: E402

COMMAND = harness.MSHIM
LONG = harness.FULL


class Subject:
    """programs/serve.c under the shim."""

    def __init__(self, libc, folder, **variables):
        self.process = subprocess.Popen([program(libc, "serve")], env=harness.environment(libc, MSHIM_DIR=folder, **variables),
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.pid = self.process.pid
        self.ask("drop")  # it is up

    def ask(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        return self.process.stdout.readline().decode().strip()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        self.process.stdin.close()
        return self.process.wait(harness.SECONDS)


def program(libc, name):
    return harness.program(libc, HERE / f"programs/{name}.c")


class Case(harness.Case):
    """Its folder is MSHIM_DIR; kills what it has started."""

    def serve(self, libc="musl", **variables):
        subject = Subject(libc, self.folder, **variables)
        self.addCleanup(subject.process.stdout.close)
        self.addCleanup(subject.process.stdin.close)
        self.addCleanup(subject.kill)
        return subject

    def become_another_program(self, libc="musl"):
        """A process that is cat now, which is not preloaded, and before was a program that is subject."""
        process = subprocess.Popen([harness.twin(libc), "-c", "import os; os.execve('/bin/cat', ['cat'], {})"],
                                   env=harness.environment(libc, MSHIM_DIR=self.folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(process.wait)
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.stdout.close)
        process.stdin.write(b"up\n")
        process.stdin.flush()
        self.assertEqual(process.stdout.readline(), b"up\n")
        return process

    def mshim(self, *words, status=0, folder=None, command=COMMAND, **options):
        """What the command prints; its stderr must be empty unless it is to fail."""
        done = subprocess.run([command, *map(str, words)], env={**harness.environment(), "MSHIM_DIR": str(folder or self.folder)},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=harness.SECONDS, **options)
        self.assertEqual(done.returncode, status, done.stderr)
        if status == 0:
            self.assertEqual(done.stderr, b"")
            return done.stdout.decode()
        return done.stderr.decode()

    def stat(self, what):
        return json.loads(self.mshim("stat", what, "-f", "json"), parse_constant=self.fail)

    def stats_files(self):
        return sorted(self.folder.glob("mshim-*/*.page"))

    def stats_file_of(self, pid):
        stats_files = [stats_file for stats_file in self.stats_files() if stats_file.name.startswith(f"{pid}-")]
        self.assertEqual(len(stats_files), 1, self.stats_files())
        return stats_files[0]

    def interrupt(self, process, number=signal.SIGINT):
        process.send_signal(number)
        return process.wait(harness.SECONDS)
