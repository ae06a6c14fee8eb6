# SPDX-License-Identifier: MIT
"""The results as one page of HTML: the template that the build makes (shim/command/html/), with the results in its placeholder."""

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
