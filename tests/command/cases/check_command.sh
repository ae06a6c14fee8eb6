# shellcheck shell=sh disable=SC2154
needs on-glibc on-musl static
glibc=$(mshim run on-glibc env LD_PRELOAD) musl=$(mshim run on-musl env LD_PRELOAD)
# As it is, without LD_PRELOAD.
t mshim check -- on-glibc
t mshim check -- on-musl --help
t mshim check -- static
t mshim check -- nonesuch
t mshim check -- "$(printf 'evil\033[2J\nname \302\2331A')"
# With it.
export LD_PRELOAD=$glibc
t mshim check -- on-glibc
t mshim check -- sh -c 'exit 3'
t mshim check -- on-musl
t mshim check -- static
export LD_PRELOAD=$musl
t mshim check -- on-musl --help
t mshim check -- on-glibc
t env MSHIM_ALLOCATOR=jemalloc "$mshim" check -- on-musl
t env MSHIM_ALLOCATOR=system "$mshim" check -- on-musl
t env MSHIM_STATS=yes "$mshim" check -- on-musl
export LD_PRELOAD="$glibc:$musl"
t mshim check -- on-musl
t mshim check -- on-glibc
