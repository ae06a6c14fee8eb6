# shellcheck shell=sh disable=SC2154
needs on-glibc
[ "$(id -u)" = 0 ] || skip "only root can make a file of another user"
cp "$work/programs/on-glibc" set-user
chown 65534 set-user && chmod 4755 set-user
cp "$work/programs/on-glibc" set-group
chgrp 65534 set-group && chmod 2755 set-group
[ -u set-user ] || skip "no set-user-ID here"
case $(findmnt -n -o OPTIONS -T . 2>/dev/null) in *nosuid*) skip "mounted with nosuid" ;; esac
grep -q 'NoNewPrivs:.*1' /proc/self/status && skip "no_new_privs is set"
t mshim run ./set-user
t mshim run ./set-group
cp "$work/programs/on-glibc" own
chmod 4755 own # root's own: nothing is gained
t mshim run ./own
t mshim check -- ./set-user

command -v setpriv >/dev/null || skip "there is no setpriv"
library=$(mshim run on-glibc env LD_PRELOAD)
chmod 711 "$work" .
look env LD_PRELOAD="$library" setpriv --reuid=1 --regid=1 --clear-groups ./set-user wait
