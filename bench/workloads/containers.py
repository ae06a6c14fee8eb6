# SPDX-License-Identifier: MIT
"""Lists, dictionaries, sets and queues that grow, shrink and get sorted."""

from workloads import expect, workload


@workload("lists grown by append to 50,000 entries")
def list_append():
    def run():
        for _ in range(10):
            values = []
            append = values.append
            for i in range(50000):
                append(i & 255)
        expect(len(values), 50000)

    return run


@workload("words of a text counted in a dict")
def dict_word_count():
    import random

    rng = random.Random(1)
    vocabulary = [f"word{i}" for i in range(4000)]
    text = " ".join(rng.choices(vocabulary, k=40000))
    distinct = len(set(text.split()))

    def run():
        counts = {}
        for line in (text, text.upper(), text.title()):
            for word in line.split():
                counts[word] = counts.get(word, 0) + 1
        expect((len(counts), sum(counts.values())), (distinct * 3, 120000))

    return run


@workload("an LRU cache of 2,000 entries: hits, misses, evictions")
def lru_cache_churn():
    import random
    from collections import OrderedDict

    rng = random.Random(2)
    keys = [int(rng.expovariate(1 / 2000)) for _ in range(40000)]

    def run():
        cache = OrderedDict()
        hits = 0
        for key in keys:
            if key in cache:
                cache.move_to_end(key)
                hits += 1
            else:
                cache[key] = [key] * 4
                if len(cache) > 2000:
                    cache.popitem(last=False)
        expect((len(cache), 0 < hits < 40000), (2000, True))

    return run


@workload("20,000 strings sorted")
def sort_strings():
    import random

    rng = random.Random(3)
    names = ["%s %s" % (rng.choice(("smith", "jones", "garcia", "chen")), rng.randrange(10**9)) for _ in range(20000)]

    def run():
        for _ in range(4):
            ordered = sorted(names)
        expect((len(ordered), ordered[0] <= ordered[10000] <= ordered[-1]), (20000, True))

    return run
