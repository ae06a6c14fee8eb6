# SPDX-License-Identifier: MIT
"""Many small objects: made, linked, copied, dropped and collected."""

from workloads import expect, workload


@workload("40,000 instances made and dropped")
def objects_made_and_dropped():
    class Point:
        __slots__ = ("x", "y", "label")

        def __init__(self, x, y):
            self.x = x
            self.y = y
            self.label = (x, y)

    def run():
        points = [Point(i + 1000, i + 2000) for i in range(20000)]
        more = [Point(p.y, p.x) for p in points]
        expect((len(more), more[-1].label), (20000, (21999, 20999)))

    return run


@workload("binary trees of dataclasses built and walked")
def dataclass_trees():
    from dataclasses import dataclass
    from typing import Optional

    @dataclass
    class Node:
        depth: int
        left: Optional["Node"] = None
        right: Optional["Node"] = None

        def count(self):
            return 1 + (self.left.count() + self.right.count() if self.left else 0)

    def build(depth):
        return Node(depth, build(depth - 1), build(depth - 1)) if depth else Node(0)

    def run():
        for _ in range(6):
            expect(build(12).count(), 8191)

    return run


@workload("a nested configuration copied with copy.deepcopy")
def deepcopy_config():
    import copy

    config = {
        f"service-{i}": {
            "hosts": [f"10.0.{i}.{j}" for j in range(8)],
            "limits": {"cpu": i, "memory": [i, i * 2]},
            "tags": ("a", "b"),
        }
        for i in range(100)
    }

    def run():
        for _ in range(16):
            other = copy.deepcopy(config)
        expect((other == config, other["service-1"] is config["service-1"]), (True, False))

    return run


@workload("graphs with cycles, which only the collector can free")
def gc_cycles():
    import gc

    class Widget:
        def __init__(self, parent):
            self.parent = parent
            self.children = []
            if parent:
                parent.children.append(self)

    def run():
        for _ in range(50):
            root = Widget(None)
            for _ in range(40):
                panel = Widget(root)
                for _ in range(15):
                    Widget(panel)
        del root, panel
        expect(gc.collect() > 0, True)

    return run


@workload("asyncio: 2,000 short tasks over a queue, no network")
def asyncio_tasks():
    import asyncio

    async def work(queue, i):
        await asyncio.sleep(0)
        await queue.put({"id": i, "state": "done"})

    async def main():
        queue = asyncio.Queue(100)
        tasks = [asyncio.ensure_future(work(queue, i)) for i in range(1000)]
        total = 0
        for _ in tasks:
            total += (await queue.get())["id"]
        return total

    loop = asyncio.new_event_loop()

    def run():
        for _ in range(2):
            expect(loop.run_until_complete(main()), 499500)

    return run
