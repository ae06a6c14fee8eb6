# SPDX-License-Identifier: MIT
"""Strings: sorted, split, joined, encoded, formatted, normalised."""

from workloads import expect, workload


@workload("sorting 60,000 strings made just before")
def sort_fresh_strings():
    def run():
        strings = ["key-%d" % (i * 7919 % 60013) for i in range(60000)]
        strings.sort()
        expect((strings[0], len(strings)), ("key-0", 60000))

    return run


@workload("a text of 3 MB split into lines, lines into words, and joined again")
def split_and_join_lines():
    text = "\n".join(f"{i} the quick brown fox jumps over {i * i} lazy dogs" for i in range(60000))

    def run():
        lines = text.splitlines()
        words = sum(len(line.split()) for line in lines)
        expect((words, len("\n".join(lines)) == len(text)), (600000, True))

    return run


@workload("texts of 200 KB encoded and decoded: UTF-8, UTF-16, Latin-1")
def encode_and_decode():
    texts = ("plain ascii text, " * 12000, "caf\u00e9 na\u00efve \u00fcber " * 12000, "\u043f\u0440\u0438\u0432\u0435\u0442 \u4e16\u754c " * 20000)

    def run():
        total = 0
        for text in texts * 4:
            for name in ("utf-8", "utf-16-le", "latin-1"):
                data = text.encode(name, "replace")
                total += len(data.decode(name))
        expect(total, 12 * sum(map(len, texts)))

    return run


@workload("many short strings joined into long ones")
def join_many():
    words = [f"word{i % 977}" for i in range(200000)]

    def run():
        for separator in (" ", ", ", "; ", "", "\n"):
            text = separator.join(words)
        expect(text.count("\n"), 199999)

    return run


@workload("f-strings and % and format with numbers of many kinds")
def format_numbers():
    def run():
        out = []
        for i in range(12000):
            out.append(f"{i:08d} {i / 7:.3f} {i:>12,} {i:#x}")
            out.append("%5d %-10s %6.2f" % (i, "name", i / 3))
            out.append("{0}:{1!r}:{2:e}".format(i, "x", i * 1.5))
        expect((len(out), out[0]), (36000, "00000000 0.000            0 0x0"))

    return run


@workload("texts of many scripts normalised and case-folded")
def normalise_unicode():
    import unicodedata

    texts = ["\u00c5ngstr\u00f6m caf\u00e9 \ufb01ne \u1e9b\u0323 \u2460 \u041f\u0420\u0418\u0412\u0415\u0422 %d" % i for i in range(6000)]

    def run():
        folded = {unicodedata.normalize("NFKD", text).casefold() for text in texts}
        expect(len({unicodedata.normalize("NFC", text) for text in folded}), 6000)

    return run


@workload("paragraphs wrapped, indented, dedented")
def wrap_paragraphs():
    import textwrap

    paragraph = "The quick brown fox jumps over the lazy dog, and then some more of the same. " * 12

    def run():
        out = [textwrap.indent(textwrap.fill(paragraph, width), "  ") for width in range(30, 70)]
        expect([len(textwrap.dedent(text)) < len(text) for text in out], [True] * 40)

    return run


@workload("two versions of a file of 600 lines compared")
def diff_files():
    import difflib

    old = [f"line {i} of the file, value {i * i % 97}\n" for i in range(600)]
    new = [line.replace("7", "seven") if i % 11 == 0 else line for i, line in enumerate(old) if i % 29]

    def run():
        diff = list(difflib.unified_diff(old, new, "old", "new"))
        expect((len(diff) > 60, diff[0]), (True, "--- old\n"))

    return run
