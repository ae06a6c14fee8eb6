#!/bin/sh
# SPDX-License-Identifier: MIT
# The tests of CPython's domains on Debian testing's own interpreters: forky.sh LIBRARY [TEST...]
#
# MSHIM_FORKY_ROOT names a root of Debian testing (debootstrap forky FOLDER) with python3.14 and python3.15 in it. Where
# their packages libpython3.14-testsuite and libpython3.15-testsuite are there too, tests of their own run with the library
# and without. Needs root, for chroot.
set -eu
[ $# -ge 1 ] || { echo "usage: $0 LIBRARY [TEST...]" >&2; exit 2; }
library=$(readlink -f "$1"); shift
here=$(cd "$(dirname "$0")" && pwd)
skip() { echo "skipped: $1"; exit 77; }
root=${MSHIM_FORKY_ROOT:-}
[ -n "$root" ] || skip "MSHIM_FORKY_ROOT does not name a root of Debian testing"
[ "$(id -u)" = 0 ] || skip "chroot needs root"
unshare --mount true 2>/dev/null || skip "no mount namespaces here"
versions=
for version in 3.14 3.15; do [ ! -x "$root/usr/bin/python$version" ] || versions="$versions $version"; done
[ -n "$versions" ] || skip "there is neither python3.14 nor python3.15 in $root"

work=$(mktemp -d "$root/tmp/mshim.XXXXXX")
trap 'rm -rf "$work"' EXIT
cp "$here"/*.py "$here"/*.sh "$library" "$work"
inside=${work#"$root"}

# in_root COMMAND…, which sees /proc and /dev
in_root() {
    # shellcheck disable=SC2016
    unshare --mount --propagation private sh -c \
        'mount --rbind /dev "$0/dev" && mount -t proc proc "$0/proc" && exec chroot "$0" env -u BASH_ENV HOME=/root "$@"' "$root" "$@"
}

failed=0
for version in $versions; do
    python=/usr/bin/python$version
    in_root "$python" -c 'import sys; print(sys.version)'
    in_root sh "$inside/run_python_tests.sh" "$python" "$inside/$(basename "$library")" "$@" || failed=1
    if [ $# -eq 0 ] && [ -e "$root/usr/lib/python$version/test/test_gc.py" ]; then
        in_root "$python" -B "$inside/cpython_suite.py" --python "$python" --library "$inside/$(basename "$library")" --jobs 2 \
            test_gc test_threading test_json test_interpreters test__interpreters test_list test_sort || failed=1
    fi
done
exit $failed
