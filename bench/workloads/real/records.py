# SPDX-License-Identifier: MIT
"""Records as services pass them on: orjson, pydantic."""

from workloads import expect, workload


def orders(count):
    return [
        {
            "id": i,
            "customer": {"name": f"Name {i}", "email": f"user{i}@example.org"},
            "lines": [{"item": f"item {i}-{j}", "quantity": j + 1, "price": i % 100 + 0.5} for j in range(4)],
            "note": None if i % 3 else "left at the door",
        }
        for i in range(count)
    ]


@workload("1,000 orders from JSON to objects with orjson")
def orjson_loads():
    import orjson

    texts = [orjson.dumps(order) for order in orders(1000)]

    def run():
        for _ in range(5):
            read = [orjson.loads(text) for text in texts]
        expect((len(read), read[-1]["lines"][3]["item"]), (1000, "item 999-3"))

    return run


@workload("a list of 2,000 orders to JSON with orjson")
def orjson_dumps():
    import orjson

    data = orders(2000)

    def run():
        for _ in range(15):
            text = orjson.dumps(data)
        expect((text[:8], text.count(b"item")), (b'[{"id":0', 16000))

    return run


@workload("1,000 orders validated from JSON, changed and written with pydantic")
def pydantic_orders():
    from typing import Optional

    import pydantic

    class Customer(pydantic.BaseModel):
        name: str
        email: str

    class Line(pydantic.BaseModel):
        item: str
        quantity: int = pydantic.Field(gt=0)
        price: float

    class Order(pydantic.BaseModel):
        id: int
        customer: Customer
        lines: list[Line]
        note: Optional[str] = None

    texts = [Order(**order).model_dump_json() for order in orders(1000)]

    def run():
        total = 0.0
        for _ in range(2):
            for text in texts:
                order = Order.model_validate_json(text)
                total += sum(line.quantity * line.price for line in order.lines)
                answer = order.model_dump_json()
        expect((total, answer), (1000000.0, texts[-1]))

    return run
