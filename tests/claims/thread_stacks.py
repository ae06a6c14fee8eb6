# SPDX-License-Identifier: MIT
"""thread_stacks.py MUSL_PYTHON GLIBC_PYTHON MUSL_LIBRARY: what becomes of deep recursion in a thread?

The article says that Alpine's small stacks crash Python. With the 1 MiB that Alpine's images name they still do, for data that
glibc answers with an exception; the shim makes it one on musl, too."""

import signal
import subprocess
import sys

ASK = """
import json, threading
def nest():
    try:
        json.loads("[" * 20000 + "]" * 20000)
    except RecursionError:
        print("RecursionError")
thread = threading.Thread(target=nest)
thread.start()
thread.join()
"""


def end_of(python, environment):
    done = subprocess.run([python, "-S", "-c", ASK], capture_output=True, text=True, env=environment, timeout=60)
    return done.stdout.strip() or signal.Signals(-done.returncode).name


def main():
    musl, glibc, library = sys.argv[1:]
    arms = (
        ("glibc", end_of(glibc, {}), "RecursionError"),
        ("musl", end_of(musl, {}), "SIGSEGV"),
        ("musl with the shim", end_of(musl, {"LD_PRELOAD": library}), "RecursionError"),
    )
    wrong = [f"{name}: {end}, not {expected}" for name, end, expected in arms if end != expected]
    sys.stderr.writelines(line + "\n" for line in wrong)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
