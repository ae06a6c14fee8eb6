# SPDX-License-Identifier: MIT
"""Programs with known behaviour, run with the shim preloaded."""
import functools
import json
import os
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).parent
TOP = HERE.parent.parent
BUILD = pathlib.Path(os.environ.get("MSHIM_BUILD", TOP / "build"))
LIBCS = ("musl", "glibc")
ALLOCATORS = ("mimalloc", "jemalloc", "mallocng", "system")
COMPILERS = {"glibc": "gcc", "musl": str(BUILD / "toolchain/bin/musl-gcc")}
_programs = tempfile.TemporaryDirectory(prefix="mshim-reports-")


def library(libc):
    return str(BUILD / libc / "lib/libmshim.so")


@functools.lru_cache(maxsize=None)
def program(libc, name):
    out = f"{_programs.name}/{name}-{libc}"
    subprocess.run([COMPILERS[libc], "-D_GNU_SOURCE", "-O1", "-fno-builtin", "-I", str(TOP / "include"), "-o", out,
                    str(HERE / f"programs/{name}.c"), "-pthread"], check=True)
    return out


def run(command, libc, cwd=None, **variables):
    """The finished process; its environment has nothing of ours but what is named."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MSHIM_", "LD_", "PYTHON"))}
    environment.update(LD_PRELOAD=library(libc), **variables)
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, timeout=60)


def read_json(path):
    return json.loads(pathlib.Path(path).read_text())
