# SPDX-License-Identifier: MIT
"""The shim's own overhead in a terminal."""

from __future__ import annotations

from . import overhead_arms


def span(estimate: dict, digits: int = 2) -> str:
    return f"{estimate['median']:.{digits}f} ({estimate['low']:.{digits}f} to {estimate['high']:.{digits}f})"


def threads_of(entry: dict) -> str:
    return f"{entry['threads']} thread" + ("s" if entry["threads"] > 1 else "")


def columns(libc: str, measured: dict) -> list:
    """(first line of the title, second line, arm)"""
    found = [("", "bare", overhead_arms.bare(libc))]
    for allocator in overhead_arms.ALLOCATORS:
        kinds = [("off", overhead_arms.routed(libc, allocator)), ("on", overhead_arms.counted(libc, allocator))]
        if overhead_arms.alone(libc, allocator) in measured and allocator in overhead_arms.ALONE:
            kinds.insert(0, ("alone", overhead_arms.alone(libc, allocator)))
        found += [(allocator if index == 0 else "", kind, arm) for index, (kind, arm) in enumerate(kinds)]
    return found


def cases(overhead: dict) -> list:
    lines = ["Nanoseconds per call, medians of one run in turns. pair: malloc, free; chain: malloc, 3 realloc, free;"]
    lines += ["alone: preloaded by itself; off, on: through the shim without and with counters."]
    for libc in dict.fromkeys(entry["libc"] for entry in overhead["cases"]):
        rows = [entry for entry in overhead["cases"] if entry["libc"] == libc]
        shown = columns(libc, rows[0]["ns_per_call"])
        lines += ["", f"{libc:<26}" + "".join(f"{title:>9}" for title, _, _ in shown)]
        lines.append(f"{'':<26}" + "".join(f"{kind:>9}" for _, kind, _ in shown))
        for row in rows:
            name = f"{row['operation']} {row['bytes']} B, {threads_of(row)}"
            values = [row["ns_per_call"][arm]["median"] for _, _, arm in shown]
            lines.append(f"{name:<26}" + "".join(f"{value:>9.{0 if value >= 1000 else 2}f}" for value in values))
    return lines


def means(overhead: dict) -> list:
    sizes = f"{overhead_arms.SIZES_OF_MEAN[0]} to {overhead_arms.SIZES_OF_MEAN[-1]} bytes"
    lines = ["", f"The shim's overhead in nanoseconds per call, mean of the size classes from {sizes}, 95 % interval:", ""]
    lines.append(f"{'':<30}{'allocator':<12}{'routing (off - alone)':<28}{'counting (on - off)':<28}")
    for entry in overhead["means"]:
        name = f"{entry['libc']}, {entry['operation']}, {threads_of(entry)}"
        for allocator in overhead_arms.ALLOCATORS:
            routing, counting = entry["routing"].get(allocator), entry["counting"].get(allocator)
            cells = [span(estimate) if estimate else "-" for estimate in (routing, counting)]
            lines.append(f"{name:<30}{allocator:<12}{cells[0]:<28}{cells[1]:<28}")
            name = ""
    return lines


def scaling(overhead: dict) -> list:
    lines = ["", "Two threads of malloc/free (64 bytes) against one, in parts of what two threads of a spinning loop reach:"]
    lines.append("")
    for entry in overhead["scaling"]:
        for arm, estimate in entry["against_spin"].items():
            gain = entry["two_against_one"][arm]
            lines.append(f"  {arm:<28}{span(estimate):<26}  two do {gain['median']:.2f} times the calls of one")
    return lines


def start_up(overhead: dict) -> list:
    found = overhead["start_up"]
    lines = ["", "python3 -c pass, milliseconds from fork to end:", ""]
    for arm, estimate in found["ms"].items():
        more = found["more_ms"].get(arm)
        lines.append(f"  {arm:<28}{span(estimate):<26}" + (f"  {span(more)} more than bare" if more else ""))
    return lines


def render(overhead: dict) -> str:
    return "\n".join(cases(overhead) + means(overhead) + scaling(overhead) + start_up(overhead)).lstrip("\n")
