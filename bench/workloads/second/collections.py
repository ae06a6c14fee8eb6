# SPDX-License-Identifier: MIT
"""Containers that come and go."""

from workloads import expect, workload


@workload("dictionaries and sets that grow, shrink and are merged")
def dict_and_set_churn():
    def run():
        found = set()
        for i in range(60):
            table = {j * i: str(j) for j in range(1500)}
            for j in range(0, 1500, 2):
                table.pop(j * i, None)
            found |= table.keys() & set(range(0, 100000, 7))
            found -= set(range(i * 100))
        expect(0 < len(found) < 20000, True)

    return run


@workload("a deque as a sliding window, and a queue of events")
def deque_windows():
    from collections import deque

    def run():
        window, sums, events = deque(maxlen=500), [], deque()
        for i in range(60000):
            window.append((i, i * 3 % 101))
            events.append({"at": i})
            if len(events) > 1000:
                events.popleft()
            if i % 1000 == 999:
                sums.append(sum(value for _, value in window))
        expect((len(sums), len(events)), (60, 1000))

    return run


@workload("a heap of tasks, and a list kept in order by bisect")
def heap_and_bisect():
    import bisect
    import heapq

    def run():
        heap, ordered = [], []
        for i in range(12000):
            heapq.heappush(heap, (i * 7919 % 12007, "task", i))
        for i in range(6000):
            bisect.insort(ordered, heapq.heappop(heap))
        expect((ordered[0][0], len(heap), ordered == sorted(ordered)), (0, 6000, True))

    return run


@workload("weak references to objects that die")
def weak_references():
    import weakref

    class Node:
        def __init__(self, number):
            self.number = number

    def run():
        cache, kept = weakref.WeakValueDictionary(), []
        for i in range(15000):
            node = Node(i)
            cache[i] = node
            if i % 10 == 0:
                kept.append(node)
        expect(len(cache) - len(kept) in (0, 1), True)

    return run


@workload("counting, grouping and chaining by itertools and Counter")
def itertools_pipeline():
    import itertools
    from collections import Counter, defaultdict

    rows = [(i % 50, f"name{i % 333}", i * 1.5) for i in range(15000)]

    def run():
        groups = defaultdict(list)
        for key, name, value in rows:
            groups[key].append((name, value))
        names = Counter(name for name, _ in itertools.chain.from_iterable(groups.values()))
        ordered = sorted(rows)
        runs = [(key, len(list(found))) for key, found in itertools.groupby(ordered, key=lambda row: row[0])]
        pairs = sum(1 for _ in itertools.combinations(range(300), 2))
        expect((len(names), len(runs), pairs), (333, 50, 44850))

    return run


@workload("a graph of 4,000 nodes pickled and loaded, with shared and circular parts")
def pickle_graphs():
    import pickle

    nodes = [{"id": i, "kind": f"kind{i % 20}", "edges": []} for i in range(4000)]
    for i, node in enumerate(nodes):
        node["edges"] = [nodes[i // 2], nodes[i // 3]]

    def run():
        for protocol in (2, 5):
            loaded = pickle.loads(pickle.dumps(nodes, protocol))
        expect((len(loaded), loaded[7]["edges"][0] is loaded[3], loaded[0]["edges"][1] is loaded[0]), (4000, True, True))

    return run
