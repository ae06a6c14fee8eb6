#!/bin/sh
# SPDX-License-Identifier: MIT
# Recorded runs of the command: each cases/NAME.sh is run and what it prints compared with cases/NAME.expected.
#
#   MSHIM=build/bin/mshim tests/command/run.sh [--record] [NAME...]
#
# --record writes the expectations anew. Programs to start are compiled with CC and MUSL_CC (musl-gcc). A case that
# cannot run exits 77 with its reason in the last line.
set -u

here=$(cd "$(dirname "$0")" && pwd)
record=
[ "${1-}" = --record ] && record=1 && shift
mshim=$(realpath "${MSHIM:?the path of the command}") || exit 2
[ -x "$mshim" ] || { echo "$mshim is not there" >&2; exit 2; }

work=$(mktemp -d) && work=$(realpath "$work") || exit 2
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
mkdir "$work/programs"

compile() { # NAME COMPILER FLAG...: into $work/programs; without the compiler the program is not there
    name=$1 compiler=$2
    shift 2
    $compiler -O1 -o "$work/programs/$name" "$here/probe.c" "$@" || exit 2
}
compile on-glibc "${CC:-cc}"
command -v "${MUSL_CC:-musl-gcc}" >/dev/null && {
    compile on-musl "${MUSL_CC:-musl-gcc}"
    compile static "${MUSL_CC:-musl-gcc}" -static
}
${CC:-cc} -shared -fPIC -o "$work/programs/other.so" -x c /dev/null
touch "$work/ld-nothing.so"
compile on-neither "${CC:-cc}" "-Wl,-dynamic-linker,$work/ld-nothing.so"
compile on-missing "${CC:-cc}" "-Wl,-dynamic-linker,$work/ld-missing.so"

# What differs from machine to machine.
normalise() {
    sed -e "s#$work/[a-z_0-9]*\.d#@HERE#g" -e "s#$work#@WORK#g" -e "s#$(dirname "$(dirname "$mshim")")#@BUILD#g" \
        -e 's/\b[0-9][0-9]*\.[0-9][0-9]*\.[0-9][0-9]*\b/@VERSION/g'
}

passed=0 failed=0 skipped=0
for case in "$here"/cases/*.sh; do
    name=$(basename "$case" .sh)
    case " $* " in "  " | *" $name "*) ;; *) continue ;; esac
    mkdir "$work/$name.d"
    (
        cd "$work/$name.d" || exit 1
        env -i PATH="$(dirname "$mshim"):$work/programs:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" LC_ALL=C \
            mshim="$mshim" work="$work" timeout 60 sh -c '. "$1"; . "$2"' sh "$here/functions.sh" "$case"
    ) >"$work/raw" 2>&1 </dev/null
    status=$?
    normalise <"$work/raw" >"$work/got"
    if [ $status = 77 ]; then
        echo "skipped: $name: $(tail -n 1 "$work/got")"
        skipped=$((skipped + 1))
    elif [ -n "$record" ]; then
        cp "$work/got" "$here/cases/$name.expected"
        passed=$((passed + 1))
    elif [ $status = 0 ] && diff -u "$here/cases/$name.expected" "$work/got" >"$work/diff"; then
        passed=$((passed + 1))
    else
        echo "failed: $name (status $status)"
        cat "$work/diff" 2>/dev/null
        failed=$((failed + 1))
    fi
    rm -f "$work/diff"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
