# shellcheck shell=sh disable=SC2154
needs on-glibc on-musl
glibc=$(mshim run on-glibc env LD_PRELOAD) musl=$(mshim run on-musl env LD_PRELOAD)
t mshim check
t env LD_PRELOAD= mshim check
t env LD_PRELOAD=/nonesuch/other.so "$mshim" check
inside() {
    t env LD_PRELOAD="$1" "$mshim" check
}
inside "$musl"
inside "$glibc"
inside "$PWD/other.so $musl"
inside /nonesuch/libmshim.so
inside libmshim.so
echo nothing >libmshim.so
inside "$PWD/libmshim.so"
inside "$PWD/other.so"
t env LD_PRELOAD="$musl" MSHIM_ALLOCATOR=jemalloc "$mshim" check
t env LD_PRELOAD="$musl" MSHIM_ALLOCATOR=system "$mshim" check
t env LD_PRELOAD="$musl" MSHIM_ALLOCATOR=tcmalloc "$mshim" check
t env LD_PRELOAD="$musl" MSHIM_REPORT=/nonesuch/report "$mshim" check
