#!/bin/sh
# SPDX-License-Identifier: MIT
# alpine.sh BUILD: the library and the command in a real Alpine root, which MSHIM_ALPINE_ROOT names (a folder or a tarball).
# libmshim.so must need nothing there but libc.
set -eu
build=$1
source=${MSHIM_ALPINE_ROOT-}
[ -n "$source" ] || { echo "MSHIM_ALPINE_ROOT names no Alpine root (a folder or a minirootfs tarball)"; exit 77; }
[ "$(id -u)" = 0 ] || { echo "chroot needs root"; exit 77; }
root=$(mktemp -d)
trap 'umount "$root/proc" 2>/dev/null; rm -rf --one-file-system "$root"' EXIT
if [ -d "$source" ]; then cp -a "$source/." "$root/"; else tar -xf "$source" -C "$root"; fi
mkdir -p "$root/usr/local/bin" "$root/usr/local/lib"
cp "$build/bin/mshim" "$root/usr/local/bin/"
cp "$build/musl/lib/libmshim.so" "$root/usr/local/lib/"

# As a container has it; without, the command does not know where it lies.
mount -t proc proc "$root/proc" || { echo "proc cannot be mounted here"; exit 77; }

inside() {
    chroot "$root" /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin:/sbin "$@"
}
preload=LD_PRELOAD=/usr/local/lib/libmshim.so
fail() {
    echo "alpine: $1" >&2
    exit 1
}

for allocator in mimalloc jemalloc mallocng system; do
    set -- inside $preload MSHIM_ALLOCATOR=$allocator
    [ "$("$@" busybox sh -c 'seq 1 1000 | sort -r | tail -n 1')" = 1 ] || fail "busybox under $allocator"
    "$@" apk --version >/dev/null || fail "apk under $allocator"
    [ "$("$@" apk info 2>/dev/null | wc -l)" -gt 5 ] || fail "apk info under $allocator"
done
inside $preload MSHIM_REPORT=/report.json busybox true
grep -q '"libc": "musl"' "$root/report.json" || fail "no report"
inside mshim run -a jemalloc -- busybox true || fail "mshim run"
inside $preload mshim check -- busybox | grep -q '^active' || fail "mshim check -- busybox"
inside $preload mshim check | grep -q '^active' || fail "mshim check"
echo "alpine $(cat "$root/etc/alpine-release"): busybox, apk, mshim"
