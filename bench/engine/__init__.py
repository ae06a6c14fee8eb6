# SPDX-License-Identifier: MIT
"""The bench's engine: starts workers, lets them take turns, and says what came out. `cli.py` is the way in."""
