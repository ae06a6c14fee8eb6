#!/bin/sh
# SPDX-License-Identifier: MIT
# Two releases of one commit, made in two clones in different places and with nothing cached, are the same bytes.
test=reproducible
. "$(dirname "$0")/functions.sh"
needs_full
unset CMAKE_C_COMPILER_LAUNCHER
for place in one another/and/longer; do
    git clone -q --no-hardlinks "$top" "$work/$place" 2>/dev/null || fail "git clone"
    mkdir "$work/$place/build"
    cp -a "$top/build/toolchain" "$top/build/sources" "$work/$place/build/"
    # The time of day and the order of files in folders differ, too.
    (umask 077 && cd / && XDG_CACHE_HOME=$work/cache-$place "$work/$place/packaging/release" --output "$work/$place.out") >"$work/log" 2>&1 ||
        { tail -n 20 "$work/log" >&2; fail "packaging/release in $place"; }
done
diff "$work/one.out/SHA256SUMS" "$work/another/and/longer.out/SHA256SUMS" || fail "two releases of one commit differ"
echo "reproducible: $(wc -l <"$work/one.out/SHA256SUMS") artefacts are the same bytes from two places"
