# shellcheck shell=sh disable=SC2154
needs on-glibc
t mshim run -a tcmalloc on-glibc
t mshim run -a '' on-glibc
t mshim run -a Mimalloc on-glibc
t mshim run -a "$(printf 'evil\033[2J\n\\\344')" on-glibc
long=$(head -c 100000 /dev/zero | tr '\0' x)
mshim run -a "$long" true 2>&1
MSHIM_STATS=$long mshim run true 2>&1
MSHIM_REPORT=$long mshim run true 2>&1
t mshim run -o '' on-glibc
t mshim run -o reports/ on-glibc
t mshim run -o /nonesuch/report on-glibc
t mshim run -o "$work/programs/on-glibc/report" on-glibc
mkdir folder
t mshim run -o folder on-glibc
t mshim run -o "%e/report-%p" on-glibc exit 0
t mshim run -o report on-glibc exit 0
t env MSHIM_ALLOCATOR=tcmalloc mshim run on-glibc
t env MSHIM_ALLOCATOR=tcmalloc mshim run -a system on-glibc
t env MSHIM_STATS=yes MSHIM_VERBOSE=1 mshim run on-glibc
t env MSHIM_REPORT=/nonesuch/report mshim run on-glibc
t env MSHIM_REPORT=reports/ mshim run on-glibc
t env "MSHIM_STATS=$(printf 'on\033')" mshim run on-glibc
t env MSHIM_STATS= MSHIM_REPORT= MSHIM_VERBOSE= mshim run on-glibc
t env MSHIM_ALLOCATOR=tcmalloc mshim check -- on-glibc
