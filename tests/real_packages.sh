#!/bin/sh
# SPDX-License-Identifier: MIT
# real_packages.sh LIBC PYTHON LIBRARY: packages from the Python index, as a user gets them, on a twin with the shim: numpy,
# pandas and uvicorn under every allocator; on musl every workload of `bench/run --real`, which check themselves, too.
set -eu
libc=$1 python=$2 library=$3
here=$(cd "$(dirname "$0")" && pwd)
[ -x "$python" ] || { echo "$python is not there"; exit 77; }

# The wheels of bench/setup/requirements.txt: fetched once, by whoever needs them first.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! bash -c '. "$1"; setup_wheels "$2"' - "$here/../bench/setup/wheels.sh" "$libc" >"$log" 2>&1; then
    cat "$log"
    # Without a network there is nothing to test; wheels that are not what was pinned are a failure.
    if grep -q 'DO NOT MATCH THE HASHES' "$log"; then exit 1; else exit 77; fi
fi

for allocator in mimalloc jemalloc mallocng system; do
    PYTHONPATH=$here/../build/packages-$libc LD_PRELOAD=$library MSHIM_ALLOCATOR=$allocator "$python" -c '
import numpy, pandas, uvicorn
frame = pandas.DataFrame({"key": [i % 7 for i in range(10000)], "value": numpy.arange(10000.0)})
sums = frame.groupby("key")["value"].sum()
assert sums.sum() == 10000 * 9999 / 2, sums
assert (numpy.ones((300, 300)) @ numpy.ones((300, 300)))[0, 0] == 300
assert uvicorn.Config("app:app").port == 8000
'
done
[ "$libc" != musl ] || python3 -B "$here/bench/real_workloads.py"
