# SPDX-License-Identifier: MIT
"""Benchmarks of pyperformance, unchanged: their files come out of its wheel, and `pyperf`, which would start processes and
measure by itself, is stood in for by what they use of it."""

from workloads import expect, workload


class Timed:
    """What a file gives to its runner: a function of the number of loops, which returns seconds."""

    def __init__(self, function, arguments):
        self.function = function
        self.arguments = arguments

    def run(self, loops, _):
        expect(self.function(loops, *self.arguments) > 0, True)


class Plain:
    """The same for a function of one loop, which may return something to check."""

    def __init__(self, function, arguments):
        self.function = function
        self.arguments = arguments

    def run(self, loops, is_right):
        for _ in range(loops):
            answer = self.function(*self.arguments)
        expect(is_right(answer), True)


class Runner:
    """Takes the benchmarks down, by name, instead of running them."""

    taken = {}

    def __init__(self, add_cmdline_args=None):
        import argparse

        self.argparser = argparse.ArgumentParser()
        self.metadata = {}

    def parse_args(self):
        return self.argparser.parse_args()

    def bench_func(self, name, function, *arguments, inner_loops=1):
        self.taken[name] = Plain(function, arguments)

    def bench_time_func(self, name, function, *arguments, inner_loops=1):
        self.taken[name] = Timed(function, arguments)


def benchmarks(folder, words):
    """The benchmarks that a file of pyperformance makes when called with these words."""
    import importlib.util
    import os
    import platform
    import runpy
    import sys
    import time
    import types

    found = importlib.util.find_spec("pyperformance")
    if found is None:
        raise ImportError("there is no pyperformance")
    path = os.path.join(found.submodule_search_locations[0], "data-files", "benchmarks", folder, "run_benchmark.py")
    stand_in = types.ModuleType("pyperf")
    stand_in.Runner = Runner
    stand_in.perf_counter = time.perf_counter
    stand_in.python_implementation = lambda: platform.python_implementation().lower()
    sys.modules["pyperf"] = stand_in
    Runner.taken = {}
    own = sys.argv, sys.path
    sys.argv, sys.path = [path, *words], [os.path.dirname(path), *sys.path]
    try:
        runpy.run_path(path, run_name="__main__")
    finally:
        sys.argv, sys.path = own
    return Runner.taken


def of_file(name, folder, loops, words=(), checks=None, shorten=None):
    """A workload of all the benchmarks of a file, each with its own number of loops a repetition. `checks` say what a plain
    function has to return; `shorten` takes a part of its data where all of it would last for seconds."""

    def make():
        made = benchmarks(folder, words)
        expect(sorted(made), sorted(loops))
        for each in made.values():
            if shorten:
                each.arguments = (shorten(each.arguments[0]), *each.arguments[1:])

        def run():
            for benchmark, count in loops.items():
                made[benchmark].run(count, (checks or {}).get(benchmark, lambda answer: answer is None))

        return run

    make.__name__ = name
    workload(f"pyperformance's {folder}")(make)


of_file("json_dumps", "bm_json_dumps", {"json_dumps": 1})
of_file("json_loads", "bm_json_loads", {"json_loads": 60})
of_file("pickle", "bm_pickle", {"pickle": 100}, ["pickle"])
of_file("unpickle", "bm_pickle", {"unpickle": 80}, ["unpickle"])
of_file("regex_compile", "bm_regex_compile", {"regex_compile": 1})
of_file("deltablue", "bm_deltablue", {"deltablue": 4})
of_file("richards", "bm_richards", {"richards": 1}, checks={"richards": lambda answer: answer is True})
of_file("xml_etree", "bm_xml_etree", {f"xml_etree_{part}": 1 for part in ("parse", "iterparse", "generate", "process")})
of_file("sqlite_synth", "bm_sqlite_synth", {"sqlite_synth": 10000})
of_file(
    "pprint", "bm_pprint", {"pprint_safe_repr": 1, "pprint_pformat": 1},
    checks={
        "pprint_safe_repr": lambda answer: answer[0].count("string") == 2000,
        "pprint_pformat": lambda answer: answer.count("string") == 2000,
    },
    shorten=lambda printable: printable[:2000],
)  # fmt: skip
of_file("deepcopy", "bm_deepcopy", {"deepcopy": 40, "deepcopy_reduce": 300, "deepcopy_memo": 200})
of_file("gc_traversal", "bm_gc_traversal", {"gc_traversal": 1})
