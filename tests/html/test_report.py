# SPDX-License-Identifier: MIT
"""The report as a document: whoever opens it, on whatever screen, and whatever the names in the results are."""

import itertools
import os
import unittest

import report_case
import samples

# (what is shown, results)
KINDS = (("bench", samples.bench), ("compare", samples.compare), ("server", lambda: samples.compare(server=True)))


# No text of a picture is cut off at the report's edge.
OUTSIDE = """
    return [...document.querySelectorAll("svg text")].filter((text) => {
      const box = text.getBoundingClientRect();
      return box.left < 0 || box.right > innerWidth + 0.5;
    }).map((text) => text.textContent)"""

# Text whose contrast with what is behind it is under 4.5, WCAG's level AA.
FAINT = """
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const paint = (colour) => { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); };
    const luminance = () => {
      const parts = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
    };
    const faint = new Set();
    for (const node of document.querySelectorAll("main *")) {
      const says = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
      if (!says || !node.getClientRects().length) continue;
      const layers = [];
      for (let at = node; at; at = at.parentElement) layers.unshift(getComputedStyle(at).backgroundColor);
      layers.forEach(paint);
      const behind = luminance();
      paint(node.ownerSVGElement ? getComputedStyle(node).fill : getComputedStyle(node).color);
      const [dark, light] = [behind, luminance()].sort((a, b) => a - b);
      const ratio = (light + 0.05) / (dark + 0.05);
      if (ratio < 4.5) faint.add(`${node.textContent.slice(0, 40)}: ${ratio.toFixed(2)}`);
    }
    return [...faint]"""


class Report(report_case.ReportCase):
    def test_fits_every_screen_and_can_be_read_in_light_and_dark(self):
        for (name, results), width, scheme in itertools.product(KINDS, (360, 1280), ("light", "dark")):
            with self.subTest(name=name, width=width, scheme=scheme):
                self.show(results(), name, width, scheme)
                self.assertEqual(self.run_script("return document.documentElement.scrollWidth"), width)
                self.assertEqual(self.run_script(OUTSIDE), [])
                self.assertEqual(self.run_script(FAINT), [])
                self.browser.screenshot(os.path.join(report_case.SHOTS, f"{name}-{width}-{scheme}.png"))

    def test_needs_nothing_but_itself(self):
        self.show(samples.bench(), "bench")
        self.assertEqual(self.run_script("return performance.getEntriesByType('resource').map((entry) => entry.name)"), [])
        self.run_script("const image = new Image(); image.src = 'http://127.0.0.1:9/x.png'; document.body.append(image)")
        self.browser.wait_until("return true")
        self.assertIn("Content Security Policy", " ".join(self.browser.messages()))

    def test_names_stay_text(self):
        found = samples.compare(server=True, names=("none", *samples.HOSTILE))
        found["command"] = list(samples.HOSTILE)
        found["machine"] = {name: name for name in samples.HOSTILE}
        found["arms"][-1]["void"] = samples.HOSTILE[0]
        self.show(found, "hostile", 360)
        self.assertIsNone(self.run_script("return window.hit || null"))
        self.assertEqual(self.run_script("return document.querySelectorAll('main script, main img, main b').length"), 0)
        self.assertEqual([row[0] for row in self.rows("arms")][1:-1], list(samples.HOSTILE))
        machine = " ".join(self.texts("#machine dd"))
        command = self.texts(".command")[0]
        # (A picture's name that was cut is whole in its title.)
        for name, label in zip(samples.HOSTILE, self.texts("#verdict .arm .label")):
            for text in (label, machine, command.replace("'\\''", "'")):
                self.assertIn(name, text)
        self.assertEqual(self.run_script("return document.documentElement.scrollWidth"), 360)

    def test_workloads_with_hostile_names_stay_text(self):
        found = samples.bench(count=len(samples.HOSTILE))
        for row, name in zip(found["workloads"], samples.HOSTILE):
            found["raw"][name] = found["raw"].pop(row["name"])
            row.update(name=name, group=name, help=name)
        self.show(found, "hostile-bench", 360)
        self.assertIsNone(self.run_script("return window.hit || null"))
        self.assertEqual([row[0] for row in self.rows("workloads")], list(samples.HOSTILE))

    def test_says_what_it_cannot_show(self):
        self.show({"format": 2}, "format", quiet=False)
        self.assertEqual(self.texts("main"), ["These results cannot be shownresults of format 2; this report knows format 1"])
        self.browser.messages()

    def test_is_drawn_again_when_its_width_changes(self):
        self.show(samples.bench(), "bench", 1280)
        self.browser.devtools("Emulation.setDeviceMetricsOverride", width=360, height=900, deviceScaleFactor=1, mobile=True)
        self.browser.wait_until("return document.querySelector('#verdict svg').viewBox.baseVal.width < 360")
        self.assertEqual(self.run_script("return document.documentElement.scrollWidth"), 360)

    def test_prints_without_what_only_a_screen_can_use(self):
        self.show(samples.bench(), "bench", 768, "dark")
        self.browser.devtools("Emulation.setEmulatedMedia", media="print")
        self.addCleanup(self.browser.devtools, "Emulation.setEmulatedMedia", media="")
        self.assertEqual(self.run_script("return getComputedStyle(document.querySelector('.tools')).display"), "none")
        self.assertEqual(self.run_script("return getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")

    def test_pictures_and_tables_have_names_for_those_who_hear_the_report(self):
        for name, results in KINDS:
            self.show(results(), name)
            script = """return [...document.querySelectorAll("svg, table, select, section")].filter((each) =>
                !(each.getAttribute("aria-label") || each.getAttribute("aria-labelledby") || each.caption?.textContent ||
                  each.labels?.[0]?.textContent)).map((each) => each.outerHTML.slice(0, 80))"""
            self.assertEqual(self.run_script(script), [])
            self.assertRegex(self.run_script("return document.querySelector('#verdict svg').getAttribute('aria-label')"), r"\d\.\d\d")


class Sorting(report_case.ReportCase):
    def setUp(self):
        self.found = samples.bench()
        del self.found["workloads"][2]["ratio"]["musl"]
        self.show(self.found, "sorting")
        self.names = [row["name"] for row in self.found["workloads"]]
        known = [row for row in self.found["workloads"] if "musl" in row["ratio"]]
        self.ascending = [row["name"] for row in sorted(known, key=lambda row: row["ratio"]["musl"]["median"])]
        self.absent = self.names[2]

    def order(self):
        return [row[0] for row in self.rows("workloads")]

    def heading(self, title):
        return f"[...document.querySelectorAll('#workloads thead button')].find((each) => each.textContent === '{title}')"

    def test_by_mouse_up_down_and_back(self):
        for expected, state in (
            (self.ascending + [self.absent], "ascending"),
            (self.ascending[::-1] + [self.absent], "descending"),
            (self.names, None),
        ):
            self.run_script(f"{self.heading('musl')}.click()")
            self.assertEqual(self.order(), expected)
            self.assertEqual(self.run_script(f"return {self.heading('musl')}.parentElement.getAttribute('aria-sort')"), state)

    def test_by_keyboard(self):
        self.run_script(f"{self.heading('kind of work')}.focus()")
        self.browser.press("\ue004")  # tab
        self.browser.press("\ue007")  # enter
        slowest = sorted(self.found["workloads"], key=lambda row: row["reference_seconds"])
        self.assertEqual(self.order(), [row["name"] for row in slowest])
        self.browser.press(" ")
        self.assertEqual(self.order(), [row["name"] for row in slowest][::-1])

    def test_words_by_the_alphabet(self):
        self.run_script(f"{self.heading('workload')}.click()")
        self.assertEqual(self.order(), sorted(self.names))

    def test_order_stays_when_another_measure_is_shown(self):
        self.run_script(f"{self.heading('musl')}.click()")
        self.choose("workloads", "page faults")
        self.choose("workloads", "time")
        self.assertEqual(self.order(), self.ascending + [self.absent])


if __name__ == "__main__":
    unittest.main()
