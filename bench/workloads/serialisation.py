# SPDX-License-Identifier: MIT
"""Python objects to text or bytes and back, as services and caches do all day."""

from workloads import expect, workload


def orders(count):
    """Records as a shop's API has them: mixed types, short strings, a nested list."""
    return [
        {
            "id": i,
            "customer": f"customer-{i % 97}",
            "email": f"user{i}@example.org",
            "paid": i % 3 == 0,
            "total": i * 1.25,
            "items": [{"sku": f"SKU{i % 50:04d}", "quantity": i % 5 + 1, "price": 9.99} for _ in range(3)],
            "note": None if i % 2 else "please leave it at the door",
        }
        for i in range(count)
    ]


@workload("json.dumps(list(range(10000))), the case of the question that made people look at musl")
def json_dumps_ints():
    import json

    def run():
        for _ in range(25):
            text = json.dumps(list(range(10000)))
        expect(len(text), 58890)

    return run


@workload("an API's answer: 1,000 nested records to JSON")
def json_dumps_records():
    import json

    records = orders(1000)
    length = len(json.dumps(records))

    def run():
        for _ in range(4):
            expect(len(json.dumps(records)), length)

    return run


@workload("an API's request: JSON text to 1,000 nested records")
def json_loads_records():
    import json

    text = json.dumps(orders(1000))

    def run():
        for _ in range(8):
            records = json.loads(text)
        expect((len(records), records[999]["items"][2]["sku"]), (1000, "SKU0049"))

    return run


@workload("a cache entry: 1,000 records through pickle and back")
def pickle_roundtrip():
    import pickle

    records = orders(1000)

    def run():
        for _ in range(8):
            copy = pickle.loads(pickle.dumps(records, protocol=pickle.HIGHEST_PROTOCOL))
        expect(copy[-1], records[-1])

    return run


@workload("binary records: 8,000 structs packed, joined and unpacked")
def struct_records():
    import struct

    record = struct.Struct("<IHd8s")

    def run():
        for _ in range(6):
            data = b"".join([record.pack(i, i & 0xFFFF, i * 0.5, b"sensor-a") for i in range(8000)])
            total = sum(value for _, _, value, _ in record.iter_unpack(data))
        expect((len(data), total), (176000, 15998000.0))

    return run


@workload("attachments: 150 blobs of 30 KB to base64 lines and back")
def base64_attachments():
    import base64

    blob = bytes(range(256)) * 120

    def run():
        for _ in range(150):
            text = base64.b64encode(blob).decode("ascii")
            back = base64.b64decode(text)
        expect((len(text), back == blob), (40960, True))

    return run
