#!/bin/sh
# SPDX-License-Identifier: MIT
# The source tarball, built and installed as its documentation says: in an Alpine root with the packages build-base, cmake and
# linux-headers, where MSHIM_ALPINE_ROOT names one that has them, and otherwise in a root that holds of this machine a
# compiler, binutils, make and CMake, of musl its compiler, and for all the rest busybox: no bash, no network.
test=source
. "$(dirname "$0")/functions.sh"

if [ "${1-}" != inside ]; then
    needs_full
    in_own_mounts
    exit
fi

root=$work/root
mkdir "$root"
if [ -n "${MSHIM_ALPINE_ROOT-}" ]; then
    if [ -d "$MSHIM_ALPINE_ROOT" ]; then cp -a "$MSHIM_ALPINE_ROOT/." "$root/"; else tar -xf "$MSHIM_ALPINE_ROOT" -C "$root"; fi
    [ -x "$root/usr/bin/cmake" ] && [ -x "$root/usr/bin/gcc" ] || skip "no cmake and gcc in $MSHIM_ALPINE_ROOT"
    where=Alpine compiler=cc path=/usr/local/bin:/usr/bin:/bin
else
    busybox=$(command -v busybox) || skip "no busybox"
    musl=$(dirname "$(dirname "$(readlink -f "$top/build/toolchain/bin/musl-gcc")")")
    mkdir -p "$root/bin" "$root/usr/bin" "$root/usr/local" "$root/proc" "$root/dev" "$root/tmp" "$root/root" "$root$musl" \
        "$root/etc"
    cp "$busybox" "$root/bin/busybox"
    for name in $("$busybox" --list); do [ "$name" = busybox ] || ln -s busybox "$root/bin/$name"; done
    ln -s ../../bin/busybox "$root/usr/bin/env"
    rm -f "$root/bin/ar" "$root/bin/strings"
    for folder in /usr/lib /usr/share /usr/include; do
        mkdir -p "$root$folder"
        mount --bind -o ro "$folder" "$root$folder"
    done
    ln -s usr/lib "$root/lib"
    [ ! -e /lib64 ] || { mkdir -p "$root/usr/lib64"; mount --bind -o ro /usr/lib64 "$root/usr/lib64"; ln -s usr/lib64 "$root/lib64"; }
    mount --bind -o ro "$musl" "$root$musl"
    # (Not by folder: nothing else of this machine's is to be found.)
    for name in gcc as ld nm ar ranlib strip readelf objcopy make cmake ctest; do
        [ -x "/usr/bin/$name" ] || fail "no $name"
        : >"$root/usr/bin/$name"
        mount --bind -o ro "$(readlink -f "/usr/bin/$name")" "$root/usr/bin/$name"
    done
    where="busybox and musl" compiler=$musl/bin/musl-gcc path=/usr/local/bin:/usr/bin:/bin
fi
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
[ ! -e "$root/bin/bash" ] && [ ! -e "$root/usr/bin/bash" ] || fail "there is bash in the root"

cat >"$root/build.sh" <<END
set -e
cd /root
tar xzf /tmp/source.tar.gz
cd mshim-$version
cmake -B build
cmake --build build -j2
cmake --install build
END
cp "$release/mshim-$version.tar.gz" "$root/tmp/source.tar.gz"
started=$(date +%s)
status=0
unshare --net chroot "$root" /usr/bin/env -i PATH=$path HOME=/root CC=$compiler sh /build.sh >"$work/build.log" 2>&1 || status=$?
[ $status = 0 ] || { tail -n 30 "$work/build.log" >&2; fail "the build in a root of $where"; }
took=$(($(date +%s) - started))
# As it was installed.
[ -s "$root/usr/local/lib/libmshim.so" ] || fail "no library"
inside() { chroot "$root" /usr/bin/env -i PATH=$path "$@"; }
[ "$(inside mshim --version)" = "mshim $version" ] || fail "the command"
"$top/build/toolchain/bin/musl-gcc" -O1 -fno-builtin -o "$root/bin/program" "$here/program.c"
[ "$(inside mshim run -- /bin/program)" = served ] || fail "a program is not served"
[ -s "$root/usr/local/share/man/man1/mshim.1" ] || fail "no manual"
! find "$root/root/mshim-$version/build" -name '*alone*' | grep -q . || fail "the bench's extras are built"
echo "source: built and installed in a root of $where in $took s"
