# shellcheck shell=sh disable=SC2154
needs on-glibc
t mshim run on-glibc exit 0
t mshim run on-glibc exit 3
t mshim run -- on-glibc exit 255
t mshim run on-glibc args -a --help '' 'a b'
t mshim run nonesuch
t mshim run ./nonesuch
t mshim run /nonesuch/nonesuch
t mshim run ''
t mshim run on-glibc/nonesuch
mkdir folder
echo text >not-executable
printf '\001\002\000\n' | script binary
: | script empty
t mshim run ./folder
t mshim run ./not-executable
t mshim run ./binary
t mshim run ./empty
t env PATH=/nonesuch "$mshim" run on-glibc
t env "PATH=$PWD/folder:$PWD/not-executable:$work/programs" "$mshim" run on-glibc exit 4
t env "PATH=$PWD" "$mshim" run not-executable

# It becomes the command: the same process, whose signals come through.
echo "killed:"
sh -c 'mshim run sh -c "kill -TERM \$\$"' 2>/dev/null
echo "= $?"
sh -c 'echo $$; exec mshim run on-glibc pid' >pids
[ "$(uniq pids | wc -l)" = 1 ] && echo "the same process id"
