# SPDX-License-Identifier: MIT
"""Work that hardly allocates or copies: an allocator can neither help nor harm, so this group should stand at 1."""

from workloads import expect, workload


@workload("SHA-256 over the same 1 MB")
def sha256_buffer():
    import hashlib

    data = bytes(range(256)) * 4096

    def run():
        for _ in range(15):
            digest = hashlib.sha256(data).hexdigest()
        expect(digest[:16], "fbbab289f7f94b25")

    return run


@workload("planets: arithmetic on a few floats")
def nbody_floats():
    def run():
        x, y, vx, vy = 1.0, 0.0, 0.0, 1.0
        for _ in range(100000):
            r3 = (x * x + y * y) ** 1.5
            vx -= x / r3 * 0.0001
            vy -= y / r3 * 0.0001
            x += vx * 0.0001
            y += vy * 0.0001
        expect(abs(x * x + y * y - 1) < 0.001, True)

    return run


@workload("recursive calls: Fibonacci of 25")
def recursive_calls():
    def fibonacci(n):
        return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

    def run():
        expect(fibonacci(25), 75025)

    return run


@workload("look-ups in a dict and a sorted list that are there already")
def look_ups():
    from bisect import bisect_left

    ports = {i: i % 256 for i in range(5000)}
    limits = list(range(0, 100000, 20))

    def run():
        found = 0
        for i in range(0, 100000, 2):
            if ports.get(i) is not None:
                found += 1
            found += bisect_left(limits, i) & 1
        expect(found, 27500)

    return run
