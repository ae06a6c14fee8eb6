# SPDX-License-Identifier: MIT
"""Where interpreters, libraries and the command are: in build/, or installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import Optional

from . import proof
from .arms import SHIM, Arm, is_alone, is_relinked, libc_of
from .errors import BenchError

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, "build")
INSTALLED = ("/usr/local/lib", "/usr/lib")
HTML_TEMPLATE = os.path.join("share", "mshim", "report.html")
WORKER = os.path.join(TOP, "bench", "engine", "worker.py")
SERVER = os.path.join(TOP, "bench", "engine", "server.py")
PARTS_WORKER = os.path.join(TOP, "bench", "parts", "worker.py")


def ask_facts(python: str, environment: dict, name: str) -> proof.Facts:
    """What a Python says about itself when started with this environment (`worker.py --facts`)."""
    try:
        done = subprocess.run(
            [python, "-S", "-B", WORKER, "--facts"], capture_output=True, text=True, env=environment, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BenchError(f"{name} cannot be run: {error}") from error
    if done.returncode != 0:
        raise BenchError(f"{name} cannot run the worker (status {done.returncode}): {done.stderr.strip()[-2000:]}")
    return proof.parse(done.stdout)


def check(launch) -> None:
    """Before anything is measured: does a process of this arm prove what it is? The workers prove it again."""
    proof.require(launch, ask_facts(launch.program, dict(launch.environment), f"arm {launch.arm.name}"))


def check_relinked(launch, places: Places) -> None:
    """The libpython of a relinked arm is relinked, and that of another that set-up built is not."""
    command = places.command()
    if command is None or launch.arm.python == "given":
        return
    done = subprocess.run([command, "relink", "--check", launch.program], capture_output=True, text=True, timeout=60)
    if (done.returncode == 0) != is_relinked(launch.arm):
        raise BenchError(f"arm {launch.arm.name} cannot prove its libpython: {done.stdout.strip() or done.stderr.strip()}")


class Places:
    def __init__(self, given_python: Optional[str] = None, build: str = BUILD):
        self.build = build
        self.given = given_python
        self._facts: dict = {}
        self._options: Optional[frozenset] = None

    def python(self, arm: Arm) -> str:
        if arm.python == "given":
            return self.given or ""
        path = self._built_python(arm.python)
        if not os.path.exists(path):
            raise BenchError(f"there is no {path}: run bench/setup/setup first, or name an interpreter with --python")
        return path

    def packages(self, libc: str) -> str:
        """What the workloads of --real import."""
        return self._set_up_by_real(f"packages-{libc}")

    def wheels(self, libc: str) -> str:
        return self._set_up_by_real(f"wheels-{libc}")

    def _set_up_by_real(self, name: str) -> str:
        path = os.path.join(self.build, name)
        if not os.path.isdir(path):
            raise BenchError(f"there is no {path}: run bench/setup/setup --real")
        return os.path.realpath(path)

    def _built_python(self, name: str) -> str:
        return os.path.join(self.build, f"python-{name}", "bin", "python3")

    def lacks(self, arm: Arm) -> str:
        """Why an arm that the rest of the bench can do without cannot be measured; empty where it can."""
        if is_alone(arm) and not self.is_built(libc_of(arm.python), arm.preload):
            return f"there is no {arm.preload} for {libc_of(arm.python)} in this build"
        if is_relinked(arm) and not os.path.exists(self._built_python(arm.python)):
            return f"there is no {self._built_python(arm.python)}: set-up could not relink it"
        return ""

    def price_program(self, libc: str) -> str:
        return self._program(libc, "price")

    def threads_program(self, libc: str) -> str:
        return self._program(libc, "threads")

    def _program(self, libc: str, name: str) -> str:
        path = os.path.join(self.build, libc, "bench", name)
        if not os.path.exists(path):
            raise BenchError(f"there is no {path}: run bench/setup/setup")
        return path

    def facts(self, arm: Arm) -> proof.Facts:
        """What the arm's interpreter is, from itself, without any preload."""
        python = self.python(arm)
        if python not in self._facts:
            self._facts[python] = ask_facts(python, {"PATH": os.defpath}, python)
        return self._facts[python]

    def libc_of(self, arm: Arm) -> str:
        return self.facts(arm).libc if arm.python == "given" else libc_of(arm.python)

    def library(self, libc: str, name: str) -> str:
        tried = [os.path.join(self.build, libc, "lib", name)]
        if name == SHIM:
            tried += [os.path.join(folder, name) for folder in INSTALLED]
        for path in tried:
            if os.path.exists(path):
                return path
        raise BenchError(f"there is no {name} for {libc} (looked for {', '.join(tried)}): run bench/setup/setup")

    def is_built(self, libc: str, name: str) -> bool:
        return os.path.exists(os.path.join(self.build, libc, "lib", name))

    def html_template(self) -> Optional[str]:
        """Where the HTML report is made from (shim/command/html/): of either build, they are alike, or installed."""
        tried = [os.path.join(self.build, libc) for libc in ("glibc", "musl")] + ["/usr/local", "/usr"]
        return next((path for path in (os.path.join(folder, HTML_TEMPLATE) for folder in tried) if os.path.exists(path)), None)

    def command(self) -> Optional[str]:
        built = os.path.join(self.build, "bin", "mshim")
        return built if os.path.exists(built) else shutil.which("mshim")

    def ask(self, *words: str) -> str:
        """What `mshim WORDS` says; empty where there is no command or it refuses."""
        command = self.command()
        if not command:
            return ""
        done = subprocess.run([command, *words], capture_output=True, text=True, timeout=30)
        return done.stdout if done.returncode == 0 else ""

    def default_allocator(self) -> str:
        """The one that `mshim list` marks; empty where nobody can be asked."""
        for line in self.ask("list").splitlines():
            if "default" in line:
                return line.split()[0]
        return ""

    def shim_options(self) -> frozenset:
        """The MSHIM_* variables that this shim knows. Where nobody can be asked (an image with the library alone), the
        names in the library itself."""
        if self._options is None:
            text = self.ask("options")
            if not text:
                text = "".join(self._names_in_library(libc) for libc in ("musl", "glibc"))
            self._options = frozenset(re.findall(r"\bMSHIM_[A-Z_]+\b", text))
        return self._options

    def _names_in_library(self, libc: str) -> str:
        try:
            with open(self.library(libc, SHIM), "rb") as file:
                return " ".join(name.decode() for name in re.findall(rb"MSHIM_[A-Z_]+", file.read()))
        except BenchError:
            return ""
