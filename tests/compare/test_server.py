# SPDX-License-Identifier: MIT
"""Servers: waited for, loaded, stopped."""
import os
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
    def serve(self, *words, server, arms="none,none"):
        return self.result("-n", "1", "-a", arms, *words, "--", *SERVER, *server)

    def test_port_load_and_stop(self):
        port = free_port()
        (self.folder / "wrk").write_text(WRK % 1000)
        load = "cat wrk; sleep 0.2; echo load >>loads"
        server = ("--port", port, "--stop", "stops")
        result = self.serve("--ready-when", port, "--load", load, server=server, arms="none,jemalloc")
        self.assertEqual(result["primary"], "requests_per_second")
        self.assertEqual(result["settings"]["ready_when"], str(port))
        for arm in result["arms"]:
            run = arm["runs"][0]
            told = [run[key] for key in ("requests_per_second", "latency_p50_seconds", "latency_p99_seconds")]
            self.assertEqual(told, [1000, 0.0015, 0.02])
            self.assertGreater(run["wall_seconds"], 0.19)
            self.assertLess(run["ready_seconds"], 20)
            points = run["memory_over_time"]
            self.assertGreater(len(points), 3)
            self.assertEqual(points, sorted(points))
            self.assertGreater(points[-1][1], 1e6)
            self.assertEqual(arm["counters"]["process"]["state"], "ended")
        runs = 1 + 2 + 2 + 2  # first, warm-ups, turns, counted
        self.assertEqual((self.folder / "loads").read_text(), "load\n" * runs)
        self.assertEqual((self.folder / "stops").read_text(), "SIGTERM\n" * runs)

    def test_text_and_another_signal(self):
        server = ("--text", "--stop", "stops")
        result = self.serve("--ready-when", "server is up", "--stop-with", "INT", server=server)
        self.assertEqual(result["primary"], "ready")
        self.assertEqual(set((self.folder / "stops").read_text().split()), {"SIGINT"})

    def test_load_that_tells_nothing_is_told_by_its_time(self):
        result = self.serve("--ready-when", "up", "--load", "sleep 0.1", server=["--text"])
        self.assertEqual(result["primary"], "wall")
        self.assertGreater(result["arms"][0]["runs"][0]["wall_seconds"], 0.1)

    def test_requests_that_fail_are_told(self):
        (self.folder / "wrk").write_text(WRK % 5 + "  Non-2xx or 3xx responses: 7\n")
        result = self.serve("--ready-when", "up", "--load", "cat wrk", server=["--text"])
        self.assertIn("none: 7 requests failed", " ".join(result["verdict"]))

    def assert_fails(self, because, *words, server):
        out, err = self.compare("-a", "none,none", *words, "--", *SERVER, *server, status=1)
        self.assertIn(because, err)
        self.assertEqual(out, "")
        return err

    def test_load_that_fails(self):
        load = "echo no use >&2; exit 4"
        because = "the load failed under none: exit status 4"
        err = self.assert_fails(because, "--ready-when", "up", "--load", load, server=["--text"])
        self.assertIn("\nno use\n", err)

    def test_server_that_gives_up(self):
        because = "ended by itself under none: exit status 1"
        err = self.assert_fails(because, "--ready-when", "nonesuch", server=["--text", "--ends"])
        self.assertIn("the server gives up", err)

    def test_server_that_gives_up_under_load(self):
        because = "ended by itself under none: exit status 1"
        self.assert_fails(because, "--ready-when", "up", "--load", "sleep 20", server=["--text", "--ends"])

    def test_server_that_never_is_ready(self):
        because = "was not ready (nonesuch) within 1 seconds"
        self.assert_fails(because, "--ready-when", "nonesuch", "--time", "1", server=["--text"])

    def test_port_that_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            because = f"something else listens on port {port} already"
            self.assert_fails(because, "--ready-when", port, server=["--text"])

    def test_server_that_does_not_stop_is_killed(self):
        if not os.environ.get("MSHIM_TEST_FULL"):
            self.skipTest("takes a minute, for tests/run --full")
        code = "trap '' TERM; echo up; while :; do sleep 1; done"
        result = self.result("-n", "1", "-a", "none,none", "--ready-when", "up", "--", "sh", "-c", code)
        self.assertEqual(result["arms"][0]["runs"][0]["killed"], True)
        self.assertIn("was killed, in 1 of 1 runs", " ".join(result["verdict"]))


if __name__ == "__main__":
    unittest.main()
