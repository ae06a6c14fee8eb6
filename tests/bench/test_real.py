# SPDX-License-Identifier: MIT
"""The workloads on real packages: the set, the lock, and pyperformance's files behind the stand-in for pyperf. That each of
them runs is tests/real_packages.sh's part, which needs the packages."""

import glob
import hashlib
import os
import re
import sys
import tempfile
import unittest
import zipfile

import support
import workloads
from engine import install, options
from engine.errors import UsageError

PYPERFORMANCE = """
    json_dumps json_loads pickle unpickle regex_compile deltablue richards xml_etree sqlite_synth pprint deepcopy gc_traversal
""".split()
# As in test_workloads.py: later figures stand on the same set.
FROZEN = """
    numpy_small_arrays numpy_large_arrays numpy_select_sort pandas_read_csv pandas_to_csv pandas_groupby pandas_merge
    pandas_strings pandas_columns orjson_loads orjson_dumps pydantic_orders lxml_catalogue lxml_html asgi_json
""".split()
SETUP = os.path.join(support.BENCH, "setup")

BENCHMARK = """
import sys
import pyperf
def timed(loops, *arguments):
    calls.append((loops, arguments))
    return pyperf.perf_counter() * 0 + seconds
def plain(value):
    calls.append(value)
    return value
calls, seconds = [], float(sys.argv[1])
if __name__ == "__main__":
    runner = pyperf.Runner()
    runner.metadata["description"] = "made up"
    runner.argparser.add_argument("seconds")
    assert runner.parse_args().seconds == sys.argv[1]
    runner.bench_time_func("timed", timed, calls, inner_loops=2)
    runner.bench_func("plain", plain, "right")
"""


def locked():
    """name → (version, sums)"""
    with open(os.path.join(SETUP, "requirements.txt"), encoding="ascii") as file:
        text = file.read().replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            pin, *sums = line.split()
            name, version = pin.split("==")
            found[name] = (version, [each[len("--hash=sha256:") :] for each in sums])
    return found


def plain_name(name):
    return re.sub(r"[-_.]+", "-", name).lower()


class Set(unittest.TestCase):
    def test_the_set_is_frozen(self):
        every = workloads.load_all(workloads.REAL_GROUPS)
        self.assertEqual([w.name for w in every], FROZEN + PYPERFORMANCE)
        self.assertEqual({w.group for w in every}, {group for _, group in workloads.REAL_GROUPS})
        self.assertTrue(all(w.help for w in every))

    def test_no_name_stands_for_two(self):
        both = workloads.load_all() + workloads.load_all(workloads.REAL_GROUPS)
        self.assertEqual(len({w.name for w in both}), len(both))


class Options(unittest.TestCase):
    def refused(self, *words):
        with self.assertRaises(UsageError) as caught:
            options.parse(list(words))
        return str(caught.exception)

    def test_real_has_its_own_workloads_and_arms(self):
        chosen = options.parse(["--real"])
        self.assertEqual([w.name for w in chosen.workloads], FROZEN + PYPERFORMANCE)
        self.assertEqual(
            [arm.name for arm in chosen.arms],
            ["glibc", "glibc-again", "musl", "musl+jemalloc", "musl+mimalloc", "musl+mshim", "glibc+tuned"],
        )
        self.assertEqual(chosen.parts, ("install",))
        self.assertNotIn("install", options.parse([]).parts)

    def test_parts_of_it(self):
        self.assertEqual((options.parse(["--real", "--only", "install"]).workloads), [])
        chosen = options.parse(["--real", "--only=richards", "--arms=musl"])
        self.assertEqual(([w.name for w in chosen.workloads], chosen.parts), (["richards"], ()))
        self.assertEqual([arm.name for arm in chosen.arms], ["glibc", "musl"])

    def test_refusals(self):
        self.assertIn("--python", self.refused("--real", "--python", sys.executable))
        self.assertIn("numpy_small_arrays", self.refused("--real", "--only", "json_dumps_ints"))
        self.assertIn("'richards'", self.refused("--only", "richards"))
        self.assertIn("'price'", self.refused("--real", "--only", "price"))


class Lock(unittest.TestCase):
    def test_all_that_is_wanted_is_pinned_with_sums(self):
        found = locked()
        with open(os.path.join(SETUP, "requirements.in"), encoding="ascii") as file:
            wanted = [line.strip() for line in file if line.strip() and not line.startswith("#")]
        self.assertGreaterEqual(len(wanted), 9)
        for line in wanted:
            name, version = line.split("==")
            self.assertEqual(found[plain_name(name)][0], version)
        for name, (version, sums) in found.items():
            self.assertTrue(version and all(re.fullmatch("[0-9a-f]{64}", each) for each in sums), name)
            self.assertIn(len(sums), (1, 2), name)

    def test_all_that_the_wheels_need_is_pinned(self):
        folders = glob.glob(os.path.join(support.TOP, "build", "wheels-*"))
        if not folders:
            self.skipTest("no wheels have been fetched (bench/setup/setup --real)")
        try:
            from pip._vendor.packaging.requirements import Requirement
        except ImportError as error:
            self.skipTest(str(error))
        found, marks = locked(), {"python_version": "3.13", "python_full_version": "3.13.5", "extra": ""}
        for folder in folders:
            wheels = glob.glob(os.path.join(folder, "*.whl"))
            self.assertEqual(len(wheels), len(found))
            for path in wheels:
                name = plain_name(os.path.basename(path).split("-")[0])
                with open(path, "rb") as file:
                    self.assertIn(hashlib.sha256(file.read()).hexdigest(), found[name][1])
                with zipfile.ZipFile(path) as wheel:
                    (inside,) = [each for each in wheel.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", each)]
                    needs = re.findall(r"^Requires-Dist: (.*)$", wheel.read(inside).decode(), re.MULTILINE)
                for need in map(Requirement, needs):
                    if need.marker is None or need.marker.evaluate(marks):
                        self.assertIn(plain_name(need.name), found, f"{name} needs {need}")
                        self.assertTrue(need.specifier.contains(found[plain_name(need.name)][0], prereleases=True))


class Pyperformance(unittest.TestCase):
    """A package made up in the form of pyperformance's, in place of it."""

    def setUp(self):
        from workloads.real import pyperformance

        self.module = pyperformance
        self.folder = tempfile.TemporaryDirectory()
        where = os.path.join(self.folder.name, "pyperformance", "data-files", "benchmarks", "bm_made_up")
        os.makedirs(where)
        open(os.path.join(self.folder.name, "pyperformance", "__init__.py"), "w").close()
        with open(os.path.join(where, "run_benchmark.py"), "w", encoding="ascii") as file:
            file.write(BENCHMARK)
        sys.path.insert(0, self.folder.name)
        self.argv = list(sys.argv)

    def tearDown(self):
        sys.path.remove(self.folder.name)
        sys.modules.pop("pyperf", None)
        sys.modules.pop("pyperformance", None)
        workloads._registered.pop("made_up", None)
        self.folder.cleanup()

    def made(self, words=("0.5",), loops=None, **more):
        workloads._registered.pop("made_up", None)
        self.module.of_file("made_up", "bm_made_up", loops or {"timed": 7, "plain": 2}, words, **more)
        return workloads._registered["made_up"]

    def test_functions_are_called_with_their_loops_and_arguments(self):
        made = self.made(checks={"plain": lambda answer: answer == "right"})
        self.assertEqual(made.group, "pyperformance")
        calls = self.module.benchmarks("bm_made_up", ["0.5"])["timed"].arguments[0]
        self.assertEqual(calls, [])
        run = made.make()
        run()
        taken = self.module.Runner.taken["timed"].arguments[0]
        self.assertEqual([taken[0][0], taken[1:]], [7, ["right", "right"]])
        self.assertEqual(sys.argv, self.argv)

    def test_data_can_be_shortened(self):
        self.made(checks={"plain": lambda answer: answer == "ri"}, shorten=lambda data: data[:2]).make()()

    def test_wrong_answers_are_errors(self):
        with self.assertRaises(AssertionError):
            self.made(checks={"plain": lambda answer: answer == "wrong"}).make()()
        with self.assertRaises(AssertionError):
            self.made().make()()  # no check: then nothing may come back
        with self.assertRaises(AssertionError):
            self.made(words=("0",), checks={"plain": lambda answer: True}).make()()

    def test_a_file_with_other_benchmarks_is_an_error(self):
        with self.assertRaises(AssertionError):
            self.made(loops={"timed": 1}).make()


class Install(unittest.TestCase):
    def test_sizes(self):
        with tempfile.TemporaryDirectory() as folder:
            target, wheels = os.path.join(folder, "target"), os.path.join(folder, "wheels")
            os.makedirs(os.path.join(target, "a_b-1.0.dist-info"))
            os.makedirs(wheels)
            for path, size in (("target/x", 10), ("target/a_b-1.0.dist-info/METADATA", 5), ("wheels/a_b-1.0-py3.whl", 7)):
                with open(os.path.join(folder, path), "wb") as file:
                    file.write(b"x" * size)
            open(os.path.join(wheels, "a_b-1.0.1-py3.whl"), "w").close()
            self.assertEqual(install.bytes_in(target), 15)
            self.assertEqual([os.path.basename(path) for path in install.wheels_of(target, wheels)], ["a_b-1.0-py3.whl"])
            self.assertEqual(install.fetched(wheels), {"wheels_bytes": 7})

    def test_a_failing_installation_is_shown(self):
        from engine.errors import BenchError

        with self.assertRaises(BenchError) as caught:
            install.run([sys.executable, "-c", "import sys; sys.exit('no such wheel')"], {}, "pip")
        self.assertIn("no such wheel", str(caught.exception))
        self.assertIn("status 1", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
