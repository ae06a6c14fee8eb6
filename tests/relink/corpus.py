#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tries `mshim relink` on a copy of every shared library of the machine:
  corpus.py [--disassemble] [--jobs N] [FOLDER...]
Each is relinked, and then still loads where it loaded before, is found relinked, stays the same when relinked again, and comes
back byte for byte; or it is left alone, with a reason. Without a FOLDER: the system's libraries, the twins', their wheels',
musl's, and those of the Alpine root that MSHIM_ALPINE_ROOT names (a folder or a tarball). --disassemble also compares what
objdump and readelf show before and after, of those up to 2 MiB.
"""
import argparse
import collections
import concurrent.futures
import hashlib
import itertools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

import disassembly
import support

LIBRARY = re.compile(r"\.so(\.[0-9][^/]*)?$")
LOAD_SECONDS = 60
MOST_DISASSEMBLED_BYTES = 2 << 20  # some 100 MiB of text
NO_ROOM = "cannot allocate memory in static TLS block"
LOADED, UNLOADED = "loads before and after", "does not load by itself, before or after"


def roots():
    alpine = os.environ.get("MSHIM_ALPINE_ROOT")
    if alpine and not os.path.isdir(alpine):
        folder = support.folder() / "alpine"
        with tarfile.open(alpine) as archive:
            archive.extractall(folder, filter="tar") if hasattr(tarfile, "tar_filter") else archive.extractall(folder)
        alpine = folder
    twins = [support.BUILD / f"{kind}-{libc}" for kind in ("python", "wheels", "packages") for libc in support.LIBCS]
    musl = (support.BUILD / "toolchain/bin/musl-gcc").resolve().parent.parent / "lib"
    folders = ["/usr/lib", "/lib", "/usr/local/lib", *twins, musl, *([alpine] if alpine else [])]
    # What setup has put into its cache lies beside the twins.
    cache = (support.BUILD / "python-musl").resolve().parent
    folders += [path for path in sorted(cache.glob("*")) if path.name.startswith(("wheels-", "packages-", "libraries-"))]
    return list(dict.fromkeys(pathlib.Path(os.path.realpath(folder)) for folder in folders if os.path.isdir(folder)))


def is_elf(path):
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def named(folder):
    """What is called like a library below a folder."""
    for at, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = pathlib.Path(at, name)
            if LIBRARY.search(name) and not path.is_symlink() and path.is_file():
                yield path


def libraries(folders):
    """Each once, by what is in it."""
    seen, found = set(), []
    for folder in folders:
        for path in named(folder):
            key = hashlib.sha1(path.read_bytes()).digest() if is_elf(path) else None
            if key and key not in seen:
                seen.add(key)
                found.append(path)
    return found


def sample(folders, count, most_bytes):
    """Some of them, from each folder the same number: those whose names have the least sums, which are anywhere."""
    def by_sum(path):
        return hashlib.sha1(path.name.encode()).digest()
    small = [sorted((path for path in named(folder) if path.stat().st_size <= most_bytes), key=by_sum) for folder in folders]
    taken = [path for row in itertools.zip_longest(*small) for path in row if path and is_elf(path)]
    return list({path.name: path for path in reversed(taken[:2 * count])}.values())[-count:]


class Loader:
    """Loads a library in a program of its libc, with what it may need beside it."""

    def __init__(self, work):
        self.programs = {libc: work / f"opens-{libc}" for libc in support.LIBCS}
        for libc, program in self.programs.items():
            support.compile_c(libc, "-o", program, support.HERE / "programs/opens.c", "-ldl")
        self.pythons = {libc: next((support.BUILD / f"python-{libc}/lib").glob("libpython3.*.so.1.0"), None)
                        for libc in support.LIBCS}

    @staticmethod
    def libc_of(path):
        shown = subprocess.run(["readelf", "-dW", path], capture_output=True, text=True, errors="replace").stdout
        needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", shown))
        if any(name == "libc.so" or name.startswith("libc.musl-") for name in needed) or "ld-musl" in path.name:
            return "musl"
        return "musl" if "libc.so.6" not in needed and "musl" in str(path) else "glibc"

    def loads(self, library, origin, libc, early):
        """None, or why not. `early`: as a library that the program starts with."""
        beside = [origin.parent] + [path for up in list(origin.parents)[:3] for path in up.glob("*.libs")]
        beside += [up / place for up in list(origin.parents)[:4] for place in ("lib", "usr/lib") if (up / place).is_dir()][:4]
        preload = []
        if re.search(r"\.(cpython-|abi3)", origin.name) and self.pythons[libc]:
            preload.append(self.pythons[libc])
        if early:
            preload.append(library)
        environment = support.environment(LD_LIBRARY_PATH=":".join(map(str, beside)) if libc == "musl" or ".libs" in str(beside)
                                          else origin.parent, LD_PRELOAD=" ".join(map(str, preload)), HOME=library.parent)
        command = [str(self.programs[libc]), *([] if early else [str(library)])]
        try:
            done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  errors="replace", timeout=LOAD_SECONDS, cwd=library.parent)
        except subprocess.TimeoutExpired:
            return "takes too long"
        if done.returncode == 0 and "cannot be preloaded" not in done.stderr:
            return None
        return f"status {done.returncode}: {done.stderr.strip()[-300:]}"


class Trial:
    """One library. `outcome` is what became of it, `reason` why it was left alone, `anomalies` what must not be."""

    def __init__(self, path, loader, work, disassemble):
        self.path, self.loader, self.anomalies, self.reason, self.loading = path, loader, [], "", ""
        self.calls = self.accesses = (0, 0)
        folder = pathlib.Path(tempfile.mkdtemp(dir=work))
        try:
            self.try_out(folder, disassemble)
        finally:
            shutil.rmtree(folder)

    def check(self, right, text):
        if not right:
            self.anomalies.append(text)

    def try_out(self, folder, disassemble):
        copy, kept = folder / "after" / self.path.name, folder / "before" / self.path.name
        for place in (copy, kept):
            place.parent.mkdir()
            shutil.copyfile(self.path, place)
        original = copy.read_bytes()
        done = support.relink(copy)
        changed = copy.read_bytes()
        if done.returncode == support.LEFT_ALONE:
            self.outcome = "left alone"
            self.reason = re.sub(r"^.*?: left alone: ", "", done.stderr.strip().splitlines()[-1].replace(str(copy), "FILE"))
            self.check(changed == original, "left alone, and yet changed")
            self.check(bool(self.reason), "left alone without a reason")
            return
        self.check(done.returncode == support.DONE and not done.stderr, f"status {done.returncode}: {done.stderr.strip()}")
        self.calls, self.accesses = support.counts(done.stdout)
        self.outcome = "relinked" if changed != original else "nothing to relink"
        self.check(("nothing to relink" in done.stdout) == (changed == original), f"says: {done.stdout.strip()}")
        checked = support.relink("--check", copy)
        self.check(checked.returncode == support.DONE, f"--check: {checked.returncode} {checked.stderr.strip()}")
        if changed == original:
            return
        again = support.relink(copy)
        self.check(again.returncode == support.DONE and copy.read_bytes() == changed, "relinked again, it is another")
        self.compare_loading(kept, copy)
        if disassemble and len(original) <= MOST_DISASSEMBLED_BYTES:
            self.compare_disassembly(kept, copy)
        undone = support.relink("--undo", copy)
        self.check(undone.returncode == support.DONE and copy.read_bytes() == original, "--undo does not bring it back")
        self.check(sorted(entry.name for entry in copy.parent.iterdir()) == [copy.name], "something is left beside it")

    def compare_loading(self, before, after):
        libc = self.loader.libc_of(self.path)
        early = libc == "musl" and self.accesses[0] > 0  # musl opens none with static TLS, as the report says
        was, now = (self.loader.loads(library, self.path, libc, early) for library in (before, after))
        if was and now:
            self.loading = UNLOADED
        elif not was and not now:
            self.loading = LOADED + (f" ({libc}, at the program's start)" if early else f" ({libc})")
        elif not was and now and NO_ROOM in now and not self.loader.loads(after, self.path, libc, True):
            self.loading = f"loads after only at the program's start: {NO_ROOM}"
        else:
            self.check(False, f"loaded before: {was or 'yes'}; after: {now or 'yes'}")

    def compare_disassembly(self, before, after):
        try:
            found = disassembly.Comparison(disassembly.File(before), disassembly.File(after))
            self.check((found.calls, found.accesses) == (self.calls[0], self.accesses[0]),
                       f"binutils see {found.calls} calls and {found.accesses} TLS accesses changed")
        except (disassembly.Wrong, ValueError, StopIteration) as wrong:
            self.anomalies.append(f"disassembly: {wrong!r}")

    def __str__(self):
        counts = f" calls {self.calls[0]}/{self.calls[1]}, TLS accesses {self.accesses[0]}/{self.accesses[1]}" if any(
            self.calls + self.accesses) else ""
        return f"{self.path}: {self.outcome}{counts} {self.reason or self.loading}" + "".join(
            f"\n  ANOMALY {text}" for text in self.anomalies)


def try_all(paths, jobs, disassemble, tell):
    """The trials, each told as it ends."""
    work = support.folder()
    loader = Loader(work)
    trials = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for trial in pool.map(lambda path: Trial(path, loader, work, disassemble), paths):
            trials.append(trial)
            tell(trial)
    return trials


def summary(trials):
    lines = [f"{len(trials)} shared libraries, {sum(bool(trial.anomalies) for trial in trials)} with anomalies"]
    for subject in ("outcome", "loading", "reason"):
        kinds = collections.Counter(re.sub(r"0x[0-9a-f]+|\b\d+\b", "N", getattr(trial, subject)) for trial in trials)
        lines += [f"  {subject}: {count} {kind}" for kind, count in kinds.most_common() if kind]
    lines.append(f"  calls: {sum(t.calls[0] for t in trials)} of {sum(t.calls[1] for t in trials)}, "
                 f"TLS accesses: {sum(t.accesses[0] for t in trials)} of {sum(t.accesses[1] for t in trials)}")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--disassemble", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("folders", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    paths = libraries(options.folders or roots())
    trials = try_all(paths, options.jobs, options.disassemble, lambda trial: print(trial, flush=True))
    print(summary(trials))
    return 1 if any(trial.anomalies for trial in trials) else 0


if __name__ == "__main__":
    sys.exit(main())
