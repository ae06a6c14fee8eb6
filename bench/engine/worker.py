# SPDX-License-Identifier: MIT
"""One worker: one Python process with one workload, run by the interpreter that is measured, one repetition a request.

    python3 worker.py MODULE NAME     then lines on stdin: an empty line is a repetition, `end` is the last word
    python3 worker.py --facts         prints what this interpreter is, and ends

It imports next to nothing, so that its memory and its time are the workload's. It stands alone: what it prints are plain
`key=value` lines and numbers, which the engine judges (`proof.py`); nothing is proved by what the engine believes.
"""

import os
import resource
import sys
import time

WARM_UP = 2


def mapped_files():
    """Paths in this process's own memory map: libraries, and the shim's marker (`/memfd:mshim,…`)."""
    paths = []
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        for line in maps:
            fields = line.rstrip("\n").split(None, 5)
            if len(fields) == 6 and fields[5].startswith("/") and fields[5] not in paths:
                paths.append(fields[5])
    return paths


def object_allocator():
    """Who serves CPython's small objects, as far as the interpreter's own statistics tell: pymalloc, mimalloc, other."""
    read, write = os.pipe()
    saved = os.dup(2)
    os.dup2(write, 2)
    try:
        sys._debugmallocstats()
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(write)
    text = b""
    while True:
        part = os.read(read, 65536)
        if not part:
            break
        text += part
    os.close(read)
    if b"Medium block threshold" in text:
        return "mimalloc"  # CPython's own (3.13 and later)
    return "pymalloc" if b"num pools" in text else "other"


def malloc_owner():
    """The file whose `malloc` a look-up finds; unknown without ctypes, which is too large to load into a worker."""
    try:
        import ctypes

        address = ctypes.cast(ctypes.CDLL(None).malloc, ctypes.c_void_p).value
    except (ImportError, AttributeError, OSError):
        return "unknown"
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        for line in maps:
            fields = line.rstrip("\n").split(None, 5)
            low, high = (int(word, 16) for word in fields[0].split("-"))
            if low <= address < high and len(fields) == 6:
                return fields[5]
    return "unknown"


def facts():
    yield "python", sys.version.split()[0]
    yield "executable", os.path.realpath(sys.executable)
    yield "pythonmalloc", os.environ.get("PYTHONMALLOC", "")
    yield "objects", object_allocator()
    for path in mapped_files():
        yield "mapped", path


def peak_rss_bytes():
    with open("/proc/self/status", encoding="ascii", errors="replace") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def say(text):
    os.write(1, text.encode("utf-8", "replace"))


def repetition(run):
    """Wall nanoseconds, page faults, microseconds in the kernel, microseconds of CPU time."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter_ns()
    run()
    end = time.perf_counter_ns()
    after = resource.getrusage(resource.RUSAGE_SELF)
    faults = after.ru_minflt + after.ru_majflt - before.ru_minflt - before.ru_majflt
    system = after.ru_stime - before.ru_stime
    cpu = system + after.ru_utime - before.ru_utime
    return f"{end - start} {faults} {round(system * 1e6)} {round(cpu * 1e6)}\n"


def main():
    if sys.argv[1:] == ["--facts"]:
        say("".join(f"{key}={value}\n" for key, value in facts()) + f"malloc={malloc_owner()}\n")
        return
    module, name = sys.argv[1:3]
    # The engine's own folder must not shadow anything that a workload imports.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    import workloads

    try:
        made = [w for w in workloads.load(module) if w.name == name]
        run = made[0].make()
    except ImportError as error:
        say(f"unavailable={error}\nready\n")
        return
    for _ in range(WARM_UP):
        run()
    say("".join(f"{key}={value}\n" for key, value in facts()) + "ready\n")
    # Unbuffered reads: a request is one byte, so that nothing is allocated between repetitions.
    while os.read(0, 1) == b"\n":
        say(repetition(run))
    say(f"{peak_rss_bytes()}\n")


if __name__ == "__main__":
    main()
