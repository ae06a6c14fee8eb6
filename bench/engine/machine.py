# SPDX-License-Identifier: MIT
"""What the figures were taken on. What cannot be read is left out.

`mshim compare` writes the keys that both have (`shim/command/compare/machine.c`, `json.md` lists them); a key that is renamed
here is renamed there, since one HTML report shows both (`shim/command/html/machine.js`)."""

from __future__ import annotations

import os
import platform


def read(path: str):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return None


def chosen(path: str):
    """The value in brackets of a line like `always [madvise] never`."""
    text = read(path)
    if text and "[" in text:
        return text[text.index("[") + 1 : text.index("]")]
    return text


def cpu_info() -> dict:
    fields = {}
    for line in (read("/proc/cpuinfo") or "").splitlines():
        key, _, value = line.partition(":")
        fields.setdefault(key.strip(), value.strip())
    flags = fields.get("flags", "").split()
    told = [flag for flag in ("avx2", "avx512f", "erms", "fsrm", "hypervisor") if flag in flags]
    return {"cpu": fields.get("model name") or platform.processor() or None, "cpu_flags": told or None}


def memory_info() -> dict:
    fields = {}
    for line in (read("/proc/meminfo") or "").splitlines():
        key, _, value = line.partition(":")
        fields[key] = value.split()
    return {
        name: int(fields[key][0]) * 1024
        for name, key in (("memory_bytes", "MemTotal"), ("swap_bytes", "SwapTotal"))
        if key in fields
    }


def cgroup_limits() -> dict:
    """cpu.max and memory.max of this process's cgroup (version 2), or of the container's root, or version 1's names."""
    folder = "/sys/fs/cgroup"
    own = next((line[3:] for line in (read("/proc/self/cgroup") or "").splitlines() if line.startswith("0::")), "/")
    places = {
        "cpu.max": [folder + own.rstrip("/") + "/cpu.max", folder + "/cpu.max"],
        "memory.max": [folder + own.rstrip("/") + "/memory.max", folder + "/memory.max"],
        "cpu.cfs_quota_us": [folder + "/cpu/cpu.cfs_quota_us"],
        "memory.limit_in_bytes": [folder + "/memory/memory.limit_in_bytes"],
    }
    found = {name: next(filter(None, map(read, paths)), None) for name, paths in places.items()}
    return {name: text for name, text in found.items() if text}


def distribution():
    for line in (read("/etc/os-release") or "").splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.partition("=")[2].strip('"')
    return None


def describe() -> dict:
    huge = "/sys/kernel/mm/transparent_hugepage/"
    facts = {
        "architecture": platform.machine(),
        "kernel": platform.release(),
        "distribution": distribution(),
        **cpu_info(),
        "cpus": os.cpu_count(),
        "cpus_usable": len(os.sched_getaffinity(0)),
        "governor": read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        **memory_info(),
        "page_bytes": os.sysconf("SC_PAGE_SIZE"),
        "transparent_hugepage": chosen(huge + "enabled"),
        "transparent_hugepage_defrag": chosen(huge + "defrag"),
        "overcommit_memory": read("/proc/sys/vm/overcommit_memory"),
        "overcommit_ratio": read("/proc/sys/vm/overcommit_ratio"),
        "cgroup": cgroup_limits() or None,
        "load_average": list(os.getloadavg()),
    }
    return {key: value for key, value in facts.items() if value is not None}


def headline(machine: dict) -> str:
    """One line to name the machine beside every figure."""
    return (
        f"{machine.get('cpu', 'unknown processor')}, "
        f"{machine.get('cpus_usable', '?')} usable of {machine.get('cpus', '?')}, "
        f"{machine.get('memory_bytes', 0) / 2**30:.0f} GiB, kernel {machine.get('kernel')}, "
        f"{machine.get('distribution', 'unknown distribution')}, huge pages {machine.get('transparent_hugepage', 'unknown')}"
    )
