# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# What the tests of the artefacts share. Source it after setting `test`, the name that messages begin with.
set -eu
export LC_ALL=C
unset LD_PRELOAD PYTHONPATH PYTHONHOME
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
release=${MSHIM_RELEASE:-$top/build/packaging/release}
version=$(sed -n 's/^project(mshim VERSION \([0-9.]*\) .*/\1/p' "$top/CMakeLists.txt")
architecture=$(uname -m)

fail() {
    echo "$test: $*" >&2
    exit 1
}
skip() {
    echo "$test: skipped: $*"
    exit 77
}
needs_full() {
    [ -n "${MSHIM_TEST_FULL-}" ] || skip "takes minutes: with MSHIM_TEST_FULL"
}
# logged WORDS COMMAND…: the output is shown where it fails.
logged() {
    what=$1
    shift
    "$@" >"$work/log" 2>&1 || { tail -n 30 "$work/log" >&2; fail "$what"; }
}

# A test that mounts does so in a second process of its own, `inside`, with mounts that end with it: the folder is removed by the
# first, which never sees them.
if [ "${1-}" = inside ]; then
    work=$2
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
# in_own_mounts: runs the test's inside; skips where that is not possible.
in_own_mounts() {
    [ "$(id -u)" = 0 ] || skip "chroot needs root"
    unshare --mount true 2>/dev/null || skip "no mounts can be made here"
    unshare --mount --propagation private "$0" inside "$work"
}
[ "$test" = release ] || [ -f "$release/SHA256SUMS" ] || fail "no release in $release"
