# SPDX-License-Identifier: MIT
"""What services are made of."""

from workloads import expect, workload


@workload("log records through handlers, filters and formatters")
def log_records():
    import io
    import logging

    def run():
        out = io.StringIO()
        logger = logging.Logger("second")
        handler = logging.StreamHandler(out)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-8s %(name)s %(message)s"))
        logger.addHandler(handler)
        for i in range(2500):
            logger.info("request %d took %.1f ms for %s", i, i / 7, {"user": i % 10})
        expect(out.getvalue().count("\n"), 2500)

    return run


@workload("asyncio: producers and consumers with queues, tasks and timeouts")
def asyncio_queues():
    import asyncio

    async def produce(queue, first):
        for i in range(700):
            await queue.put({"id": first + i, "payload": "x" * (i % 50)})

    async def consume(queue, done):
        while True:
            job = await queue.get()
            done.append(len(job["payload"]) + job["id"] % 2)
            queue.task_done()

    async def whole():
        queue, done = asyncio.Queue(50), []
        consumers = [asyncio.ensure_future(consume(queue, done)) for _ in range(4)]
        await asyncio.gather(*(produce(queue, first * 1000) for first in range(4)))
        await asyncio.wait_for(queue.join(), 30)
        for task in consumers:
            task.cancel()
        await asyncio.gather(*consumers, return_exceptions=True)
        return len(done)

    def run():
        loop = asyncio.new_event_loop()
        try:
            expect(loop.run_until_complete(whole()), 2800)
        finally:
            loop.close()

    return run


@workload("futures of a thread pool, gathered as they are done")
def futures_of_a_pool():
    from concurrent.futures import ThreadPoolExecutor, as_completed

    def work(number):
        rows = [{"n": number, "i": i, "text": str(i) * 3} for i in range(60)]
        return sum(len(row["text"]) for row in rows)

    def run():
        with ThreadPoolExecutor(8) as pool:
            futures = [pool.submit(work, number) for number in range(500)]
            total = sum(future.result() for future in as_completed(futures))
        expect(total, 500 * (10 * 3 + 50 * 6))

    return run


@workload("templates filled: substitution, escaping, tables of rows")
def fill_templates():
    import string
    from html import escape

    page = string.Template("<html><h1>$title</h1><table>$rows</table><p>$footer</p></html>")
    row = string.Template("<tr><td>$id</td><td>$name</td><td>$value</td></tr>")

    def run():
        for number in range(12):
            rows = "".join(row.substitute(id=i, name=escape(f"<name {i}>"), value=f"{i / 3:.2f}") for i in range(150))
            text = page.substitute(title=escape(f"Page & {number}"), rows=rows, footer="end")
        expect(text.count("&lt;name"), 150)

    return run
