# SPDX-License-Identifier: MIT
"""Runs code in an interpreter with the shim preloaded, and says who serves its domains there."""
import os
import signal
import subprocess
import sys
import textwrap

PYTHON = os.environ.get("MSHIM_TEST_PYTHON", sys.executable)
LIBRARY = os.environ.get("MSHIM_TEST_LIBRARY")
SECONDS = 120

# Defined in every child. pymalloc counts its blocks; where it serves nothing there are none.
PRELUDE = textwrap.dedent("""
    import sys
    def pymalloc_serves():
        return sys.getallocatedblocks() > 0
""")


def _finish(command, environment, seconds):
    process = subprocess.Popen(command, env=environment, text=True, start_new_session=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # and what it has started
        process.communicate()
        raise
    if process.returncode != 0:
        raise AssertionError(f"status {process.returncode}\n{out}{err}")
    return out.strip()


def run(code, *options, preload=True, seconds=SECONDS, **environment):
    """stdout of the code; fails with everything it printed where it does not exit with 0."""
    env = {**os.environ, **environment}
    if preload:
        env["LD_PRELOAD"] = LIBRARY
    return _finish([PYTHON, *options, "-c", PRELUDE + textwrap.dedent(code)], env, seconds)


def run_file(path, *arguments, seconds=SECONDS, **environment):
    return _finish([PYTHON, path, *arguments], {**os.environ, "LD_PRELOAD": LIBRARY, **environment}, seconds)
