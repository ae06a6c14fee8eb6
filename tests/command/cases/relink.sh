# shellcheck shell=sh disable=SC2154
# What is told of files, and with which status; tests/relink looks at what becomes of them.
needs on-glibc
cat >own.c <<'END'
int answer(void) { return 42; }
int weak(void) __attribute__((weak));
int weak(void) { return 1; }
int ask(void) { return answer() + weak(); }
END
cc -O1 -fPIC -shared -nostdlib -Wl,--build-id=none -o libown.so own.c
cp libown.so original.so

t mshim relink --check libown.so
t mshim relink libown.so
t mshim relink libown.so
t mshim relink --check ./libown.so
ln -s libown.so link.so
t mshim relink --check link.so
t mshim relink -o copy.so libown.so
cmp libown.so copy.so
t mshim relink --undo -o undone.so copy.so
cmp undone.so original.so
t mshim relink --undo libown.so
cmp libown.so original.so
t mshim relink --undo libown.so

echo "nothing in it:"
cc -O1 -fPIC -shared -nostdlib -Wl,-Bsymbolic -Wl,--build-id=none -o bound.so own.c
t mshim relink bound.so
t mshim relink --check bound.so
t mshim relink --undo bound.so

echo "left alone:"
echo "not a library" >text.so
head -c 100 original.so >short.so
: >empty.so
mkdir folder.so
ln original.so second.so
ln -s nowhere.so broken.so
cp original.so changed.so
mshim relink changed.so >/dev/null
printf x | dd of=changed.so bs=1 seek=8 conv=notrunc 2>/dev/null
t mshim relink text.so short.so empty.so ./folder.so second.so broken.so
t mshim relink --check changed.so
t mshim relink --undo changed.so
t mshim relink no-such-command
t mshim relink -o folder.so libown.so
t mshim relink -o nowhere/out.so libown.so
t mshim relink --check "$work/programs/on-glibc"
echo "no Python:"
script shell-script <<'END'
#!/bin/sh
END
t mshim relink on-glibc
t mshim relink ./shell-script
rm shell-script
ls -A
