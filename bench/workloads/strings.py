# SPDX-License-Identifier: MIT
"""Text put together, taken apart, compared, formatted and encoded."""

from workloads import expect, workload


@workload('"".join of 10,000 short strings')
def join_short_strings():
    parts = [f"item-{i % 1000}" for i in range(10000)]

    def run():
        for _ in range(200):
            text = "".join(parts)
        expect(len(text), 78900)

    return run


@workload("equality of 5,000 pairs of strings that are the same text in two objects")
def equal_string_pairs():
    left = [f"https://example.org/catalogue/{i}/" + "detail" * (i % 20) for i in range(5000)]
    right = ["".join(list(text)) for text in left]

    def run():
        for _ in range(60):
            same = 0
            for a, b in zip(left, right):
                if a == b:
                    same += 1
        expect(same, 5000)

    return run


@workload("report lines made with str.format, % and f-strings")
def format_lines():
    def run():
        lines = []
        for i in range(12000):
            lines.append("{:>8d} {:<20} {:10.2f}".format(i, "name-%d" % i, i / 3))
            lines.append(f"{i:08x} {i * 1.5:.3f} {'yes' if i & 1 else 'no'}")
        expect((len(lines), lines[-1]), (24000, "00002edf 17998.500 yes"))

    return run


@workload("log text: lines split, stripped, replaced, joined")
def split_and_replace():
    log = "\n".join(
        f"2024-03-{i % 28 + 1:02d}T12:{i % 60:02d}:00 host{i % 9} app[{i}]: user {i} logged in from 10.0.0.{i % 250}  "
        for i in range(6000)
    )

    def run():
        for _ in range(4):
            kept = []
            for line in log.splitlines():
                date, host, app, message = line.strip().split(" ", 3)
                kept.append(" ".join((date.replace("T", " "), host.upper(), message.replace("10.0.0.", "net-"))))
        text = "\n".join(kept)
        expect((len(kept), text.count("net-")), (6000, 6000))

    return run


@workload("a string built up by += in a loop")
def string_concatenation():
    def run():
        for _ in range(50):
            text = ""
            for i in range(6000):
                text += "<td>cell</td>"
        expect(len(text), 78000)

    return run


@workload("dates to text: datetime.strftime, isoformat and back")
def strftime_dates():
    from datetime import datetime, timedelta

    start = datetime(2024, 1, 1)
    step = timedelta(hours=7, minutes=11)

    def run():
        when = start
        for _ in range(7000):
            text = when.strftime("%Y-%m-%d %H:%M:%S %a %b %j")
            same = datetime.fromisoformat(when.isoformat())
            when += step
        expect((same + step == when, text[:4]), (True, "2029"))

    return run


@workload("text in several alphabets to UTF-8 and back, 600 documents")
def utf8_documents():
    texts = ("plain ascii text " * 40, "Grüße aus Köln, naïve café " * 30, "Привет, мир — 你好 " * 40)
    documents = [texts[i % 3] for i in range(600)]

    def run():
        for _ in range(20):
            encoded = [text.encode("utf-8") for text in documents]
            decoded = [data.decode("utf-8") for data in encoded]
        expect(decoded == documents, True)

    return run
