# SPDX-License-Identifier: MIT
"""Runs code in an interpreter with the shim preloaded, and says who serves its domains there."""
import os
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


def run(code, *options, preload=True, seconds=SECONDS, **environment):
    """stdout of the code; fails with everything it printed where it does not exit with 0."""
    env = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"}
    if preload:
        env["LD_PRELOAD"] = LIBRARY
    env.update(environment)
    done = subprocess.run([PYTHON, *options, "-c", PRELUDE + textwrap.dedent(code)], env=env, text=True,
                          capture_output=True, timeout=seconds, check=False)
    if done.returncode != 0:
        raise AssertionError(f"status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def run_file(path, *arguments, seconds=SECONDS, **environment):
    env = {**os.environ, "LD_PRELOAD": LIBRARY, **environment}
    done = subprocess.run([PYTHON, path, *arguments], env=env, text=True, capture_output=True, timeout=seconds,
                          check=False)
    if done.returncode != 0:
        raise AssertionError(f"status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout.strip()
