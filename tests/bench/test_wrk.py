# SPDX-License-Identifier: MIT
"""What wrk prints, as it was recorded, and what is made of it."""

import os
import random
import tempfile
import unittest

import support
import workloads
from engine import load_results, results, wrk
from engine.errors import BenchError
from engine.samples import Repetition, Samples, Start

RECORDED = """\
Running 2s test @ http://127.0.0.1:40219/orders
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     4.53ms    1.16ms  15.68ms   87.25%
    Req/Sec     3.56k   405.55     3.83k    90.48%
  Latency Distribution
     50%    4.27ms
     75%    4.40ms
     90%    5.47ms
     99%    9.00ms
  7434 requests in 2.10s, 17.46MB read
Requests/sec:   3541.72
Transfer/sec:      8.32MB
"""
ARMS = {"glibc": 1.0, "musl": 2.0, "musl+mshim": 0.5}


class Parser(unittest.TestCase):
    def test_recorded_output(self):
        load = wrk.parse(RECORDED)
        self.assertEqual((load.requests, load.seconds), (7434, 2.10))
        self.assertAlmostEqual(load.p50_seconds, 0.00427)
        self.assertAlmostEqual(load.p99_seconds, 0.009)
        self.assertAlmostEqual(load.requests_per_second, 3540, delta=1)

    def test_every_unit(self):
        for said, seconds in (("612.00us", 612e-6), ("1.20s", 1.2), ("1.50m", 90.0)):
            load = wrk.parse(RECORDED.replace("99%    9.00ms", f"99%  {said}").replace("in 2.10s", f"in {said}"))
            self.assertAlmostEqual(load.p99_seconds, seconds)
            self.assertAlmostEqual(load.seconds, seconds)

    def test_what_failed_is_no_measurement(self):
        for line in ("  Non-2xx or 3xx responses: 12\n", "  Socket errors: connect 0, read 3, write 0, timeout 1\n"):
            with self.assertRaises(BenchError) as caught:
                wrk.parse(RECORDED.replace("Requests/sec", line + "Requests/sec"))
            self.assertIn(line.strip(), str(caught.exception))
        with self.assertRaises(BenchError):
            wrk.parse(RECORDED.replace("7434 requests", "0 requests"))

    def test_what_is_not_understood_is_shown(self):
        for text in ("", "unable to connect to 127.0.0.1:1 Connection refused", RECORDED.replace("50%", "51%")):
            with self.assertRaises(BenchError) as caught:
                wrk.parse(text)
            self.assertIn(text.strip()[-40:], str(caught.exception))

    def test_script_has_the_body_unharmed(self):
        request = next(w.request for w in workloads.load_all(workloads.REAL_GROUPS) if w.request)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "request.lua")
            wrk.write_script(request, path)
            with open(path, encoding="ascii") as file:
                last = file.read().splitlines()[-1]
        self.assertTrue(last.startswith('wrk.body = "') and last.endswith('"'))
        self.assertEqual(last[len('wrk.body = "') : -1].replace('\\"', '"'), request.body)


class Figures(unittest.TestCase):
    def setUp(self):
        self.workload = next(w for w in workloads.load_all(workloads.REAL_GROUPS) if w.request)
        self.samples = Samples(list(ARMS), "glibc")
        for _ in range(3):
            repetitions = {arm: [Repetition(int(1e9 * f), 10, 100, int(2e5 * f))] * 2 for arm, f in ARMS.items()}
            loads = {arm: [wrk.Load(int(1000 / f), 1.0, 0.004 * f, 0.009 * f)] * 2 for arm, f in ARMS.items()}
            self.samples.add(self.workload.name, Start(repetitions, dict.fromkeys(ARMS, 1 << 24), loads))

    def test_figures_and_ratios(self):
        row = results.evaluate(self.samples, [self.workload], random.Random(1))["workloads"][0]
        load = row["load"]
        self.assertAlmostEqual(load["requests_per_second"]["musl"], 500)
        self.assertAlmostEqual(load["requests_per_second_ratio"]["musl"]["median"], 0.5)
        self.assertAlmostEqual(load["p50_ms"]["glibc"], 4.0)
        self.assertAlmostEqual(load["p99_ms_ratio"]["musl+mshim"]["median"], 0.5)
        self.assertAlmostEqual(load["cpu_us_per_request"]["musl"], 400)
        self.assertNotIn("glibc", load["p99_ms_ratio"])
        self.assertAlmostEqual(row["ratio"]["musl"]["median"], 2.0)
        text = "\n".join(load_results.render(row, list(ARMS)))
        for part in (*ARMS, "requests/s", "p99 ms", "500", "18.0"):
            self.assertIn(part, text)

    def test_a_workload_that_is_no_service_has_none(self):
        chosen = workloads.load_all()[:1]
        samples = support.made_up(chosen, ARMS, 2, 2, 1)
        self.assertNotIn("load", results.evaluate(samples, chosen, random.Random(1))["workloads"][0])


if __name__ == "__main__":
    unittest.main()
