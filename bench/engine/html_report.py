# SPDX-License-Identifier: MIT
"""The HTML report of the results: the template that the build makes (shim/command/html/), with the results in its placeholder.

The template, the placeholder and the escape are those of the command's `shim/command/html/html.c`, which writes the report of
`mshim compare`; tests/html holds both against a browser."""

from __future__ import annotations

import json

from .results import write_whole

PLACEHOLDER = "@RESULTS@"


def fill(template: str, found: dict) -> str:
    """In JSON `<` can only stand in a string, where \\u003c means the same: so nothing in the results is markup."""
    before, _, after = template.partition(PLACEHOLDER)
    return before + json.dumps(found, allow_nan=False).replace("<", "\\u003c") + after


def write(found: dict, template: str, path: str) -> None:
    with open(template, encoding="utf-8") as file:
        write_whole(fill(file.read(), found), path)
