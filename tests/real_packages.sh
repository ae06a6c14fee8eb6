#!/bin/sh
# SPDX-License-Identifier: MIT
# real_packages.sh LIBC PYTHON LIBRARY: numpy, pandas and uvicorn, from the wheels that a user gets, on a twin with the shim.
set -eu
libc=$1 python=$2 library=$3
[ -x "$python" ] || { echo "$python is not there"; exit 77; }
packages='numpy==2.3.4 pandas==2.3.3 uvicorn==0.38.0'
case $libc in
musl) platforms='--platform musllinux_1_2_x86_64 --platform musllinux_1_1_x86_64' ;;
*) platforms='--platform manylinux_2_28_x86_64 --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64' ;;
esac
key=$(echo "$packages" | cksum | cut -d' ' -f1)
target=${XDG_CACHE_HOME:-$HOME/.cache}/mshim/wheels-$libc-$key
if [ ! -d "$target" ]; then
    rm -rf "$target.new"
    # shellcheck disable=SC2086 # lists of words
    python3 -m pip install --quiet --disable-pip-version-check --target "$target.new" --python-version 3.13 \
        --implementation cp --only-binary=:all: $platforms $packages >"/tmp/mshim-pip.$$" 2>&1 || {
        echo "the package index cannot be reached, or has no such wheels: $(tail -n 1 "/tmp/mshim-pip.$$")"
        rm -rf "$target.new" "/tmp/mshim-pip.$$"
        exit 77
    }
    rm -f "/tmp/mshim-pip.$$"
    mv "$target.new" "$target"
fi
for allocator in mimalloc jemalloc mallocng system; do
    PYTHONPATH=$target LD_PRELOAD=$library MSHIM_ALLOCATOR=$allocator "$python" -c '
import numpy, pandas, uvicorn
frame = pandas.DataFrame({"key": [i % 7 for i in range(10000)], "value": numpy.arange(10000.0)})
sums = frame.groupby("key")["value"].sum()
assert sums.sum() == 10000 * 9999 / 2, sums
assert (numpy.ones((300, 300)) @ numpy.ones((300, 300)))[0, 0] == 300
assert uvicorn.Config("app:app").port == 8000
'
done
