# SPDX-License-Identifier: MIT
"""A test's report: results in the built template, shown by one browser for all tests."""

import atexit
import functools
import os
import unittest

import browser
import samples
from engine import html_report
from engine.places import Places

SHOTS = os.path.join(samples.TOP, "build", "html")


@functools.lru_cache(maxsize=None)
def the_browser():
    """One for all tests; it ends with them."""
    opened = browser.Browser().__enter__()
    atexit.register(opened.__exit__)
    return opened


class ReportCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        reason = browser.missing()
        if reason:
            raise unittest.SkipTest(reason)
        cls.template = Places().html_template()
        cls.browser = the_browser()

    def show(self, found, name, width=1100, scheme="light", quiet=True):
        """Opens the report of these results; whatever the console says fails the test."""
        path = os.path.join(SHOTS, f"{name}.html")
        os.makedirs(SHOTS, exist_ok=True)
        html_report.write(found, self.template, path)
        self.browser.open(path, width, scheme)
        if quiet:
            self.assertEqual(self.browser.messages(), [])

    def run_script(self, script, *arguments):
        return self.browser.run(script, *arguments)

    def texts(self, selector):
        script = "return [...document.querySelectorAll(arguments[0])].map((found) => found.textContent)"
        return self.run_script(script, selector)

    def rows(self, section):
        """The cells of a section's first table, row by row."""
        script = """return [...document.querySelectorAll(`#${arguments[0]} table`)[0].tBodies[0].rows]
            .map((row) => [...row.cells].map((cell) => cell.textContent))"""
        return self.run_script(script, section)

    def choose(self, section, text):
        script = """const list = document.querySelector(`#${arguments[0]} select`);
            list.value = arguments[1]; list.dispatchEvent(new Event("change"))"""
        self.run_script(script, section, text)
