# SPDX-License-Identifier: MIT
"""Times and numbers formatted by the shim: known texts, what reaches libc, a locale of the user's own (musl's flavour alone does it)."""
import struct
import unittest

import reporting
from reporting import harness
import test_beside

KNOWN = {"%Y-%m-%d %H:%M:%S": "2003-02-02 16:05:06", "%a, %d %b %Y": "Sun, 02 Feb 2003", "%A %B %j": "Sunday February 033",
         "%e|%-d|%_m|%-H": " 2|2| 2|16", "%c": "Sun Feb  2 16:05:06 2003", "%x %X": "02/02/03 16:05:06", "%I:%M %p": "04:05 PM",
         "%F %T": "2003-02-02 16:05:06", "%D %R": "02/02/03 16:05", "%y %C %u %w %U %W": "03 20 7 0 05 04", "%z %s %% %h": "+0000 1044201906 % Feb"}
LEFT_TO_LIBC = ("%G", "%V", "%5Y", "%+Y", "%Ey", "%Od")


def catalogue(texts):
    """A catalogue of translated texts (.mo)."""
    originals = sorted(texts)
    at, tables, strings = 28 + 16 * len(texts), [], b""
    for words in (originals, [texts[word] for word in originals]):
        for word in words:
            tables += [len(word.encode()), at + len(strings)]
            strings += word.encode() + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(texts), 28, 28 + 8 * len(texts), 0, 0)
    return head + struct.pack(f"<{len(tables)}I", *tables) + strings


class Times(reporting.Case):
    build = test_beside.Beside.build
    library = test_beside.Beside.library

    def format(self, *formats, behind=None, **variables):
        preload = ":".join(filter(None, (harness.library("musl"), behind)))
        done = harness.run([reporting.program("musl", "times"), *formats], LD_PRELOAD=preload, **variables)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        *times, self.number = done.stdout.decode().splitlines()
        return times

    def test_known_texts(self):
        self.assertEqual(self.format(*KNOWN), [f"{text} {text}" for text in KNOWN.values()])

    def test_what_reaches_libc(self):
        behind = self.library("musl", "beside_strftime")
        self.assertEqual(self.format(*KNOWN, behind=behind), [f"{text} {text}" for text in KNOWN.values()])
        self.assertEqual(self.number, f"{len(KNOWN) + 1}-x")
        self.assertEqual(self.format(*LEFT_TO_LIBC, behind=behind), ["next next"] * len(LEFT_TO_LIBC))
        self.assertEqual(self.format(*KNOWN, behind=behind, MSHIM_MEMFUNCS="off"), ["next next"] * len(KNOWN))
        self.assertEqual(self.number, "next")

    def test_locale_of_other_names_and_formats(self):
        (self.folder / "xx").write_bytes(catalogue({"March": "März", "Sun": "So", "Saturday": "суббота", "PM": "nachmittags",
                                                    "%H:%M:%S": "%H Uhr %M", "%m/%d/%y": "%d. %B %Ey"}))
        program = self.build("musl", "random", "../../programs/times_are_formatted_as_the_libc_does.c")
        locale = {"MUSL_LOCPATH": self.folder, "LC_ALL": "xx"}
        self.assertEqual(self.format("%a %X", **locale), ["So 16 Uhr 05 So 16 Uhr 05"])
        self.assert_ended(harness.run([program], "musl", MSHIM_TEST_COUNT="400", **locale), 0)


if __name__ == "__main__":
    unittest.main()
