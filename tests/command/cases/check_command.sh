# shellcheck shell=sh disable=SC2154
needs on-glibc on-musl static
t mshim check -- on-glibc
t mshim check -- on-musl --help
t mshim check -- sh -c 'exit 3'
t mshim check -- static
t mshim check -- nonesuch
t mshim check -- "$(printf 'evil\033[2J\nname')"
t env MSHIM_ALLOCATOR=jemalloc mshim check -- on-musl
t env MSHIM_ALLOCATOR=system mshim check -- on-musl
t env MSHIM_STATS=yes mshim check -- on-musl
