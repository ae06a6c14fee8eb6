# SPDX-License-Identifier: MIT
"""What a reader wants to know, in words: how slow, how much of it goes away, what is left and why. It says no more than
the numbers of this run; a clause whose arm was not measured is not said."""

from __future__ import annotations

from .table import number

SLOWER = 1.10  # a workload this far from the reference counts as one that stayed slow
ALIKE = 0.10  # two allocators that differ by no more than this came out alike
FEW_FAULTS = 1.2
FEW_POINTS = 0.03


def about(value: float) -> str:
    return f"{value:.2f}"


def with_span(results: dict, arm: str) -> str:
    span = results["geomean_interval"][arm]
    return f"{about(results['geomean'][arm])} ({about(span['low'])} to {about(span['high'])})"


def taken_away(bare: float, cured: float) -> str:
    share = (bare - cured) / (bare - 1)
    if share >= 1:
        return "all of the extra time and more" if cured < 0.995 else "all of the extra time"
    return f"{share:.0%} of the extra time" if share > 0 else "none of the extra time"


def memory_of(results: dict, arm: str) -> str:
    ratio = results["peak_rss_geomean"].get(arm)
    return "" if ratio is None else f", peak memory {about(ratio)}"


def left_over(results: dict, arm: str) -> str:
    mean = results["geomean"][arm]
    span = results["geomean_interval"][arm]
    if span["high"] < 1:
        return f"With {arm} it is faster than {results['reference']}."
    if span["low"] <= 1:
        return f"With {arm} nothing is left that could be told from {results['reference']}."
    groups = sorted(results["groups"].items(), key=lambda item: -item[1][arm])
    worst_groups = [f"{name} {about(means[arm])}" for name, means in groups[:3] if means[arm] > mean]
    rows = sorted(results["workloads"], key=lambda row: -row["ratio"][arm]["median"])
    far = [row for row in rows[:4] if row["ratio"][arm]["median"] > SLOWER]
    worst = [f"{row['name']} {about(row['ratio'][arm]['median'])}" for row in far]
    text = f"What is left with {arm} is {about(mean)}"
    if worst_groups:
        text += f", most of it in {', '.join(worst_groups)}"
    if worst:
        text += f"; furthest off are {', '.join(worst)}"
    return text + "."


def why(results: dict, cure: str, allocators: list) -> list:
    """The evidence on whether the rest is the allocator's."""
    reference, said = results["reference"], []
    faults, kernel = results["page_faults_total"], results["kernel_share"]
    if faults[reference] and "musl" in faults:
        said.append(
            f"Bare musl takes {number(faults['musl'] / faults[reference])} times {reference}'s page faults and spends "
            f"{kernel['musl']:.0%} of its CPU time in the kernel ({reference}: {kernel[reference]:.0%}); with {cure} "
            f"it is {number(faults[cure] / faults[reference])} times and {kernel[cure]:.0%}."
        )
    paging_gone = faults[reference] and faults[cure] / faults[reference] <= FEW_FAULTS
    paging_gone = paging_gone and kernel[cure] - kernel[reference] <= FEW_POINTS
    slow = [row for row in results["workloads"] if min(row["ratio"][arm]["median"] for arm in allocators) > SLOWER]
    if len(allocators) > 1 and slow:
        alike = []
        for row in slow:
            medians = [row["ratio"][arm]["median"] for arm in allocators]
            if max(medians) / min(medians) <= 1 + ALIKE:
                alike.append(row)
        text = (
            f"{len(slow)} workloads stay more than {SLOWER - 1:.0%} slower under every allocator; in {len(alike)} of "
            f"them the allocators come out within {ALIKE:.0%} of each other"
        )
        if len(alike) * 2 > len(slow):
            text += ", so that most of what is left is not the allocator's but the rest of musl's"
            text += " (its memcpy, memcmp and so on)"
        said.append(text + (", and not paging's either." if paging_gone else "."))
    if "glibc+mallocng" in results["geomean"]:
        said.append(f"The other way round, musl's allocator on glibc costs {with_span(results, 'glibc+mallocng')}.")
    return said


def of_twins(results: dict) -> list:
    geomean = results["geomean"]
    if "musl" not in geomean:
        return []
    bare = geomean["musl"]
    said = [
        f"On this machine Python on musl takes {with_span(results, 'musl')} times as long as the same Python on glibc "
        f"(geometric mean of {len(results['workloads'])} workloads, 95 % interval{memory_of(results, 'musl')})."
    ]
    allocators = [arm for arm in ("musl+jemalloc", "musl+mimalloc") if arm in geomean]
    cures = allocators + [arm for arm in ("musl+mshim",) if arm in geomean]
    for arm in cures:
        gone = f" and takes away {taken_away(bare, geomean[arm])}" if results["geomean_interval"]["musl"]["low"] > 1 else ""
        said.append(f"{arm} brings that to {with_span(results, arm)}{gone}{memory_of(results, arm)}.")
    if cures:
        # What a reader would install is the whole shim; without that arm, the best of the others.
        cure = "musl+mshim" if "musl+mshim" in cures else min(cures, key=lambda arm: geomean[arm])
        said.append(left_over(results, cure))
        if geomean[cure] > 1 and allocators:
            said += why(results, cure, allocators)
    return said


def of_published(results: dict) -> list:
    """What people choose between: Debian's image is the reference, and has PGO."""
    said = []
    for arm, text in (
        ("alpine", "As published, the Python of Alpine's image takes {} times as long as that of Debian's{}."),
        ("alpine+mshim", "Under mshim it takes {}{}."),
        ("alpine+mshim+relinked", "With its libpython relinked besides, {}{}."),
        ("slim+tuned", "The best that Debian's reaches by hand (mimalloc, PYTHONMALLOC=malloc) is {}{}."),
        ("slim+relinked", "Debian's own libpython relinked, without the shim, {}{}."),
    ):
        if arm in results["geomean"]:
            said.append(text.format(with_span(results, arm), memory_of(results, arm)))
    return said


def of_given(results: dict) -> list:
    said = []
    for arm, mean in results["geomean"].items():
        if arm.endswith("-again"):
            continue
        span = results["geomean_interval"][arm]
        if span["low"] <= 1 <= span["high"]:
            said.append(f"{arm}: no difference found (time {with_span(results, arm)}{memory_of(results, arm)}).")
        else:
            word = f"{1 / mean:.2f} times as fast" if mean < 1 else f"{mean:.2f} times as slow"
            said.append(f"{arm} makes this Python {word} (time {with_span(results, arm)}{memory_of(results, arm)}).")
    return said


def of_second(results: dict) -> list:
    """The set that was held out of the tuning, where it was measured beside the other."""
    second = results.get("second")
    if not second:
        return []
    arms = [arm for arm in ("musl", "musl+mshim", "alpine", "alpine+mshim", "mshim") if arm in second["geomean"]]
    if not arms:
        return []
    said = ", ".join(f"{arm} is {with_span(second, arm)}{memory_of(second, arm)}" for arm in arms)
    return [f"On the second set, {len(second['workloads'])} workloads that were written after the library was tuned, {said}."]


def verdict(results: dict) -> list:
    """A sentence an entry, the answer first."""
    if not results["workloads"]:
        return []
    of_reference = {"glibc": of_twins, "slim": of_published}.get(results["reference"], of_given)
    return of_reference(results) + of_second(results)
