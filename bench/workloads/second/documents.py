# SPDX-License-Identifier: MIT
"""Documents of the kinds that programs exchange."""

from workloads import expect, workload


@workload("an XML document built as a tree, changed, written and read again")
def xml_trees():
    import xml.etree.ElementTree as etree

    def run():
        root = etree.Element("orders")
        for i in range(1500):
            order = etree.SubElement(root, "order", id=str(i), customer=f"c{i % 100}")
            etree.SubElement(order, "item", price=f"{i / 7:.2f}").text = f"item {i} & more"
        for order in root.iter("order"):
            order.set("seen", "yes")
        found = etree.fromstring(etree.tostring(root, encoding="unicode"))
        expect(len(found.findall("order/item")), 1500)

    return run


@workload("HTML made into a tree of nodes by html.parser")
def html_trees():
    from html import escape
    from html.parser import HTMLParser

    page = "".join(
        f"<div class='row r{i}'><p>{escape('text <' + str(i) + '> & more')}</p><ul>" + "<li>x</li>" * (i % 5) + "</ul></div>"
        for i in range(400)
    )

    class Tree(HTMLParser):
        def __init__(self):
            super().__init__()
            self.stack = [{"tag": "root", "children": []}]
            self.count = 0

        def handle_starttag(self, tag, attrs):
            node = {"tag": tag, "attrs": dict(attrs), "children": []}
            self.stack[-1]["children"].append(node)
            self.stack.append(node)
            self.count += 1

        def handle_endtag(self, tag):
            self.stack.pop()

        def handle_data(self, data):
            self.stack[-1]["children"].append(data)

    def run():
        tree = Tree()
        tree.feed(page)
        tree.close()
        expect((len(tree.stack[0]["children"]), tree.count), (400, 400 * 3 + 800))

    return run


@workload("letters with attachments, written and parsed")
def email_messages():
    from email import message_from_bytes, policy
    from email.message import EmailMessage

    def run():
        for i in range(6):
            message = EmailMessage()
            message["Subject"] = f"Report {i}"
            message["From"], message["To"] = "a@example.org", ", ".join(f"user{j}@example.org" for j in range(20))
            message.set_content("Hello,\n\nsee below.\n" * 40)
            message.add_attachment(bytes(range(256)) * 60, maintype="application", subtype="octet-stream", filename="data.bin")
            found = message_from_bytes(message.as_bytes(), policy=policy.default)
        expect(len(next(found.iter_attachments()).get_content()), 15360)

    return run


@workload("a table with quoted fields written as CSV and read as dictionaries")
def csv_dictionaries():
    import csv
    import io

    rows = [{"id": i, "name": f'na"me {i}', "note": "a, b\nc" if i % 9 == 0 else "plain", "value": i / 3} for i in range(4000)]

    def run():
        file = io.StringIO()
        writer = csv.DictWriter(file, ["id", "name", "note", "value"])
        writer.writeheader()
        writer.writerows(rows)
        file.seek(0)
        found = list(csv.DictReader(file))
        expect((len(found), found[9]["note"]), (4000, "a, b\nc"))

    return run


@workload("configuration files of many sections with interpolation")
def config_files():
    import configparser
    import io

    text = "[DEFAULT]\nroot = /srv\n" + "".join(f"[site{i}]\npath = %(root)s/{i}\nport = {8000 + i}\nname = Site {i}\n" for i in range(300))

    def run():
        parser = configparser.ConfigParser()
        parser.read_string(text)
        paths = [parser.get(section, "path") for section in parser.sections()]
        out = io.StringIO()
        parser.write(out)
        expect((paths[-1], len(paths)), ("/srv/299", 300))

    return run


@workload("addresses parsed, joined, quoted, and their queries")
def parse_urls():
    from urllib.parse import parse_qs, quote, unquote, urlencode, urljoin, urlsplit

    urls = [f"https://user@host{i % 50}.example.org:80{i % 100:02d}/a/b{i}/c?x={i}&y=%E2%82%AC{i}&x=2#f" for i in range(1200)]

    def run():
        total = 0
        for url in urls:
            parts = urlsplit(url)
            query = parse_qs(parts.query)
            total += len(query["x"]) + len(urlencode(query, doseq=True)) // 1000
            total += len(urljoin(url, "../d?z=1")) // 1000 + len(unquote(quote(parts.path))) // 1000
        expect(total, 2400)

    return run
