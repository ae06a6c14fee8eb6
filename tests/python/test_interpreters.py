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

# Reads a variable of the library, which it does not export: by its symbol table and where it is mapped.
INSIDE = """
import ctypes, os, struct
def variable(name, kind):
    path = os.environ["LD_PRELOAD"]
    image = open(path, "rb").read()
    sections, = struct.unpack_from("<Q", image, 40)
    size, count, _ = struct.unpack_from("<3H", image, 58)
    headers = [struct.unpack_from("<2I4Q2I2Q", image, sections + i * size) for i in range(count)]
    for header in headers:
        if header[1] != 2: continue  # SHT_SYMTAB
        names = headers[header[6]][4]
        for at in range(header[4], header[4] + header[5], 24):
            name_at, _, _, _, value, _ = struct.unpack_from("<I2BH2Q", image, at)
            if image[names + name_at:names + name_at + len(name) + 1] == name.encode() + b"\\0":
                base = min(int(line.split("-")[0], 16) for line in open("/proc/self/maps") if os.path.realpath(path) in line)
                return kind.from_address(base + value)
    raise LookupError(name)
multi_gil = variable("mshim_python_multi_gil", ctypes.c_bool)
def is_multi_gil(): return multi_gil.value
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

    def test_large_raw_blocks_beside_interpreters(self):
        """As numpy 2.5 and later, which takes its arrays from PyMem_RawCalloc: they are not taken for interpreters."""
        if run("import importlib.util; print(bool(importlib.util.find_spec('_ctypes')))") == "False":
            self.skipTest("no ctypes")
        run(CREATE + INSIDE + f"""
calloc = ctypes.pythonapi.PyMem_RawCalloc
calloc.restype, calloc.argtypes = ctypes.c_void_p, (ctypes.c_size_t, ctypes.c_size_t)
free = ctypes.pythonapi.PyMem_RawFree
free.restype, free.argtypes = None, (ctypes.c_void_p,)
blocks = [calloc(1, 40000) for _ in range(500)]
assert not is_multi_gil()
failed, threads_are_done = [], False
def use(number):
    try:
        for turn in range({TURNS}):
            interpreter = create("isolated")
            execute(interpreter, CODE)
            api.destroy(interpreter)
    except BaseException as error:
        failed.append(error)
        raise
threads = [threading.Thread(target=use, args=(i,)) for i in range(8)]
for thread in threads: thread.start()
were_several = False
while any(thread.is_alive() for thread in threads):
    were_several |= is_multi_gil()
    for i in range(0, len(blocks), 7):
        free(blocks[i])
        blocks[i] = calloc(1, 40000)
    if len(blocks) < 1000:
        blocks.extend(calloc(1, 40000) for _ in range(100))
    exec(CODE, {{}})
for thread in threads: thread.join()
assert not failed
assert were_several
exec(CODE, {{}})
assert not is_multi_gil(), "a slow path was left behind"
# Nor with an interpreter that stays.
interpreter = create("isolated")
execute(interpreter, CODE)
assert is_multi_gil()
more = [calloc(1, 40000) for _ in range(500)]
api.destroy(interpreter)
exec(CODE, {{}})
assert not is_multi_gil(), "a slow path was left behind"
for block in blocks + more: free(block)
""", seconds=300)


if __name__ == "__main__":
    unittest.main()
