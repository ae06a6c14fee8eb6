# shellcheck shell=sh disable=SC2154
t mshim
t mshim --help
t mshim --version
t mshim ''
for command in run check stat top purge gc relink install doctor list options help compare; do
    t mshim $command --help
    t mshim $command --version
    t mshim $command --nonsense
    t mshim $command -x
done
t mshim run
t mshim run --
t mshim run -a
t mshim run -o
t mshim check --
t mshim check 1 2
t mshim check python3
t mshim check 0
t mshim check -1
t mshim check +1
t mshim check 99999999999999999999
t mshim list everything
t mshim options everything
t mshim relink
t mshim relink -o
t mshim relink -o out one two
t mshim relink --check --undo file
t mshim relink --check -o out file
t mshim relink --undo --keep-tls file
t mshim relink --check=yes file
t mshim stat
t mshim stat 1 2
t mshim stat 1 --all
t mshim stat 1 -f yaml
t mshim stat -i 0 1
t mshim stat -i soon 1
t mshim stat -v
t mshim top --every
t mshim stat -i
t mshim stat 4194305
t mshim stat ./nothing
t mshim top 1
t mshim purge
t mshim purge python3
t mshim purge 4194305
t mshim gc now
t mshim doctor one two
t mshim help
t mshim help stat
t mshim help files
t mshim help nonesuch
t mshim help ''
t mshim help stat top
