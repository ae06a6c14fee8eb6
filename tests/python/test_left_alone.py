# SPDX-License-Identifier: MIT
"""When the domains are served by the shim, and when they are left alone."""
import unittest

from support import run

SERVES = "print(pymalloc_serves())"


class LeftAlone(unittest.TestCase):
    def test_served_by_the_shim(self):
        self.assertEqual(run(SERVES), "False")
        self.assertEqual(run(SERVES, "-I"), "False")
        self.assertEqual(run(SERVES, "-X", "utf8"), "False")

    def test_without_the_shim(self):
        self.assertEqual(run(SERVES, preload=False), "True")

    def test_off(self):
        self.assertEqual(run(SERVES, MSHIM_PYTHON="off"), "True")

    def test_to_the_allocator(self):
        self.assertEqual(run(SERVES, MSHIM_PYTHON="allocator"), "False")

    def test_pythonmalloc_is_the_users(self):
        self.assertEqual(run(SERVES, PYTHONMALLOC="pymalloc"), "True")
        self.assertEqual(run(SERVES, PYTHONMALLOC="pymalloc_debug"), "True")
        self.assertEqual(run(SERVES, PYTHONMALLOC="malloc"), "False")
        self.assertEqual(run(SERVES, PYTHONMALLOC=""), "False", "an empty value is none, as CPython has it")

    def test_debug_hooks_are_the_users(self):
        self.assertEqual(run(SERVES, "-X", "dev"), "True")
        self.assertEqual(run(SERVES, "-Xdev"), "True")
        self.assertEqual(run(SERVES, "-sX", "dev"), "True")
        self.assertEqual(run(SERVES, PYTHONDEVMODE="1"), "True")

    def test_debug_hooks_find_an_overflow(self):
        code = """
            import ctypes
            api = ctypes.pythonapi
            api.PyObject_Malloc.restype = ctypes.c_void_p
            api.PyObject_Free.argtypes = [ctypes.c_void_p]
            block = api.PyObject_Malloc(10)
            ctypes.memset(block + 10, 0, 1)
            api.PyObject_Free(block)
        """
        with self.assertRaisesRegex(AssertionError, "bad trailing pad byte"):
            run(code, "-X", "dev")


if __name__ == "__main__":
    unittest.main()
