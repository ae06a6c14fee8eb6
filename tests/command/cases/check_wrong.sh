# shellcheck shell=sh disable=SC2154
# What goes wrong on the way from an image's ENV line to the program.
needs on-glibc on-musl
glibc=$(mshim run on-glibc env LD_PRELOAD) musl=$(mshim run on-musl env LD_PRELOAD)
wrong() {
    t env LD_PRELOAD="$1" "$mshim" check -- on-musl
}
wrong /nonesuch/libmshim.so
wrong libmshim.so
echo nothing >libmshim.so
wrong "$PWD/libmshim.so"
wrong "$PWD/other.so"
wrong "$glibc"
wrong "/nonesuch/libmshim.so:$musl"
t env LD_PRELOAD="$musl" "$mshim" check -- env -i on-musl
t env LD_PRELOAD="$musl" "$mshim" check -- env -u LD_PRELOAD on-musl
t "$mshim" check -- env LD_PRELOAD="$musl" on-musl
t "$mshim" check -- env LD_PRELOAD=/nonesuch/libmshim.so on-musl
t "$mshim" run env LD_PRELOAD="$PWD/other.so" on-musl

export LD_PRELOAD="$glibc"
script entry <<'X'
#!/bin/sh
# sudo is not used here
set -e
if [ -n "$1" ]; then
    exec env -i PATH="$PATH" on-musl "$@"
fi
X
t "$mshim" check -- ./entry
t "$mshim" check -- sh ./entry
t "$mshim" check -- sh -c 'exec env -u LD_PRELOAD on-musl'
script no-line <<'X'
unset LANG LD_PRELOAD
exec on-glibc
X
t "$mshim" check -- ./no-line
script su <<'X'
#!/bin/sh
exec /bin/su - app -c on-glibc
X
t "$mshim" check -- ./su
script good <<'X'
#!/bin/sh
env -i LD_PRELOAD=/usr/local/lib/libmshim.so on-glibc
exec env -u LANG on-glibc
X
t "$mshim" check -- ./good

t env MSHIM_ALOCATOR=jemalloc mshim_stats=off MSHIM_KIND=3 MSHIM_FIRST=1 "$mshim" check -- on-glibc
t env MSHIM_ALOCATOR=jemalloc "$mshim" check --strict -- on-glibc
t env PYTHONMALLOC=malloc "$mshim" check --strict -- on-glibc
t env PYTHONMALLOC=malloc "$mshim" check -- on-glibc
t env MSHIM_STATS=off MSHIM_PYTHON=off "$mshim" check --strict
t "$mshim" check --strict -- on-glibc
t "$mshim" check -q -- on-glibc
t "$mshim" check -q -- on-musl
t "$mshim" check -q 4194305
