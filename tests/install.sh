#!/bin/sh
# SPDX-License-Identifier: MIT
# install.sh BUILD: what `cmake --install` puts under one prefix from both builds works from there.
set -eu
build=$1
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
fail() {
    echo "install: $1" >&2
    exit 1
}

for libc in musl glibc; do
    cmake --install "$build/$libc" --prefix "$root/usr" >/dev/null
    [ -s "$root/usr/lib/mshim/$libc/libmshim.so" ] || fail "no library for $libc"
done
[ "$("$root/usr/bin/mshim" --version)" = "$("$build/bin/mshim" --version)" ] || fail "another version"
preload=$("$root/usr/bin/mshim" run -- /bin/sh -c 'echo "$LD_PRELOAD"')
LD_PRELOAD=$preload "$root/usr/bin/mshim" check -- /bin/sh | grep -q "^active.*$root/usr/lib" || fail "the installed command does not find its library"
"$root/usr/bin/mshim" run -o "$root/report.json" -- /bin/sh -c 'exit 3' && fail "the status is lost" || [ $? -eq 3 ]
grep -q '"libc": "glibc"' "$root/report.json" || fail "no report"
[ -s "$root/usr/share/man/man1/mshim.1" ] || fail "no manual page"
grep -q '@RESULTS@' "$root/usr/share/mshim/report.html" || fail "no template of the HTML report"
for licence in mshim mimalloc jemalloc musl zydis zycore d3; do
    [ -s "$root/usr/share/licenses/mshim/$licence" ] || fail "no licence of $licence"
done
PKG_CONFIG_PATH=$root/usr/lib/pkgconfig pkg-config --exists mshim || fail "pkg-config does not know mshim"
PKG_CONFIG_PATH=$root/usr/lib/pkgconfig pkg-config --variable=glibc_library mshim | grep -q 'lib/mshim/glibc/libmshim.so$' ||
    fail "pkg-config does not know where the library lies"
include=$(PKG_CONFIG_PATH=$root/usr/lib/pkgconfig pkg-config --define-variable=prefix="$root/usr" --cflags mshim)
echo '#include <mshim.h>
int main(void) { struct mshim_counters now = {0}; return (int)now.memory_live_bytes; }' >"$root/uses.c"
# shellcheck disable=SC2086 # a list of flags
gcc $include -o "$root/uses" "$root/uses.c" || fail "the installed header does not compile"
