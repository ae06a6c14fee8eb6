# SPDX-License-Identifier: MIT
"""Where the wheel has put the library and the command: `python -m mshim` runs the command."""
import importlib.metadata
import os

__version__ = "@VERSION@"


def _installed(folder, name):
    for file in importlib.metadata.files("mshim") or ():
        path = os.path.realpath(file.locate())
        if path.endswith(f"/{folder}/{name}") and os.path.exists(path):
            return path
    raise FileNotFoundError(f"mshim: {folder}/{name} is not where it was installed (pip's --target leaves it out: use --prefix)")


def library():
    """The path of libmshim.so, for LD_PRELOAD."""
    return _installed("lib", "libmshim.so")


def command():
    """The path of the command."""
    return _installed("bin", "mshim")
