# SPDX-License-Identifier: MIT
"""What goes wrong is named, and ends the comparison."""
import os
import unittest

from support import Case, work


class Failures(Case):
    def assert_fails(self, because, *words, status=1, **options):
        out, err = self.compare(*words, status=status, **options)
        self.assertIn(because, err)
        self.assertEqual(out, "")
        return err

    def test_command_that_fails(self):
        code = "echo its own words >&2; exit 3"
        err = self.assert_fails("failed under none: exit status 3", "-a", "none,mimalloc", "--", "sh", "-c", code)
        self.assertIn("\nits own words\n", err)

    def test_command_that_is_killed(self):
        self.assert_fails("failed under none: killed by signal 9", "-a", "none,mimalloc", "--", "sh", "-c", "kill -9 $$")

    def test_command_that_fails_under_one_arm(self):
        code = 'test -z "$MSHIM_ALLOCATOR" || exit 5'
        self.assert_fails("failed under mimalloc: exit status 5", "-a", "none,mimalloc", "--", "sh", "-c", code)

    def test_command_that_fails_later(self):
        self.assert_fails("failed under none", "-a", "none,none", "-n", "9", "--", "sh", "-c", 'echo >>n; test $(wc -l <n) -lt 8')

    def test_command_that_is_not_there(self):
        self.assert_fails("nonesuch: No such file", "--", "nonesuch")
        self.assert_fails("Permission denied", "--", self.folder / "tmp")

    def test_long_complaints_are_shown_to_their_end(self):
        err = self.assert_fails("exit status 1", "-a", "none,none", "--", "sh", "-c", "seq 1 100000 >&2; exit 1")
        self.assertTrue(err.endswith("\n100000\n"))

    def test_file_that_cannot_be_written(self):
        self.assert_fails("nonesuch: No such file", "-o", "nonesuch/x.json", "--", "true", status=2)
        self.assert_fails("is a folder", "-o", "tmp", "--", "true", status=2)

    @unittest.skipUnless(os.path.exists("/dev/full"), "there is no /dev/full")
    def test_full_disk(self):
        out, err = self.compare("-n", "1", "-a", "none,none", "-o", "/dev/full", "--", work(), 0, status=1)
        self.assertIn("/dev/full cannot be written: No space left", err)
        self.assertIn("none-again: too few runs", out)  # what was found is told

    def test_file_that_may_not_grow(self):
        (self.folder / "r.json").write_text("before")
        words = ("-n", "1", "-a", "none,none", "-o", "r.json", "--", work(), 0)
        _, err = self.compare(*words, status=1, preexec_fn=limit_file_size)
        self.assertIn("r.json cannot be written: File too large", err)
        self.assertEqual((self.folder / "r.json").read_text(), "before")
        self.assertEqual(sorted(os.listdir(self.folder)), ["r.json", "tmp"])

    def test_misuse(self):
        for words, because in (
            ((), "no command given"),
            (("-a", "nonesuch", "--", "true"), "there is no arm nonesuch; accepted: none"),
            (("-a", "none", "--", "true"), "nothing to compare it with"),
            (("-n", "0", "--", "true"), "-n 0 cannot be used; accepted: 1 to 1000"),
            (("-n", "1.5", "--", "true"), "-n 1.5 cannot be used"),
            (("--precision", "x", "--", "true"), "--precision x cannot be used"),
            (("--time", "-1", "--", "true"), "--time -1 cannot be used"),
            (("--time", "nan", "--", "true"), "--time nan cannot be used"),
            (("--ready-when", "", "--", "true"), "--ready-when '' cannot be used"),
            (("--load", "true", "--", "true"), "--load needs --ready-when"),
            (("--stop-with", "INT", "--", "true"), "--stop-with needs --ready-when"),
            (("--ready-when", "x", "--stop-with", "NONESUCH", "--", "true"), "--stop-with NONESUCH cannot be used"),
            (("--nonesuch", "--", "true"), "there is no option --nonesuch"),
        ):
            with self.subTest(words=words):
                self.assert_fails(because, *words, status=2)


def limit_file_size():
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


if __name__ == "__main__":
    unittest.main()
