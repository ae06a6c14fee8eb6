# SPDX-License-Identifier: MIT
"""The interpreter's own: source, generators, exceptions, cycles."""

from workloads import expect, workload


@workload("functions compiled, their trees walked, their code run")
def compile_functions():
    import ast

    source = "\n".join(
        f"def f{i}(a, b=None, *c, d={i}, **e):\n    '''doc'''\n    for x in range(a):\n        if x % 3 == {i % 3}:\n            yield [x, b, (d, e)]\n"
        for i in range(80)
    )

    def run():
        tree = ast.parse(source)
        names = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        scope = {}
        exec(compile(tree, "<second>", "exec"), scope)
        expect((len(names), len(list(scope["f1"](9)))), (80, 3))

    return run


@workload("generators in generators, and closures")
def generator_pipelines():
    def numbers(limit):
        for i in range(limit):
            yield {"i": i, "square": i * i}

    def only(source, test):
        return (row for row in source if test(row))

    def windows(source, size):
        window = []
        for row in source:
            window.append(row)
            if len(window) == size:
                yield tuple(window)
                window = []

    def run():
        total = 0
        for divisor in range(2, 6):
            for window in windows(only(numbers(12000), lambda row: row["i"] % divisor == 0), 7):
                total += sum(row["square"] for row in window)
        expect(total > 0, True)

    return run


@workload("rings of objects that only the collector can free")
def collected_rings():
    import gc

    class Part:
        def __init__(self, name):
            self.name, self.next, self.data = name, None, [name] * 5

    def run():
        gc.collect()
        for ring in range(600):
            parts = [Part(f"{ring}-{i}") for i in range(20)]
            for here, after in zip(parts, parts[1:] + parts[:1]):
                here.next = after
        del parts, here, after
        expect(gc.collect() > 0, True)

    return run


@workload("exceptions raised, chained, caught and formatted")
def exceptions_with_tracebacks():
    import traceback

    def deep(n, limit):
        if n == limit:
            raise ValueError(f"at {n}")
        return deep(n + 1, limit)

    def run():
        lengths = []
        for i in range(60):
            try:
                try:
                    deep(0, 12 + i % 5)
                except ValueError as error:
                    raise KeyError(str(i)) from error
            except KeyError as error:
                lengths.append(len("".join(traceback.format_exception(type(error), error, error.__traceback__))))
        expect((len(lengths), min(lengths) > 300), (60, True))

    return run


@workload("a command line with many options parsed again and again")
def command_lines():
    import argparse

    def run():
        for i in range(6):
            parser = argparse.ArgumentParser(prog="tool")
            for number in range(40):
                parser.add_argument(f"--option-{number}", type=int, default=number, help=f"help of {number}")
            parser.add_argument("files", nargs="*")
            found = parser.parse_args([f"--option-{i}", "7", *(f"file{n}" for n in range(50))])
        expect((len(found.files), found.option_5), (50, 7))

    return run
