# shellcheck shell=sh disable=SC2154
needs on-glibc on-musl static
musl=$(mshim run on-musl env LD_PRELOAD)
look mshim run on-glibc wait
look mshim run on-musl wait
look mshim run -a system on-musl wait
look env MSHIM_STATS=off mshim run on-musl wait
look on-glibc wait
look static wait
look env LD_PRELOAD="$musl" static wait
look env LD_PRELOAD=/nonesuch/other.so on-musl wait
look env LD_PRELOAD=/nonesuch/libmshim.so on-musl wait
look mshim run sh -c 'exec on-glibc wait'
look on-glibc zombie
t mshim check 4194305
