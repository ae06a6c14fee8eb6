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

quietly() { # FLAGS: of a process with counters off
    echo "check $*: counters off"
    MSHIM_STATS=off mshim run on-musl wait >pid &
    while [ ! -s pid ]; do sleep 0.05; done
    mshim check "$@" "$(cat pid)" | sed "s/ $! / PID /"
    mshim check "$@" "$(cat pid)" >/dev/null
    echo "= $?"
    kill $!
    rm pid
}
quietly --strict
quietly -q
