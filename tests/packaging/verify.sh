#!/bin/sh
# SPDX-License-Identifier: MIT
# verify.sh BUILD: the check of the library that the build ends with passes what it should, and names what is wrong with others.
set -eu
build=$1
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "verify: $*" >&2
    exit 1
}

echo '{ global: malloc; free; local: *; };' >"$work/map"
printf '%s\n' 'MSHIM_FUNCTION(malloc, SIZED, "")' 'MSHIM_FUNCTION(free, UNSIZED, "")' >"$work/table"
cat >"$work/program.c" <<'END'
#include <stdlib.h>
int main(void) { free(malloc(1)); return getenv("WRONG") != NULL; }
END
gcc -o "$work/program" "$work/program.c"
source='#include <stddef.h>
void *malloc(size_t n) { return (void *)n; }
void free(void *p) { if (p == (void *)8) malloc(9); }'

# check LIBRARY [OPTION…]
check() {
    library=$1
    shift
    cmake -DLIBRARY="$library" -DPROGRAM="$work/program" -DMAP="$work/map" -DTABLES="$work/table" -DNM="$(command -v nm)" \
        -DREADELF="$(command -v readelf)" -DALLOWED="$top/shim/library/verify/libc_symbols.txt" -DCROSSED=0 "$@" \
        -P "$top/shim/library/verify/library.cmake" >"$work/log" 2>&1
}
# link SOURCE OPTION…
link() {
    rm -f "$work"/libmshim.so*
    echo "$1" >"$work/library.c"
    shift
    gcc -O1 -fno-builtin -fPIC -shared -o "$work/libmshim.so" "$work/library.c" -nodefaultlibs -Wl,--version-script="$work/map" "$@"
}
# refused WORDS: with this in the message, and out of the way.
refused() {
    check "$work/libmshim.so" && fail "not refused: $1"
    tr -s '\n ' ' ' <"$work/log" | grep -q "$1" || { cat "$work/log" >&2; fail "the reason is not: $1"; }
    [ -e "$work/libmshim.so.refused" ] && [ ! -e "$work/libmshim.so" ] || fail "it stays where a build would take it for good"
}

link "$source" -Wl,-Bsymbolic-functions
check "$work/libmshim.so" || { cat "$work/log" >&2; fail "a good one is refused"; }
link "$source"
refused 'calls its own functions through the loader.*: malloc'
link "$source
void added(void) {}" -Wl,-Bsymbolic-functions
check "$work/libmshim.so" || fail "a hidden function is refused"
link "$(echo "$source" | sed 's/^void free/__attribute__((visibility("hidden"))) &/')" -Wl,-Bsymbolic-functions
refused 'not exported: free'
link "$source" -Wl,-Bsymbolic-functions -Wl,--no-as-needed -lc
refused 'needs a library by name, libc.so.6'
link "$source
extern int __register_atfork(void);
int (*volatile uses)(void) = __register_atfork;" -Wl,-Bsymbolic-functions
refused 'not in both libcs.*__register_atfork'
link "$source
__attribute__((constructor)) static void start(void) { extern void _exit(int); _exit(9); }" -Wl,-Bsymbolic-functions
refused 'preloaded into ends with status 9'
echo '{ global: malloc; free; more; local: *; };' >"$work/map"
link "$source
void more(void) {}" -Wl,-Bsymbolic-functions
echo '{ global: malloc; free; local: *; };' >"$work/map"
refused 'exported, but not in .*: more'
echo 'MSHIM_FUNCTION(calloc, SIZED, "")' >>"$work/table"
link "$source" -Wl,-Bsymbolic-functions
refused 'has a row for calloc, which .* does not name'

# A tool that is missing is named.
status=0
cmake -S "$top" -B "$work/build" -DCMAKE_READELF= -DCMAKE_NM= >"$work/log" 2>&1 || status=$?
[ $status != 0 ] && grep -q 'not found: nm, readelf' "$work/log" || { tail -n 5 "$work/log"; fail "missing tools are not named"; }
# And the build does ask.
for libc in musl glibc; do
    grep -q 'verify/library.cmake' "$build/$libc/build.ninja" || fail "the build for $libc does not check its library"
done
echo "verify: one passed, eight refused"
