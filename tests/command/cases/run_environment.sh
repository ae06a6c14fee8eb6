# shellcheck shell=sh disable=SC2154
needs on-glibc on-musl
t mshim run on-glibc env LD_PRELOAD
t mshim run on-glibc env MSHIM_ALLOCATOR
t mshim run -a system on-glibc env MSHIM_ALLOCATOR
t mshim run on-glibc env MSHIM_REPORT
mshim run -o - on-glibc env MSHIM_REPORT 2>/dev/null
t env MSHIM_REPORT=a mshim run -o b-%p.json on-glibc env MSHIM_REPORT

# What was there stays, behind ours; ours is not there twice, whichever it is.
glibc=$(mshim run on-glibc env LD_PRELOAD) musl=$(mshim run on-musl env LD_PRELOAD)
other=$work/programs/other.so
t env "LD_PRELOAD=" mshim run on-glibc env LD_PRELOAD
t env "LD_PRELOAD=$other" mshim run on-glibc env LD_PRELOAD
t env "LD_PRELOAD=$other $other" mshim run on-glibc env LD_PRELOAD
t env "LD_PRELOAD=::$other: $glibc:$other" mshim run on-glibc env LD_PRELOAD
t env "LD_PRELOAD=$musl:$other" mshim run on-glibc env LD_PRELOAD
t env "LD_PRELOAD=$glibc" mshim run on-musl env LD_PRELOAD
t env "LD_PRELOAD=/gone/libmshim.so" mshim run on-glibc env LD_PRELOAD
cp "$glibc" renamed.so
t env "LD_PRELOAD=$PWD/renamed.so" mshim run on-glibc env LD_PRELOAD
