# SPDX-License-Identifier: MIT
"""Prometheus' text format, as strictly as its own documentation has it."""
import re


def parse_prometheus(text):
    """Samples {(name, labels): value} of the text format 0.0.4; raises ValueError where it is not that."""
    types, helps, samples, ended = {}, set(), {}, set()
    current = None
    if not text.endswith("\n"):
        raise ValueError("last line has no end")
    for line in text[:-1].split("\n"):
        words = re.fullmatch(r"# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)", line)
        if words:
            kind, name, rest = words.groups()
            if name in ended or (kind == "HELP" and name in helps) or (kind == "TYPE" and name in types):
                raise ValueError(f"declared again: {line}")
            if name != current:
                ended.add(current)
                current = name
            if kind == "HELP":
                helps.add(name)
            else:
                if rest not in ("counter", "gauge", "histogram"):
                    raise ValueError(line)
                types[name] = rest
            continue
        label = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
        sample = re.fullmatch(rf"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{{({label}(?:,{label})*)\}})? ([0-9]+(?:\.[0-9]+)?)", line)
        if not sample:
            raise ValueError(f"no sample: {line!r}")
        name, labels, value = sample.groups()
        family = name if name in types else re.sub("_(bucket|sum|count)$", "", name)
        if family != current or family not in helps or family not in types:
            raise ValueError(f"not declared before: {line}")
        if name != family and types[family] != "histogram":
            raise ValueError(f"no histogram: {line}")
        if types[family] == "counter" and not name.endswith("_total"):
            raise ValueError(f"counter without _total: {line}")
        if (name, labels) in samples:
            raise ValueError(f"twice: {line}")
        samples[name, labels] = float(value) if "." in value else int(value)
    for family in (name for name, kind in types.items() if kind == "histogram"):
        bounds, counts = [], []
        for (name, labels), value in samples.items():
            if name == family + "_bucket":
                bounds.append(float(re.search('le="([^"]*)"', labels)[1].replace("+Inf", "inf")))
                counts.append(value)
        if bounds != sorted(set(bounds)) or counts != sorted(counts) or not bounds or bounds[-1] != float("inf"):
            raise ValueError(f"buckets of {family}")
        if counts[-1] != samples[family + "_count", None] or (family + "_sum", None) not in samples:
            raise ValueError(f"sum or count of {family}")
    return samples
