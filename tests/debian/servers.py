# SPDX-License-Identifier: MIT
"""Debian's own programs, unchanged, under the shim: starting them on a port of the loopback, and waiting for them."""
import contextlib
import functools
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import harness  # noqa: E402

SECONDS = 60


def needs(*names):
    """Where each program is; the test is skipped where one is not installed."""
    places = [shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin") for name in names]
    for name, place in zip(names, places):
        if not place:
            raise unittest.SkipTest(f"{name} is not installed")
    return places if len(places) > 1 else places[0]


def with_each_allocator(test):
    """Runs a test for each allocator, which it is given."""
    @functools.wraps(test)
    def each(self):
        for allocator in harness.ALLOCATORS:
            with self.subTest(allocator=allocator):
                test(self, allocator)
    return each


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="mshim-debian-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.stats = self.path("stats")
        os.mkdir(self.stats)
        os.chmod(self.stats, 0o1777)
        os.chmod(self.folder, 0o755)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text, mode=0o644):
        with open(self.path(name), "w") as file:
            file.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def environment(self, allocator, **variables):
        return harness.environment("glibc", MSHIM_ALLOCATOR=allocator, MSHIM_DIR=self.stats, **variables)

    def run_bare(self, command):
        return subprocess.run(command, env=harness.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=SECONDS)

    def run_under(self, allocator, command, **options):
        return subprocess.run(command, env=self.environment(allocator), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=SECONDS, **options)

    @contextlib.contextmanager
    def server(self, allocator, command, port, user=None):
        """A server in the foreground, from when it takes connections on; what it wrote is shown where it does not. It is
        ended by SIGTERM, which must be enough."""
        log = self.path(f"log-{allocator}")
        with open(log, "wb") as output:
            process = subprocess.Popen(command, env=self.environment(allocator), stdin=subprocess.DEVNULL, stdout=output,
                                       stderr=output, user=user, cwd=self.folder)
        try:
            self.wait_for_port(process, port, log)
            yield process
            process.terminate()
            self.assertIn(process.wait(SECONDS), (0, -15, 143), pathlib.Path(log).read_text(errors="replace"))
        finally:
            process.kill()
            process.wait()

    def wait_for_port(self, process, port, log):
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        self.fail(f"the server does not listen (status {process.poll()}):\n" + pathlib.Path(log).read_text(errors="replace"))


def has_user(name):
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(name))
    raise unittest.SkipTest(f"there is no user {name}")
