# shellcheck shell=sh disable=SC2154
needs on-glibc on-musl
list() {
    (cd "$1" && find . -type f -o -type l | sort)
}
t mshim install --prefix "$PWD/usr"
list usr
t usr/bin/mshim --version
t usr/bin/mshim run on-glibc env LD_PRELOAD
t usr/bin/mshim run on-musl env LD_PRELOAD
t env LD_PRELOAD="$PWD/usr/lib/libmshim.so" usr/bin/mshim check -- on-glibc
t usr/bin/mshim install --prefix usr
t mshim install --prefix usr/
t usr/bin/mshim install --uninstall --prefix usr
list usr
t mshim install --uninstall --prefix usr

# For a Python on the other libc, and one that cannot be preloaded.
cp "$work/programs/on-musl" python
mshim install --prefix mu --relink ./python | grep -v "^ \|/python: " # what relink says of it
grep -c . mu/lib/mshim/installed
t mshim install --uninstall --prefix mu
t mshim install --prefix none --relink nonesuch
list .

# What is not mshim's stays.
mkdir -p other/lib other/bin
echo mine >other/lib/libmshim.so
t mshim install --prefix other
rm other/lib/libmshim.so
echo mine >other/bin/mshim
t mshim install --prefix other
rm other/bin/mshim
mshim install --prefix other >/dev/null
rm other/bin/mshim
echo mine >other/bin/mshim
echo "../../etc/passwd" >>other/lib/mshim/installed
t mshim install --uninstall --prefix other
list other

# An interrupted one is taken up.
mkdir -p half/lib/mshim
printf 'bin/mshim\nlib/libmshim.so\n' >half/lib/mshim/installed
echo half >half/lib/.libmshim.so.mshim-new
t mshim install --prefix half
list half
rm half/lib/libmshim.so
t mshim install --uninstall --prefix half
list half

t mshim install --prefix /dev/null/usr
t mshim install --prefix 'with space'
t mshim install --prefix ''
t mshim install --uninstall --relink python3
t mshim install everything
(
    ulimit -f 64
    t mshim install --prefix small
)
list small
