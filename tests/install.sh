#!/bin/sh
# SPDX-License-Identifier: MIT
# install.sh BUILD: what is installed and what the tarballs hold works from where it was put.
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
done
version=$("$root/usr/bin/mshim" --version)
preload=$("$root/usr/bin/mshim" run -- /bin/sh -c 'echo "$LD_PRELOAD"')
LD_PRELOAD=$preload "$root/usr/bin/mshim" check -- /bin/sh | grep -q "^active.*$root/usr/lib" || fail "the installed command does not find its library"
"$root/usr/bin/mshim" run -o "$root/report.json" -- /bin/sh -c 'exit 3' && fail "the status is lost" || [ $? -eq 3 ]
grep -q '"libc": "glibc"' "$root/report.json" || fail "no report"
[ -s "$root/usr/share/man/man1/mshim.1" ] || fail "no manual page"
grep -q '@RESULTS@' "$root/usr/share/mshim/report.html" || fail "no template of the report's page"
PKG_CONFIG_PATH=$root/usr/lib/pkgconfig pkg-config --exists mshim || fail "pkg-config does not know mshim"
include=$(PKG_CONFIG_PATH=$root/usr/lib/pkgconfig pkg-config --define-variable=prefix="$root/usr" --cflags mshim)
echo '#include <mshim.h>
int main(void) { struct mshim_counters now = {0}; return (int)now.memory_live_bytes; }' >"$root/uses.c"
# shellcheck disable=SC2086 # a list of flags
gcc $include -o "$root/uses" "$root/uses.c" || fail "the installed header does not compile"

for libc in musl glibc; do
    cmake --build "$build/$libc" --target dist >/dev/null
    mkdir "$root/$libc"
    tar -xf "$build/$libc"/mshim-*-"$libc"-*.tar.gz -C "$root/$libc" --strip-components=1
    [ "$("$root/$libc/bin/mshim" --version)" = "$version" ] || fail "the command in the $libc tarball"
    [ -s "$root/$libc/lib/libmshim.so" ] || fail "no library in the $libc tarball"
    for licence in mshim mimalloc jemalloc musl zydis zycore d3; do
        [ -s "$root/$libc/share/licenses/mshim/$licence" ] || fail "no licence of $licence in the $libc tarball"
    done
done
"$root/glibc/bin/mshim" run -- /bin/true || fail "the command from the tarball"
