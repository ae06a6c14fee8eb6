# shellcheck shell=sh disable=SC2154
needs on-glibc on-musl
t mshim run on-glibc
t mshim run on-musl
t mshim run -a system on-glibc
t mshim run -a jemalloc on-musl
t env MSHIM_ALLOCATOR=mallocng mshim run on-musl
t env MSHIM_ALLOCATOR=mallocng mshim run -a jemalloc on-musl
t env MSHIM_ALLOCATOR= mshim run on-musl
