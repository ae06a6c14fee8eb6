#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian packages, built of the release's source tarball by Debian's own tools, unpacked and used.
test=debian
. "$(dirname "$0")/functions.sh"
needs_full
for tool in dpkg-buildpackage dh dpkg-deb; do command -v "$tool" >/dev/null || skip "no $tool"; done

cp "$release/mshim-$version.tar.gz" "$work/mshim_$version.orig.tar.gz"
tar -xzf "$work/mshim_$version.orig.tar.gz" -C "$work"
cp -R "$top/packaging/debian" "$work/mshim-$version/debian"
[ "$(sed -n '1s/.*(\(.*\)-.*/\1/p' "$top/packaging/debian/changelog")" = "$version" ] || fail "debian/changelog names another version"
unset CMAKE_C_COMPILER_LAUNCHER
started=$(date +%s)
# The package cmake may not be what this machine's cmake comes from, hence -d.
cd "$work/mshim-$version"
logged "dpkg-buildpackage" dpkg-buildpackage -us -uc -d -j2
took=$(($(date +%s) - started))
cd "$work"
ls mshim_"$version"-1.dsc mshim_"$version"-1.debian.tar.xz >/dev/null || fail "no source package"
mkdir root
for package in mshim libmshim-dev; do dpkg-deb -x "$package"_*.deb root; done
[ "$(dpkg-deb -f mshim_*.deb Version)" = "$version-1" ] || fail "the version"
library=$(echo root/usr/lib/*/mshim/glibc/libmshim.so)
[ -s "$library" ] || fail "no library"
LD_PRELOAD=$work/$library root/usr/bin/mshim check -- /bin/sh | grep -q "^active" || fail "mshim check"
root/usr/bin/mshim run -o report.json -- sh -c : || fail "mshim run"
grep -q '"libc": "glibc"' report.json || fail "the report"
for file in usr/include/mshim.h usr/share/doc/mshim/copyright usr/share/man/man1/mshim.1.gz usr/share/doc/mshim/changelog.Debian.gz; do
    [ -s "root/$file" ] || fail "no $file"
done
for name in mimalloc jemalloc musl zydis zycore d3; do
    grep -q "^Files: third_party/$name/" root/usr/share/doc/mshim/copyright || fail "no licence of $name"
done
if command -v lintian >/dev/null; then lintian --fail-on error mshim_*.deb libmshim-dev_*.deb || fail "lintian"; fi
echo "debian: $(cd "$work" && echo ./*.deb) in $took s"
