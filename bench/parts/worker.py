# SPDX-License-Identifier: MIT
"""One process of `--only growth` or `--only churn`, run by the interpreter that is measured.

    python3 worker.py growth KIND    grows one object to 400 MiB at the first request, and ends
    python3 worker.py churn          a service: a request is a line with the number of sessions that are to be live

First it says what it is, as `engine/worker.py` does, and "ready"; an answer is one line of numbers.
"""

import os
import sys
import time

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[0] = BENCH

from engine.worker import facts, peak_rss_bytes, say  # noqa: E402

GROWN_BYTES = 400 << 20
STEP_BYTES = 64 << 10


def grow_list():
    """By the pointers that it holds, 8 bytes each."""
    grown, step = [], [None] * (STEP_BYTES // 8)
    for _ in range(GROWN_BYTES // STEP_BYTES):
        grown.extend(step)
    return grown


def grow_bytearray():
    grown, step = bytearray(), b"x" * STEP_BYTES
    for _ in range(GROWN_BYTES // STEP_BYTES):
        grown += step
    return grown


def grow_bytesio():
    import io

    grown, step = io.BytesIO(), b"x" * STEP_BYTES
    for _ in range(GROWN_BYTES // STEP_BYTES):
        grown.write(step)
    return grown


KINDS = {"list": grow_list, "bytearray": grow_bytearray, "BytesIO": grow_bytesio}


def growth(kind):
    """Seconds, CPU seconds, peak bytes."""
    wall, cpu = time.perf_counter(), time.process_time()
    grown = KINDS[kind]()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    say(f"{wall} {cpu} {peak_rss_bytes()}\n")
    del grown


class Service:
    """What a web service does to memory: small objects of a request that die with it, sessions of many sizes that live for a
    while, an upload of megabytes now and then, a log that is written in batches."""

    REQUESTS = 250
    SIZES = (150, 150, 600, 600, 600, 2500, 2500, 9000, 40000)

    def __init__(self):
        import json
        import random

        self.json = json
        self.random = random.Random(20261125)
        self.sessions = {}
        self.log = []
        self.number = 0

    def request(self):
        self.number += 1
        rng = self.random
        body = self.json.dumps({"id": self.number, "items": [{"n": i, "name": f"item {i}"} for i in range(rng.randrange(40))]})
        order = self.json.loads(body)
        lines = [f"{item['n']:>6} {item['name']:<20} {order['id']}" for item in order["items"]]
        self.sessions[self.number] = {"page": "\n".join(lines), "data": bytes(rng.choice(self.SIZES)), "seen": [order["id"]]}
        self.log.append("%d GET /orders/%d 200 %d" % (self.number, order["id"], len(lines)))
        if self.number % 50 == 0:
            upload = bytearray(rng.randrange(1 << 19, 1 << 22))
            upload[::4096] = b"y" * len(upload[::4096])
            self.log.append("upload of %d" % len(bytes(upload[100:-100])))
        if len(self.log) > 1000:
            "\n".join(self.log).encode()
            self.log.clear()

    def step(self, live):
        for _ in range(self.REQUESTS):
            self.request()
            while len(self.sessions) > live:
                # Most leave in the order in which they came, some stay longer: so that what is freed is not all of one piece.
                oldest = next(iter(self.sessions))
                session = self.sessions.pop(oldest)
                if self.random.random() < 0.1 and len(self.sessions) < live:
                    self.sessions[self.number + 1 + oldest / 1e9] = session


def churn():
    """Seconds and CPU seconds of each step."""
    service = Service()
    for line in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        service.step(int(line))
        say(f"{time.perf_counter() - wall} {time.process_time() - cpu}\n")


def main():
    part, *words = sys.argv[1:]
    say("".join(f"{key}={value}\n" for key, value in facts()) + "ready\n")
    if part == "growth":
        sys.stdin.readline()
        growth(*words)
    else:
        churn()


if __name__ == "__main__":
    main()
