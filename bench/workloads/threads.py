# SPDX-License-Identifier: MIT
"""Threads that allocate: in turn under the interpreter's lock, and at once where a module lets go of it."""

from workloads import expect, workload


@workload("producers and consumers over queue.Queue, four threads")
def queue_workers():
    import queue
    import threading

    def produce(jobs, first):
        for i in range(first, first + 2000):
            jobs.put({"id": i, "payload": [str(i)] * 10})

    def consume(jobs, sums):
        total = 0
        while True:
            job = jobs.get()
            if job is None:
                break
            total += len(",".join(job["payload"])) > 0
        sums.append(total)

    def run():
        jobs, sums = queue.Queue(), []
        producers = [threading.Thread(target=produce, args=(jobs, i * 10000)) for i in range(2)]
        consumers = [threading.Thread(target=consume, args=(jobs, sums)) for _ in range(2)]
        for thread in producers + consumers:
            thread.start()
        for thread in producers:
            thread.join()
        for _ in consumers:
            jobs.put(None)
        for thread in consumers:
            thread.join()
        expect(sum(sums), 4000)

    return run


@workload("a thread pool that turns requests into JSON answers")
def pool_json():
    import json
    from concurrent.futures import ThreadPoolExecutor

    requests = [json.dumps({"id": i, "values": list(range(i % 200))}) for i in range(400)]

    def handle(request):
        body = json.loads(request)
        return json.dumps({"id": body["id"], "sum": sum(body["values"]), "echo": body["values"]})

    def run():
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(handle, requests))
        expect((len(answers), json.loads(answers[199])["sum"]), (400, 19701))

    return run


@workload("two threads that compress blocks, which runs outside the interpreter's lock")
def threads_zlib():
    import threading
    import zlib

    block = b"".join(b"%d;%d\n" % (i, i * i % 977) for i in range(6000))

    def work(results):
        for _ in range(10):
            results.append(len(zlib.decompress(zlib.compress(block, 1))))

    def run():
        results = []
        threads = [threading.Thread(target=work, args=(results,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        expect(results, [len(block)] * 20)

    return run


@workload("200 short threads that each build and drop a list")
def short_threads():
    import threading

    def work(results, i):
        results.append(len([str(j) for j in range(i % 50)]))

    def run():
        results = []
        for first in range(0, 200, 10):
            threads = [threading.Thread(target=work, args=(results, first + i)) for i in range(10)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        expect((len(results), sum(results)), (200, 4900))

    return run
