# shellcheck shell=sh disable=SC2154
needs on-glibc
[ "$(id -u)" = 0 ] || skip "only root can be two users"
command -v setpriv >/dev/null || skip "there is no setpriv"
chmod 755 "$work" "$work/programs"
cp "$mshim" "$work/programs/mshim-of-all" && chmod 755 "$work/programs/mshim-of-all"
mkfifo up
on-glibc wait >up &
read -r _ <up
other_user() {
    setpriv --reuid=65534 --regid=65534 --clear-groups "$work/programs/mshim-of-all" "$@"
    echo "= $?"
}
other_user check $! | sed "s/ $! / PID /"
cp "$work/programs/on-glibc" unreadable
chmod 711 unreadable . && chmod 755 "$work"/*.d
other_user check -- "$PWD/unreadable"
kill $!
