# shellcheck shell=sh disable=SC2154
t mshim list
t mshim options
t env MSHIM_ALLOCATOR=jemalloc MSHIM_STATS=yes MSHIM_DIR=/tmp MSHIM_THREADSTACK=1M mshim options
