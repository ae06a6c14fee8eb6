# SPDX-License-Identifier: MIT
"""numpy: arrays of a few numbers, where calls and headers cost, and of megabytes, where memory does."""

from workloads import expect, workload


@workload("8,000 expressions on vectors of 16 numbers")
def numpy_small_arrays():
    import numpy

    a, b = numpy.arange(16.0), numpy.arange(16.0)[::-1].copy()

    def run():
        total = 0.0
        for _ in range(8000):
            total += float((a * b + a).sum())
        expect(total, 8000 * 680.0)

    return run


@workload("an expression on vectors of 500,000 numbers, with its temporaries")
def numpy_large_arrays():
    import numpy

    a = numpy.arange(500000, dtype=numpy.float64)
    b = a[::-1].copy()

    def run():
        for _ in range(6):
            c = (a - b) * 0.5 + a * b / (a + b)
        expect((c.shape, round(float(c[0]), 6), round(float(c[-1]), 6)), ((500000,), -249999.5, 249999.5))

    return run


@workload("rows filtered by masks, joined and sorted")
def numpy_select_sort():
    import numpy

    values = (numpy.arange(200000, dtype=numpy.int64) * 7919) % 200003

    def run():
        parts = [values[(values % 7) == i] for i in range(7)]
        joined = numpy.concatenate(parts)
        order = numpy.sort(joined)
        expect((len(joined), bool((order[1:] > order[:-1]).all())), (200000, True))

    return run
