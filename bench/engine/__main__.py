# SPDX-License-Identifier: MIT
"""Run as a file by bench/run, so that nothing in the caller's folder or PYTHONPATH can stand in for a module."""

import os
import sys

if sys.version_info < (3, 9):
    sys.exit("bench/run: the engine needs Python 3.9 or newer, this is " + sys.version.split()[0])

sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from engine.cli import main  # noqa: E402  (the path first)

sys.exit(main(sys.argv[1:]))
