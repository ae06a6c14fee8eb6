# shellcheck shell=sh disable=SC2154
[ -c /dev/full ] || skip "there is no /dev/full"
full() {
    echo "\$ $* >/dev/full"
    "$@" >/dev/full
    echo "= $?"
}
full mshim --version
full mshim --help
full mshim list
full mshim options
full mshim run --help
full mshim check
echo '$ mshim list >&-'
(mshim list >&-)
echo "= $?"
