# SPDX-License-Identifier: MIT
"""Servers: waited for, loaded, stopped."""
import socket
import unittest

from support import SERVER, Case

WRK = """  Latency Distribution
     50%%    1.50ms
     99%%   20.00ms
Requests/sec:   %d
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server(Case):
    def test_port_load_and_stop(self):
        port = free_port()
        (self.folder / "wrk").write_text(WRK % 1000)
        result = self.result("-n", "2", "-a", "none,jemalloc", "--ready-when", port, "--load", f"cat wrk; sleep 0.2; echo >/dev/tcp 2>&1; echo load >>loads",
                             "--", *SERVER, "--port", port, "--stop", "stops")
        self.assertEqual(result["primary"], "requests_per_second")
        self.assertEqual(result["settings"]["ready_when"], str(port))
        for arm in result["arms"]:
            for run in arm["runs"]:
                self.assertEqual((run["requests_per_second"], run["latency_p50_seconds"], run["latency_p99_seconds"]), (1000, 0.0015, 0.02))
                self.assertGreater(run["wall_seconds"], 0.19)
                self.assertLess(run["ready_seconds"], 10)
                points = run["memory_over_time"]
                self.assertGreater(len(points), 3)
                self.assertEqual(points, sorted(points))
                self.assertGreater(points[-1][1], 1e6)
            self.assertEqual(arm["counters"]["process"]["state"], "ended")
        runs = 1 + 2 + 2 * 2 + 2  # first, warm-ups, turns, counted
        self.assertEqual((self.folder / "loads").read_text(), "load\n" * runs)
        self.assertEqual((self.folder / "stops").read_text(), "SIGTERM\n" * runs)

    def test_text_and_another_signal(self):
        result = self.result("-n", "1", "-a", "none,none", "--ready-when", "server is up", "--stop-with", "INT", "--", *SERVER, "--text", "--stop", "stops")
        self.assertEqual(result["primary"], "ready")
        self.assertEqual(set((self.folder / "stops").read_text().split()), {"SIGINT"})

    def test_load_that_tells_nothing_is_told_by_its_time(self):
        result = self.result("-n", "1", "-a", "none,none", "--ready-when", "up", "--load", "sleep 0.1", "--", *SERVER, "--text")
        self.assertEqual(result["primary"], "wall")
        self.assertGreater(result["arms"][0]["runs"][0]["wall_seconds"], 0.1)

    def test_requests_that_fail_are_told(self):
        (self.folder / "wrk").write_text(WRK % 5 + "  Non-2xx or 3xx responses: 7\n")
        result = self.result("-n", "1", "-a", "none,none", "--ready-when", "up", "--load", "cat wrk", "--", *SERVER, "--text")
        self.assertIn("none: 7 requests failed", " ".join(result["verdict"]))

    def assert_fails(self, because, *words):
        out, err = self.compare("-a", "none,none", *words, status=1)
        self.assertIn(because, err)
        self.assertEqual(out, "")
        return err

    def test_load_that_fails(self):
        err = self.assert_fails("the load failed under none: exit status 4", "--ready-when", "up", "--load", "echo no use >&2; exit 4", "--", *SERVER, "--text")
        self.assertIn("\nno use\n", err)

    def test_server_that_gives_up(self):
        err = self.assert_fails("ended by itself under none: exit status 1", "--ready-when", "nonesuch", "--", *SERVER, "--text", "--ends")
        self.assertIn("the server gives up", err)

    def test_server_that_gives_up_under_load(self):
        self.assert_fails("ended by itself under none: exit status 1", "--ready-when", "up", "--load", "sleep 20", "--", *SERVER, "--text", "--ends")

    def test_server_that_never_is_ready(self):
        self.assert_fails("was not ready (nonesuch) within 1 seconds", "--ready-when", "nonesuch", "--time", "1", "--", *SERVER, "--text")

    def test_port_that_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            self.assert_fails(f"something else listens on port {port} already", "--ready-when", port, "--", *SERVER, "--text")


if __name__ == "__main__":
    unittest.main()
