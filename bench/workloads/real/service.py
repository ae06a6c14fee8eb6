# SPDX-License-Identifier: MIT
"""A service as it is deployed: uvicorn, starlette, JSON in and out, asked by wrk."""

import json
from typing import NamedTuple

from workloads import workload


class Request(NamedTuple):
    path: str
    body: str
    answer: object  # what the JSON of the answer has to say


ITEMS = [{"item": f"item {i}", "quantity": i % 7 + 1, "price": i + 0.25} for i in range(40)]
ORDER = Request(
    "/orders",
    json.dumps({"customer": "Name", "items": ITEMS}),
    {"customer": "Name", "total": 3123.75, "lines": [{**item, "sum": item["quantity"] * item["price"]} for item in ITEMS]},
)


@workload("1,000 orders posted as JSON to a starlette application under uvicorn", request=ORDER)
def asgi_json():
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def add_up(request):
        order = await request.json()
        lines = [{**item, "sum": item["quantity"] * item["price"]} for item in order["items"]]
        return JSONResponse({"customer": order["customer"], "total": sum(line["sum"] for line in lines), "lines": lines})

    return Starlette(routes=[Route(ORDER.path, add_up, methods=["POST"])])
