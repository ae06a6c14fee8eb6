#!/bin/sh
# SPDX-License-Identifier: MIT
# APKBUILD, as packaging/release leaves it: its functions are run by sh in abuild's order, with musl's compiler.
test=alpine
. "$(dirname "$0")/functions.sh"
needs_full
apkbuild=$release/APKBUILD
sh -n "$apkbuild" || fail "sh does not understand it"
srcdir=$work/src pkgdir=$work/pkg
(
    . "$apkbuild"
    [ "$pkgver" = "$version" ] || fail "pkgver is $pkgver"
    [ "$subpackages" = "mshim-dev mshim-doc" ] || fail "subpackages are $subpackages"
    cd "$release"
    echo "$sha512sums" | sed '/^$/d' | sha512sum --quiet -c || fail "the sum"
)
# abuild's part of it.
mkdir "$srcdir" "$pkgdir"
tar -xzf "$release/mshim-$version.tar.gz" -C "$srcdir"
unset CMAKE_C_COMPILER_LAUNCHER
started=$(date +%s)
for step in build check package; do
    cat >"$work/step.sh" <<END
set -e
want_check() { :; }
srcdir=$srcdir pkgdir=$pkgdir CC=$top/build/toolchain/bin/musl-gcc
export CC
. "$apkbuild"
cd "\$builddir"
$step
END
    logged "$step()" sh "$work/step.sh"
    [ "$step" != check ] || grep -E '^[0-9]+% tests passed' "$work/log" || fail "check() ran no test"
done
"$pkgdir/usr/bin/mshim" --version | grep -qx "mshim $version" || fail "the command"
readelf -n "$pkgdir/usr/lib/libmshim.so" | grep -q mshim || fail "the library"
for file in usr/include/mshim.h usr/lib/pkgconfig/mshim.pc usr/share/man/man1/mshim.1 usr/share/licenses/mshim/jemalloc \
    usr/share/doc/mshim/README.md; do
    [ -s "$pkgdir/$file" ] || fail "no $file"
done
echo "alpine: build(), check() and package() in $(($(date +%s) - started)) s"
