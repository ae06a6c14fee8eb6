# shellcheck shell=sh disable=SC2154
needs on-glibc on-musl
glibc=$(mshim run on-glibc env LD_PRELOAD) musl=$(mshim run on-musl env LD_PRELOAD)
place() { # FOLDER: with a command in it
    mkdir -p "$1/bin" && cp "$mshim" "$1/bin/mshim"
}

place installed
mkdir -p installed/lib/mshim/musl installed/lib/mshim/glibc
cp "$musl" installed/lib/mshim/musl/
cp "$glibc" installed/lib/mshim/glibc/
t installed/bin/mshim run on-musl env LD_PRELOAD
t installed/bin/mshim run on-glibc env LD_PRELOAD
ln -s installed/bin/mshim linked
t ./linked run on-musl env LD_PRELOAD

place unpacked
mkdir unpacked/lib
cp "$musl" unpacked/lib/
t unpacked/bin/mshim run on-musl env LD_PRELOAD
t unpacked/bin/mshim run on-glibc env LD_PRELOAD

place mixed-up # what lies where glibc's should is musl's
mkdir -p mixed-up/lib/mshim/glibc
cp "$musl" mixed-up/lib/mshim/glibc/
t mixed-up/bin/mshim run on-glibc

place no-library
mkdir no-library/lib
echo "not a library" >no-library/lib/libmshim.so
t no-library/bin/mshim run on-musl

for folder in 'with space' 'with:colon' 'with$dollar'; do
    place "$folder"
    mkdir "$folder/lib"
    cp "$musl" "$folder/lib/"
    t "$folder/bin/mshim" run on-musl
done
