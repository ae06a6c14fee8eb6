# shellcheck shell=sh disable=SC2154
needs on-glibc
unshare --fork --pid true 2>/dev/null || skip "unshare --pid is not permitted"
t unshare --fork --pid mshim run on-glibc pid
t unshare --fork --pid mshim run on-glibc exit 7
