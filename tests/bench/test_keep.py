# SPDX-License-Identifier: MIT
"""Where the results go: latest.json, and the report made of the build's template."""

import json
import os
import tempfile
import unittest

import support  # noqa: F401  (puts the engine in reach)
from engine import cli
from engine.places import HTML_TEMPLATE, Places

FOUND = {"format": 1, "name": "</script>\u2028"}


class Keep(unittest.TestCase):
    def setUp(self):
        self.build = self.enter(tempfile.TemporaryDirectory())
        self.path = os.path.join(self.build, "bench", "latest.html")

    def enter(self, folder):
        self.addCleanup(folder.cleanup)
        return folder.name

    def put_template(self, text):
        path = os.path.join(self.build, "musl", HTML_TEMPLATE)
        os.makedirs(os.path.dirname(path))
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            return file.read()

    def test_report_is_the_template_with_the_results_in_it(self):
        self.put_template("<p>@RESULTS@</p>\\1é")
        said = cli.keep(FOUND, Places(build=self.build))
        text = self.read(self.path)
        self.assertEqual(text, '<p>{"format": 1, "name": "\\u003c/script>\\u2028"}</p>\\1é')
        self.assertEqual(json.loads(text[3:-7]), FOUND)
        self.assertIn(self.path, " ".join(said))
        self.assertEqual(sorted(os.listdir(os.path.dirname(self.path))), ["latest.html", "latest.json"])

    def test_without_a_template_no_report_of_earlier_results_is_left(self):
        os.makedirs(os.path.dirname(self.path))
        with open(self.path, "w", encoding="utf-8") as file:
            file.write("an earlier one")
        places = Places(build=self.build)
        places.html_template = lambda: None  # as where nothing is installed
        said = cli.keep(FOUND, places)
        self.assertFalse(os.path.exists(self.path))
        self.assertEqual(len(said), 1)
        self.assertEqual(json.loads(self.read(self.path[:-4] + "json")), FOUND)


if __name__ == "__main__":
    unittest.main()
