#!/bin/sh
# SPDX-License-Identifier: MIT
# Every compiler that is here gives the library that was meant, or the build fails and says why: from the source tarball, each
# for the libcs that it can build for. zig's, which brings a libc of its own, is taken out of the wheel `ziglang` (ZIG, a path).
test=toolchains
. "$(dirname "$0")/functions.sh"
needs_full
unset CMAKE_C_COMPILER_LAUNCHER
tar -xzf "$release/mshim-$version.tar.gz" -C "$work"
musl=$(dirname "$(dirname "$(readlink -f "$top/build/toolchain/bin/musl-gcc")")")
mkdir "$work/bin"

# A wrapper as musl's own for gcc is: NAME COMPILER.
musl_wrapper() {
    cat >"$work/bin/$1" <<END
#!/bin/sh
linking=yes
for argument; do case \$argument in -c | -E | -S | -M) linking= ;; esac; done
if [ -z "\$linking" ]; then exec $2 -nostdinc -isystem $musl/include -isystem "\$($2 -print-resource-dir)/include" "\$@"; fi
shared= start="$musl/lib/Scrt1.o"
for argument; do case \$argument in -shared) shared=yes ;; -static) start=$musl/lib/crt1.o ;; esac; done
[ -z "\$shared" ] || exec $2 -nostdinc -isystem $musl/include -L$musl/lib "\$@"
exec $2 -nostdinc -isystem $musl/include -nostartfiles -nostdlib -L$musl/lib -Wl,-dynamic-linker,$musl/lib/libc.so \
    "\$start" "$musl/lib/crti.o" "\$@" -lc "\$(gcc -print-libgcc-file-name)" "$musl/lib/crtn.o"
END
    chmod +x "$work/bin/$1"
}

# build NAME COMPILER LIBC: 0 where it gives a library, and a program is served by it.
build() {
    if cmake -S "$work/mshim-$version" -B "$work/build-$1" -DCMAKE_C_COMPILER="$2" >"$work/$1.log" 2>&1 &&
        cmake --build "$work/build-$1" --target mshim -j2 >>"$work/$1.log" 2>&1; then
        readelf -p .note.mshim "$work/build-$1/lib/libmshim.so" | grep -q "libc=$3" || fail "$1: the library is not $3's"
        "$top/build/bin/mshim" check --help >/dev/null
        echo "toolchains: $1: the library that was meant"
    else
        return 1
    fi
}
good() { build "$@" || { tail -n 20 "$work/$1.log" >&2; fail "$1"; }; }
good_or_refused() {
    build "$@" && return
    grep -A6 'does not give the library that was meant' "$work/$1.log" || { tail -n 20 "$work/$1.log" >&2; fail "$1: fails without saying why"; }
    echo "toolchains: $1: refused, as it should be"
}

for compiler in $(cd /usr/bin && ls gcc-[1-9]* clang-[1-9]* 2>/dev/null | grep -Ex '(gcc|clang)-[0-9]+'); do
    good "$compiler" "/usr/bin/$compiler" glibc
    case $compiler in
    clang*)
        musl_wrapper "musl-$compiler" "/usr/bin/$compiler"
        good "musl-$compiler" "$work/bin/musl-$compiler" musl
        ;;
    esac
done

zig=${ZIG-}
if [ -z "$zig" ] && python3 -m pip download -q --disable-pip-version-check --no-deps -d "$work/zig" ziglang >/dev/null 2>&1; then
    python3 -m zipfile -e "$work"/zig/*.whl "$work/zig"
    zig=$work/zig/ziglang/zig
    chmod +x "$zig"
fi
if [ -n "$zig" ]; then
    for target in musl gnu.2.34; do
        printf '#!/bin/sh\nexec %s cc -target %s-linux-%s "$@"\n' "$zig" "$architecture" "$target" >"$work/bin/zig-${target%%.*}"
        chmod +x "$work/bin/zig-${target%%.*}"
    done
    export ZIG_GLOBAL_CACHE_DIR="$work/zig-cache"
    good_or_refused zig-musl "$work/bin/zig-musl" musl
    good_or_refused zig-gnu "$work/bin/zig-gnu" glibc
else
    echo "toolchains: zig cannot be had"
fi
