# shellcheck shell=sh disable=SC2154
needs on-glibc static on-neither on-missing
t mshim run static
t mshim run mshim list
t mshim run on-neither
t mshim run on-missing
t mshim run env -i on-glibc
t mshim run env -u LD_PRELOAD on-glibc

cp "$work/programs/on-glibc" other-machine
printf '\003\000' | dd of=other-machine bs=1 seek=18 conv=notrunc 2>/dev/null
t mshim run ./other-machine
cp "$work/programs/on-glibc" other-order
printf '\002' | dd of=other-order bs=1 seek=5 conv=notrunc 2>/dev/null
t mshim run ./other-order
head -c 100 "$work/programs/on-glibc" | script cut-off
t mshim run ./cut-off
head -c 20 "$work/programs/on-glibc" | script cut-off-sooner
t mshim run ./cut-off-sooner
