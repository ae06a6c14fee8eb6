# shellcheck shell=sh disable=SC2154
needs on-glibc on-musl
glibc=$(mshim run on-glibc env LD_PRELOAD) musl=$(mshim run on-musl env LD_PRELOAD)
look env LD_PRELOAD="$musl" on-glibc wait
look env LD_PRELOAD="$glibc" on-musl wait
