# SPDX-License-Identifier: MIT
"""The tree keeps its layers, and includes.py sees what would break them."""
import pathlib
import shutil
import tempfile
import unittest

import includes

TOP = pathlib.Path(__file__).resolve().parents[2]


class Includes(unittest.TestCase):
    def planted(self, path, line):
        """What is found in a copy of the tree in which a file has one include more."""
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder)
            shutil.copytree(TOP / "shim", copy / "shim")
            shutil.copytree(TOP / "include", copy / "include")
            file = copy / "shim" / path
            file.write_text(line + "\n" + file.read_text())
            return "\n".join(includes.faults(copy))

    def test_the_tree_keeps_its_layers(self):
        self.assertEqual(list(includes.faults(TOP)), [])

    def test_the_whole_tree_is_read(self):
        names = set(includes.read(TOP / "shim"))
        for folder in includes.LAYERS:
            self.assertTrue(any(includes.folder_of(name) == folder for name in names) or folder == "shared/allocators", folder)

    def test_a_circle_of_files_is_found(self):
        self.assertIn("circle: shared/base/lock -> shared/base/once -> shared/base/lock",
                      self.planted("shared/base/lock.h", '#include "shared/base/once.h"'))

    def test_the_command_may_not_include_the_library(self):
        self.assertIn("command/main.c: command may not include library/counters/records.h",
                      self.planted("command/main.c", '#include "library/counters/records.h"'))

    def test_a_lower_folder_may_not_include_a_higher_one(self):
        self.assertIn("library/counters/count.c: library/counters may not include library/sampling/tick.h",
                      self.planted("library/counters/count.c", '#include "library/sampling/tick.h"'))

    def test_an_include_is_written_from_the_root(self):
        self.assertIn('shared/base/writer.c: "decimal.h" is not a path from the root',
                      self.planted("shared/base/writer.c", '#include "decimal.h"'))


if __name__ == "__main__":
    unittest.main()
