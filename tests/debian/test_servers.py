# SPDX-License-Identifier: MIT
"""Debian's servers serve under the shim, with every allocator, and end in good order."""
import glob
import os
import shutil
import signal
import subprocess
import unittest
import urllib.request

from servers import SECONDS, Case, free_port, has_user, needs, with_each_allocator


class Sshd(Case):
    """Its child before authentication is in a sandbox that kills at a forbidden system call."""

    @with_each_allocator
    def test_a_user_is_admitted(self, allocator):
        sshd, ssh, keygen = needs("sshd", "ssh", "ssh-keygen")
        has_user("sshd")
        if os.geteuid() != 0:
            self.skipTest("only root can let users in")
        for key in "host", "user":
            if not os.path.exists(self.path(key)):
                subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", self.path(key)], check=True)
        os.makedirs("/run/sshd", exist_ok=True)
        port = free_port()
        config = self.write("sshd_config", f"""
Port {port}
ListenAddress 127.0.0.1
HostKey {self.path("host")}
AuthorizedKeysFile {self.path("user.pub")}
PermitRootLogin yes
StrictModes no
UsePAM no
PidFile none
""")
        with self.server(allocator, [sshd, "-D", "-e", "-f", config], port):
            done = subprocess.run([ssh, "-F", "none", "-p", str(port), "-i", self.path("user"), "-o", "BatchMode=yes",
                                   "-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={self.path('known')}",
                                   "root@127.0.0.1", "echo admitted"], capture_output=True, text=True, timeout=SECONDS)
            self.assertEqual((done.returncode, done.stdout), (0, "admitted\n"), done.stderr)


class Nginx(Case):
    @with_each_allocator
    def test_files_are_served_over_reloads(self, allocator):
        nginx = needs("nginx")
        port = free_port()
        self.write("index.html", "served\n")
        folders = "".join(f"{name}_temp_path {self.path(name)};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        config = self.write("nginx.conf", f"""
daemon off;
worker_processes 2;
pid {self.path("nginx.pid")};
error_log stderr;
events {{ }}
http {{
access_log off;
{folders}
server {{ listen 127.0.0.1:{port}; root {self.folder}; }}
}}
""")
        with self.server(allocator, [nginx, "-c", config], port) as process:
            for _ in range(3):
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/index.html", timeout=SECONDS) as answer:
                    self.assertEqual(answer.read(), b"served\n")
                process.send_signal(signal.SIGHUP)


class Redis(Case):
    @with_each_allocator
    def test_values_are_kept_and_saved_by_a_forked_child(self, allocator):
        redis, client = needs("redis-server", "redis-cli")
        port = free_port()

        def ask(*words):
            return subprocess.run([client, "-p", str(port), *words], capture_output=True, text=True, check=True,
                                  timeout=SECONDS).stdout.strip()

        with self.server(allocator, [redis, "--port", str(port), "--bind", "127.0.0.1", "--dir", self.folder], port):
            self.assertEqual(ask("SET", "key", "value"), "OK")
            for number in range(50):
                ask("SETRANGE", f"large{number}", "100000", "x")
            self.assertEqual(ask("SAVE"), "OK")
            self.assertIn(ask("BGSAVE"), ("Background saving started", "OK"))
            self.assertEqual(ask("GET", "key"), "value")


class Postgres(Case):
    @with_each_allocator
    def test_a_database_is_made_and_asked(self, allocator):
        needs("psql")
        has_user("postgres")
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not found or os.geteuid() != 0:
            self.skipTest("no PostgreSQL server, or not root")
        data, port = self.path(f"data-{allocator}"), free_port()
        shutil.chown(self.folder, "postgres")
        made = self.run_under(allocator, [found[-1] + "/initdb", "-D", data, "-A", "trust", "--no-sync"], user="postgres")
        self.assertEqual(made.returncode, 0, made.stderr)
        server = [found[-1] + "/postgres", "-D", data, "-p", str(port), "-k", self.folder, "-h", "127.0.0.1", "-F"]
        with self.server(allocator, server, port, user="postgres"):
            asked = subprocess.run(["psql", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-Atc",
                                    "select sum(n), count(distinct md5(n::text)) from generate_series(1, 50000) n"],
                                   capture_output=True, text=True, timeout=SECONDS)
            self.assertEqual(asked.stdout.strip(), "1250025000|50000", asked.stderr)


if __name__ == "__main__":
    unittest.main()
