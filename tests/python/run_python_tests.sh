#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the tests of CPython's domains on one interpreter: run_python_tests.sh PYTHON LIBRARY [TEST...]
# The library is preloaded into each test's processes, not into this shell, which may stand on another libc.
set -eu
if [ $# -lt 2 ]; then
    echo "usage: $0 PYTHON LIBRARY [TEST...]" >&2
    exit 2
fi
python=$1 library=$(readlink -f "$2")
shift 2
here=$(cd "$(dirname "$0")" && pwd)
cd "$here"
export MSHIM_TEST_PYTHON="$python" MSHIM_TEST_LIBRARY="$library" PYTHONDONTWRITEBYTECODE=1
unset PYTHONMALLOC PYTHONDEVMODE MSHIM_PYTHON LD_PRELOAD
[ $# -gt 0 ] || set -- discover -s .
exec "$python" -m unittest "$@" -v
