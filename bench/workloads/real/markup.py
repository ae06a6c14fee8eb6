# SPDX-License-Identifier: MIT
"""lxml: trees of many small nodes, made in C outside Python's own allocator."""

from workloads import expect, workload


@workload("an XML catalogue parsed, searched with XPath and written")
def lxml_catalogue():
    from lxml import etree

    entry = '<product id="p%d"><name>Product &amp; %d</name><price currency="EUR">%d.50</price><t>a</t><t>b</t></product>'
    text = ("<catalogue>" + "".join(entry % (i, i, i) for i in range(2000)) + "</catalogue>").encode()

    def run():
        root = etree.fromstring(text)
        names = root.xpath("//product[price > 999]/name/text()")
        for price in root.iter("price"):
            price.set("seen", "yes")
        out = etree.tostring(root)
        expect((len(names), names[-1], out.count(b'seen="yes"')), (1001, "Product & 1999", 2000))

    return run


@workload("pages of HTML parsed, links collected, made anew")
def lxml_html():
    from lxml import etree, html

    page = "<html><body>" + "".join(
        f'<div class="entry"><h2>Entry {i}</h2><p>text <b>bold<a href="/entry/{i}">more</a></p></div>' for i in range(500)
    ) + "</body></html>"  # fmt: skip

    def run():
        for _ in range(2):
            tree = html.fromstring(page)
            links = [(link, element.text) for element, _, link, _ in tree.iterlinks()]
            table = etree.Element("table")
            for link, text in links:
                row = etree.SubElement(table, "tr")
                etree.SubElement(row, "td", title=link).text = text
            out = etree.tostring(table)
        expect((len(links), links[-1], out.count(b"<td ")), (500, ("/entry/499", "more"), 500))

    return run
