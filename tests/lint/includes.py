# SPDX-License-Identifier: MIT
"""Which way includes point (CONTRIBUTING.md, "Layers"): includes.py [TOP]

- shared/ includes shared/ and include/ alone; library/ and command/ include besides their own roof only these two.
- Between folders of one roof the includes have one direction: that of LAYERS.
- No circle of files, where a header and the source of its name are one.
"""
import pathlib
import re
import sys

# Folder: the folders that it may include besides itself. What a folder may include, those above it may include too.
LAYERS = {
    "shared/base": [],
    "shared/allocators": [],
    "shared/stats": ["shared/base"],
    "shared/options": ["shared/base", "shared/allocators"],
    "shared/report": ["shared/options", "shared/stats"],
    "library/counters": ["shared/report"],
    "library/sampling": ["library/counters"],
    "library/stats_file": ["library/counters"],
    "library/libc/string": ["library/sampling"],
    "library/libc/strftime": ["shared/base"],
    "library/libc/snprintf": ["shared/base"],
    "library/python": ["library/sampling"],
    "library/hardening": ["shared/base"],
    "library/large_blocks": ["library/counters"],
    "library/allocators": ["library/sampling", "library/large_blocks", "library/hardening", "shared/allocators"],
    "library/process": ["library/allocators", "library/python", "library/stats_file", "library/libc/string",
                        "library/libc/strftime", "library/libc/snprintf"],
    "library/interpose": ["library/process"],
    "library/verify": [],
    "command/screen": ["shared/report"],
    "command/html": ["shared/base"],
    "command/relink": ["shared/base"],
    "command/launch": ["command/screen"],
    "command/inspect": ["command/launch"],
    "command/setup": ["command/launch"],
    "command/compare": ["command/inspect"],
    "command/manual": ["shared/report", "command"],
    "command/relink/frontend": ["command/relink", "command/launch"],
    "command": ["command/compare", "command/html", "command/relink/frontend", "command/setup"],
}
INCLUDE = re.compile(r'^\s*#\s*include "([^"]+)"', re.MULTILINE)
# mimalloc's source, and what CMake makes.
NOT_OURS = re.compile(r"^(static\.c|shared/allocators/versions\.h)$")


def allowed(folder, seen=None):
    """The folders that `folder` may include, itself among them."""
    seen = set() if seen is None else seen
    if folder not in seen:
        seen.add(folder)
        for below in LAYERS.get(folder, []):
            allowed(below, seen)
    return seen


def folder_of(path):
    """The longest folder of LAYERS that holds the file."""
    parts = path.split("/")[:-1]
    while parts and "/".join(parts) not in LAYERS:
        parts.pop()
    return "/".join(parts)


def read(shim):
    """Of each source the includes that are written from the root of shim/."""
    return {
        str(path.relative_to(shim)): [name for name in INCLUDE.findall(path.read_text()) if not NOT_OURS.match(name)]
        for path in sorted(shim.rglob("*.[ch]"))
    }


def wrong_includes(shim, includes):
    for path, names in includes.items():
        folder = folder_of(path)
        if not folder:
            yield f"{path}: its folder is in no layer"
        for name in names:
            if not (shim / name).is_file() and not (shim.parent / "include" / name).is_file():
                yield f'{path}: "{name}" is not a path from the root of shim/ or include/'
            elif (shim / name).is_file() and folder_of(name) not in allowed(folder):
                yield f"{path}: {folder} may not include {name}"


def circles(includes):
    """Circles of units: a list that begins and ends with the unit that is first by name."""
    unit = lambda path: re.sub(r"\.[ch]$", "", path)
    graph = {}
    for path, names in includes.items():
        graph.setdefault(unit(path), set()).update(unit(name) for name in names if unit(name) != unit(path))
    state, stack = {}, []

    def visit(node):
        state[node] = "open"
        stack.append(node)
        for below in sorted(graph.get(node, ())):
            if state.get(below) == "open":
                circle = stack[stack.index(below):]
                first = circle.index(min(circle))
                yield circle[first:] + circle[:first + 1]
            elif below not in state:
                yield from visit(below)
        stack.pop()
        state[node] = "done"

    for node in sorted(graph):
        if node not in state:
            yield from visit(node)


def faults(top):
    shim = pathlib.Path(top) / "shim"
    includes = read(shim)
    yield from wrong_includes(shim, includes)
    for circle in circles(includes):
        yield "circle: " + " -> ".join(circle)


def main():
    top = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    found = list(faults(top))
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
