# SPDX-License-Identifier: MIT
"""The twins as they are and with their libpython relinked, which bench/setup has made."""
import unittest

import support


def python(libc, relinked=False):
    path = support.BUILD / f"python-{libc}{'-relinked' if relinked else ''}/bin/python3"
    if not path.exists():
        raise unittest.SkipTest(f"there is no {path.parent.parent.name} (bench/setup/setup)")
    return path


def both(libc):
    return python(libc), python(libc, relinked=True)


def library(interpreter):
    return next((interpreter.parent.parent / "lib").glob("libpython3.*.so.1.0"))


def each_twin(test):
    """Runs a test method for each libc with two interpreters: as it is, and relinked."""
    def for_each(self):
        for libc in support.LIBCS:
            with self.subTest(libc=libc):
                test(self, libc, *both(libc))
    return for_each
