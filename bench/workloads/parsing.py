# SPDX-License-Identifier: MIT
"""Text in the formats that programs read."""

from workloads import expect, workload


@workload("an access log matched by a regular expression")
def regex_access_log():
    import re

    pattern = re.compile(r'(\S+) - - \[([^]]+)\] "(GET|POST) (\S+) HTTP/1\.\d" (\d{3}) (\d+)')
    log = "\n".join(
        f"10.0.{i % 256}.7 - - [12/Mar/2024:10:{i % 60:02d}:00 +0000] "
        f'"GET /item/{i}?ref=home HTTP/1.1" {200 + i % 2} {i * 13}'
        for i in range(5000)
    )

    def run():
        for _ in range(4):
            hits, size = {}, 0
            for match in pattern.finditer(log):
                host, _, _, path, _, length = match.groups()
                hits.setdefault(host, []).append(path)
                size += int(length)
        expect((sum(map(len, hits.values())), size), (5000, 162467500))

    return run


@workload("CSV read into dicts and written again")
def csv_rows():
    import csv
    import io

    text = "id,name,city,amount,comment\n" + "".join(
        f'{i},"Name, {i}",City {i % 20},{i * 0.25},"said ""hello"" twice"\n' for i in range(4000)
    )

    def run():
        rows = list(csv.DictReader(io.StringIO(text)))
        out = io.StringIO()
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
        expect((len(rows), rows[-1]["name"], out.tell() > 150000), (4000, "Name, 3999", True))

    return run


@workload("an RSS feed parsed, searched and written with ElementTree")
def xml_feed():
    import xml.etree.ElementTree as ElementTree

    item = "<item id='%d'><title>News &amp; more %d</title><link>http://example.org/%d</link><category>a</category></item>"
    text = "<rss><channel>" + "".join(item % (i, i, i) for i in range(1500)) + "</channel></rss>"

    def run():
        root = ElementTree.fromstring(text)
        titles = [node.findtext("title") for node in root.iter("item")]
        out = ElementTree.tostring(root)
        expect((len(titles), titles[3], len(out) > 100000), (1500, "News & more 3", True))

    return run


@workload("links collected from a page with html.parser")
def html_links():
    from html.parser import HTMLParser

    page = "<html><body>" + "".join(
        f'<div class="entry"><h2>Entry {i}</h2><a href="/entry/{i}?page=1&amp;sort=name">read <b>more</b></a></div>\n'
        for i in range(600)
    ) + "</body></html>"

    class Links(HTMLParser):
        def __init__(self):
            super().__init__()
            self.links = []

        def handle_starttag(self, tag, attrs):
            if tag == "a":
                self.links.append(dict(attrs)["href"])

    def run():
        parser = Links()
        parser.feed(page)
        parser.close()
        expect((len(parser.links), parser.links[-1]), (600, "/entry/599?page=1&sort=name"))

    return run


@workload("Python source to syntax tree, walked and compiled")
def ast_modules():
    import ast

    source = "\n".join(
        f"def function_{i}(a, b={i}, *rest):\n"
        f"    total = a + b * {i}\n"
        "    for x in rest:\n"
        f"        total += x if x > {i} else -x\n"
        "    return {'total': total, 'n': len(rest)}\n"
        for i in range(60)
    )

    def run():
        for _ in range(3):
            tree = ast.parse(source)
            names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            code = compile(tree, "module", "exec")
        expect((len(names), len(code.co_names)), (6, 60))

    return run
