# SPDX-License-Identifier: MIT
"""Workloads on packages from the Python index: `bench/run --real`. Versions: bench/setup/requirements.txt."""
