# SPDX-License-Identifier: MIT
"""Sub-interpreters: with a GIL of their own (3.12 and later) they allocate at the same time."""
import os
import subprocess
import unittest

from support import run

TURNS = int(os.environ.get("MSHIM_TEST_TURNS", "8"))

CREATE = """
import sys, threading
try:
    import _interpreters as api
    def create(kind): return api.create(kind)
    def execute(interpreter, code):
        failed = api.exec(interpreter, code)
        assert failed is None, failed
except ImportError:
    import _xxsubinterpreters as api
    def create(kind): return api.create(isolated=kind == "isolated")
    execute = api.run_string
CODE = '''
import json
def work(n):
    kept = []
    for i in range(n):
        kept.append({"a": i, "b": str(i) * 3, "c": (i, [i] * 5), "d": b"q" * (i % 600)})
        if i % 3 == 0: kept[i // 2] = None
    return len(kept)
for _ in range(5): assert work(2000) == 2000
class C: pass
for i in range(5000): C().x = bytes(i % 600)
'''
"""


class Interpreters(unittest.TestCase):
    def setUp(self):
        if run("print(sys.version_info < (3, 12))") == "True":
            self.skipTest("interpreters share one GIL before 3.12")

    def test_one_after_the_other(self):
        for kind in ("isolated", "legacy"):
            run(CREATE + f"""
for turn in range({TURNS}):
    interpreter = create("{kind}")
    execute(interpreter, CODE)
    exec(CODE, {{}})
    api.destroy(interpreter)
assert not pymalloc_serves()
""")

    def test_at_the_same_time(self):
        run(CREATE + f"""
failed = []
def use(number):
    try:
        for turn in range({TURNS}):
            interpreter = create("legacy" if (number + turn) % 4 == 0 and sys.version_info >= (3, 13) else "isolated")
            execute(interpreter, CODE)
            api.destroy(interpreter)
    except BaseException as error:
        failed.append(error)
        raise
threads = [threading.Thread(target=use, args=(i,)) for i in range(4)]
for thread in threads: thread.start()
while any(thread.is_alive() for thread in threads):
    exec(CODE, {{}})
for thread in threads: thread.join()
assert not failed
""", seconds=300)

    def test_kept_to_the_end(self):
        """Interpreters that are still there when the process ends."""
        run(CREATE + """
kept = [create("isolated") for _ in range(5)]
for interpreter in kept: execute(interpreter, CODE)
""")

    def test_fork_with_interpreters(self):
        code = CREATE + """
import os
kept = [create("isolated") for _ in range(3)]
for interpreter in kept: execute(interpreter, CODE)
for turn in range(5):
    pid = os.fork()
    if pid == 0:
        exec(CODE, {})
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
for interpreter in kept: api.destroy(interpreter)
exec(CODE, {})
"""
        try:
            run(code, "-W", "ignore", preload=False, seconds=20)
        except (AssertionError, subprocess.TimeoutExpired):
            self.skipTest("this CPython cannot fork with interpreters, without the shim either")
        run(code, "-W", "ignore")

    def test_tracemalloc_with_interpreters(self):
        run(CREATE + """
import tracemalloc
tracemalloc.start()
interpreter = create("legacy")
execute(interpreter, CODE)
api.destroy(interpreter)
tracemalloc.stop()
exec(CODE, {})
""")


if __name__ == "__main__":
    unittest.main()
