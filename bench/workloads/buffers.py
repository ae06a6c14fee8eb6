# SPDX-License-Identifier: MIT
"""Blocks of tens of kilobytes to megabytes: sliced, joined, grown, copied."""

from workloads import expect, workload


@workload("slices of a bytes object of 4 MB")
def slice_4mb_bytes():
    data = bytes(range(256)) * 16384

    def run():
        for start in range(1, 31):
            part = data[start:]
        expect((len(part), part[0]), (4194304 - 30, 30))

    return run


@workload("a bytearray grown by chunks to 2 MB, as a receive buffer")
def bytearray_growth():
    chunk = b"x" * 100

    def run():
        for _ in range(15):
            buffer = bytearray()
            for _ in range(20000):
                buffer += chunk
        expect(len(buffer), 2000000)

    return run


@workload("BytesIO grown by small writes to 1.6 MB")
def bytesio_growth():
    import io

    chunk = b"y" * 200

    def run():
        for _ in range(30):
            buffer = io.BytesIO()
            for _ in range(8000):
                buffer.write(chunk)
        expect(len(buffer.getvalue()), 1600000)

    return run


@workload("arrays of doubles of some megabytes joined and sliced")
def join_arrays():
    from array import array

    block = array("d", range(100000))

    def run():
        for _ in range(3):
            whole = block + block + block
            half = whole[: len(whole) // 2]
            data = b"".join([whole.tobytes(), half.tobytes()])
        expect((len(data), half[-1]), (3600000, 49999.0))

    return run


@workload("lists of 250,000 entries copied, reversed, repeated")
def copy_large_lists():
    values = list(range(250)) * 1000

    def run():
        for _ in range(3):
            copy = values[:]
            copy.reverse()
            twice = copy * 2
        expect((len(twice), twice[0]), (500000, 249))

    return run
