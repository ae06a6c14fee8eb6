# SPDX-License-Identifier: MIT
"""Bytes: sliced, appended to, compressed, encoded."""

from workloads import expect, workload


@workload("slices of 100 KB out of 16 MB, all over it")
def slice_large_bytes():
    data = bytes(1 << 24)

    def run():
        parts = []
        for start in range(0, 15 << 20, 60000):
            parts.append(data[start : start + 100000])
            if len(parts) > 40:
                parts.clear()
        expect(len(data[1:-1]), (1 << 24) - 2)

    return run


@workload("bytes appended to, piece by piece, as programs do that should not")
def append_to_bytes():
    piece = b"0123456789" * 20

    def run():
        for _ in range(12):
            data = b""
            for _ in range(500):
                data += piece
        expect(len(data), 100000)

    return run


@workload("zlib, gzip's way: pieces of 256 KB compressed and expanded")
def zlib_pieces():
    import zlib

    piece = b"".join(b"%d: some text that repeats, %d\n" % (i, i % 50) for i in range(8000))[: 1 << 18]

    def run():
        packed = [zlib.compress(piece, 1) for _ in range(4)]
        expect([len(zlib.decompress(data)) for data in packed], [len(piece)] * 4)

    return run


@workload("hexadecimal, base 85 and quoted-printable")
def binary_to_text():
    import base64
    import binascii
    import quopri

    data = bytes(range(256)) * 200

    def run():
        for _ in range(3):
            total = len(binascii.unhexlify(binascii.hexlify(data)))
            total += len(base64.b85decode(base64.b85encode(data)))
        total += len(quopri.decodestring(quopri.encodestring(data[:20000])))
        expect(total > 2 * len(data), True)

    return run


@workload("a receive buffer: frames cut out of a stream of bytes")
def cut_frames():
    frames = [b"%04d" % len(body) + body for body in (b"x" * (i * 37 % 900) for i in range(4000))]
    stream = b"".join(frames)

    def run():
        buffer, found = bytearray(), []
        for start in range(0, len(stream), 8192):
            buffer += stream[start : start + 8192]
            at = 0
            while len(buffer) - at >= 4:
                size = int(buffer[at : at + 4])
                if len(buffer) - at - 4 < size:
                    break
                found.append(bytes(buffer[at + 4 : at + 4 + size]))
                at += 4 + size
            del buffer[:at]
        expect((len(found), sum(map(len, found))), (4000, len(stream) - 16000))

    return run
