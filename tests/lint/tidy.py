# SPDX-License-Identifier: MIT
"""clang-tidy on the sources of the shim, in parallel: tidy.py BUILD. What passed is kept in BUILD/tidy, with a sum of all
that it was made from (contents, options, checks), and passes the next time without a look."""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
# What is compiled of an allocator is not ours to tidy.
NOT_OURS = ("/mimalloc.c", "/libc/string/", "aarch64")
# What only musl's flavour has is in no build of Clang's.
ONLY_MUSL = ("shim/library/libc/strftime/", "shim/library/libc/snprintf/", "shim/library/libc/string/musl/")
OPTIONS_THERE = ["-D_GNU_SOURCE", "-Iinclude", "-Ishim"]


def output(*command):
    return subprocess.run(command, cwd=TOP, check=True, capture_output=True, text=True).stdout


def options_by_source(build):
    """Of each source the options that clang needs."""
    compiled = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        words = shlex.split(entry["command"])[1:]
        at = words.index("-o")
        compiled[entry["file"]] = [word for word in words[:at] + words[at + 2:] if word not in ("-c", entry["file"])]
    for source in output("git", "ls-files", "shim/*.c").split():
        if source.startswith(ONLY_MUSL):
            yield source, OPTIONS_THERE
        elif str(TOP / source) in compiled and not any(part in source for part in NOT_OURS):
            yield source, compiled[str(TOP / source)]


def made_from(source, options, checks):
    """A sum of all that the answer depends on."""
    rule = output("clang", "-M", "-w", *options, source)
    found = hashlib.sha256(repr((checks, options)).encode())
    for path in rule.replace("\\\n", " ").split()[1:]:
        found.update(hashlib.sha256((TOP / path).read_bytes()).digest())
    return found.hexdigest()


def passes(source, options, checks, kept):
    note = kept / source.replace("/", "-")
    made = made_from(source, options, checks)
    if note.exists() and note.read_text() == made:
        return True
    done = subprocess.run(["clang-tidy", "--quiet", source, "--", *options], cwd=TOP, capture_output=True, text=True)
    if done.returncode == 0:
        note.write_text(made)
    else:
        print(done.stdout, done.stderr, sep="", flush=True)
    return done.returncode == 0


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    kept = build / "tidy"
    kept.mkdir(exist_ok=True)
    checks = output("clang-tidy", "--version") + (TOP / ".clang-tidy").read_text()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = [pool.submit(passes, source, options, checks, kept) for source, options in options_by_source(build)]
    sys.exit(not answers or not all(answer.result() for answer in answers))


if __name__ == "__main__":
    main()
