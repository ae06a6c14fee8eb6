#!/bin/sh
# SPDX-License-Identifier: MIT
# tarballs.sh: the binary tarballs, unpacked as their README says. musl's in an Alpine root, where MSHIM_ALPINE_ROOT
# names one (a folder or a tarball), and in a root of musl and busybox; glibc's in a folder of this machine.
test=tarballs
. "$(dirname "$0")/functions.sh"
folder() { echo "$release/mshim-$version-$1-$architecture.tar.gz"; }

if [ "${1-}" != inside ]; then
    mkdir "$work/local"
    tar -xzf "$(folder glibc)" -C "$work/local" --strip-components=1
    preload=LD_PRELOAD=$work/local/lib/libmshim.so
    env "$preload" "$work/local/bin/mshim" check | grep -q "^active" || fail "glibc: mshim check"
    env "$preload" python3 -c 'import ctypes; ctypes.CDLL(None).mshim_counters_read' || fail "glibc: python3"
    "$work/local/bin/mshim" run -a jemalloc -o - -- sh -c : 2>&1 | grep -q jemalloc || fail "glibc: mshim run"
    echo '#include <mshim.h>
int main(void) { return sizeof(struct mshim_counters) == 0; }' >"$work/uses.c"
    flags=$(PKG_CONFIG_PATH=$work/local/lib/pkgconfig pkg-config --define-variable=prefix="$work/local" --cflags mshim)
    # shellcheck disable=SC2086 # a list of flags
    gcc $flags -o "$work/uses" "$work/uses.c" || fail "glibc: the headers"
    man -l "$work/local/share/man/man1/mshim.1" >/dev/null 2>&1 || ! command -v man >/dev/null || fail "the manual"
    echo "tarballs: glibc's on this machine"
    in_own_mounts
    exit
fi

busybox=$(command -v busybox) || skip "no busybox"
root=$work/root
mkdir -p "$root/bin" "$root/lib" "$root/proc" "$root/tmp" "$root/usr/local" "$root/dev/shm"
cp "$busybox" "$root/bin/busybox"
for name in sh env tar gzip cat ls test ln; do ln -s busybox "$root/bin/$name"; done
musl=$(dirname "$(dirname "$(readlink -f "$top/build/toolchain/bin/musl-gcc")")")
loader=$(cd "$musl/lib" && ls ld-musl-*.so.1)
cp "$musl/lib/libc.so" "$root/lib/$loader"
# A program of the twin's compiler, with the loader at its usual place.
"$top/build/toolchain/bin/musl-gcc" -O1 -fno-builtin -Wl,-dynamic-linker,"/lib/$loader" -o "$root/bin/program" "$here/program.c"
mount -t proc proc "$root/proc" || skip "proc cannot be mounted here"
# The twin, where it was built.
if [ -x "$top/build/python-musl/bin/python3" ]; then
    twin=$(readlink -f "$top/build/python-musl")
    for folder in "$musl" "$twin"; do
        mkdir -p "$root$folder"
        mount --bind -o ro "$folder" "$root$folder"
    done
    python=$twin/bin/python3
fi

inside() { chroot "$root" /bin/env -i PATH=/usr/local/bin:/bin "$@"; }
in_root() {
    cp "$(folder musl)" "$root/tmp/mshim.tar.gz"
    inside tar xzf /tmp/mshim.tar.gz -C /usr/local --strip-components=1 || fail "$1: unpacking"
    preload=LD_PRELOAD=/usr/local/lib/libmshim.so
    [ "$(inside mshim --version)" = "mshim $version" ] || fail "$1: mshim --version"
    inside $preload mshim check -- "$2" | grep -q '^active.* musl, /usr/local/lib/libmshim.so' || fail "$1: mshim check"
    inside mshim run -o /report.json -- "$2" >/dev/null || fail "$1: mshim run"
    grep -q '"libc": "musl"' "$root/report.json" || fail "$1: no report"
}
started=$(date +%s)
in_root "musl and busybox" /bin/program
[ "$(inside /bin/program)" = "not served" ] || fail "served without the library"
for allocator in mimalloc jemalloc mallocng system; do
    [ "$(inside $preload MSHIM_ALLOCATOR=$allocator /bin/program)" = served ] || fail "not served under $allocator"
done
[ -z "${python-}" ] || inside $preload "$python" -c 'import ctypes, json; ctypes.CDLL(None).mshim_counters_read; json.dumps([1])' ||
    fail "the twin in the root"
echo "tarballs: a root of musl and busybox${python:+ and the twin}, $(($(date +%s) - started)) s"

[ -n "${MSHIM_ALPINE_ROOT-}" ] || exit 0
root=$work/alpine
mkdir "$root"
if [ -d "$MSHIM_ALPINE_ROOT" ]; then cp -a "$MSHIM_ALPINE_ROOT/." "$root/"; else tar -xf "$MSHIM_ALPINE_ROOT" -C "$root"; fi
mkdir -p "$root/usr/local"
ln -sf /usr/bin/env "$root/bin/env" 2>/dev/null || true
mount -t proc proc "$root/proc"
in_root Alpine /bin/busybox
[ "$(inside $preload busybox sh -c 'seq 1 1000 | sort -r | tail -n 1')" = 1 ] || fail "Alpine: busybox"
inside $preload /sbin/apk --version >/dev/null || fail "Alpine: apk"
echo "tarballs: Alpine $(cat "$root/etc/alpine-release")"
