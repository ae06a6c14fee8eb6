# SPDX-License-Identifier: MIT
"""Blocks of megabytes: made and dropped, joined, turned round."""

from workloads import expect, workload


@workload("blocks of one to eight megabytes made, touched and dropped")
def megabytes_made_and_dropped():
    def run():
        total = 0
        for i in range(60):
            block = bytearray((1 + i % 8) << 20)
            block[::4096] = b"x" * len(block[::4096])
            total += block[4096]
        expect(total, 60 * 120)

    return run


@workload("arrays of a megabyte joined, ten times over")
def join_large_arrays():
    from array import array

    blocks = [array("q", range(i, i + 131072)) for i in range(6)]

    def run():
        for _ in range(4):
            joined = array("q")
            for block in blocks:
                joined.extend(block)
            doubled = joined + joined
        expect((len(doubled), doubled[-1]), (2 * 6 * 131072, 131076))

    return run


@workload("pictures as rows of bytes: flipped, cropped, mirrored")
def turn_pictures():
    width, height = 1200, 800
    picture = [bytes((x + y) & 255 for x in range(width)) for y in range(height)]

    def run():
        for _ in range(12):
            flat = b"".join(reversed(picture))
            cropped = [flat[y * width + 100 : y * width + 1100] for y in range(100, 700)]
            mirrored = [row[::-1] for row in cropped]
            gray = b"".join(mirrored).translate(bytes(255 - i for i in range(256)))
        expect((len(gray), gray[0]), (600000, 255 - (1099 + 699) % 256))

    return run


@workload("a memory view over megabytes, copied in windows")
def copy_windows():
    data = bytearray(range(256)) * (6 << 12)

    def run():
        view, total = memoryview(data), 0
        for _ in range(12):
            for start in range(0, len(data) - (1 << 20), 1 << 18):
                total += len(view[start : start + (1 << 20)].tobytes())
        expect(total, 240 << 20)

    return run
