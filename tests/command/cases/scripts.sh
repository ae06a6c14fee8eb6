# shellcheck shell=sh disable=SC2154
needs on-glibc on-musl static
# The libc that is found decides which of the two libraries would be active.
LD_PRELOAD=$(mshim run on-glibc env LD_PRELOAD):$(mshim run on-musl env LD_PRELOAD)
export LD_PRELOAD
programs=$work/programs
script direct <<END
#!$programs/on-musl args
END
script spaced <<END
#!    $programs/on-musl	  args  one
END
script by-env <<END
#!/usr/bin/env on-musl
END
script by-env-split <<END
#!/usr/bin/env -S PATH=$programs VARIABLE=x on-musl args 'a b' c
END
script by-env-cleared <<END
#!/usr/bin/env -S -i on-musl
END
script nested <<END
#!$PWD/direct
END
script loop <<END
#!$PWD/loop
END
script no-interpreter <<END
#!   
END
script missing-interpreter <<END
#!/nonesuch/python3
END
script missing-env <<END
#!/usr/bin/env nonesuch
END
script static-interpreter <<END
#!$programs/static
END
script no-line <<END
echo "run by a shell: \$1"
END
mkdir 'a folder' && cp "$programs/on-musl" 'a folder/python3'
script pip-entry <<END
#!/bin/sh
'''exec' "$PWD/a folder/python3" "\$0" "\$@"
' '''
END
script long-entry <<END
#!/bin/sh
'''exec' $programs/on-musl "\$0" "\$@"
' '''
END
mkdir venv && ln -s "$programs/on-musl" venv/python && cp long-entry venv/
script venv/uv-entry <<END
#!/bin/sh
'''exec' "\$(dirname -- "\$(realpath -- "\$0")")"/'python' "\$0" "\$@"
' '''
END
script cut-off <<END
#!/$(head -c 300 /dev/zero | tr '\0' x)
END
for name in direct spaced by-env by-env-split by-env-cleared nested loop no-interpreter missing-interpreter missing-env \
    static-interpreter no-line pip-entry long-entry venv/uv-entry cut-off; do
    t mshim check -- ./$name
done
t mshim run ./direct one two
t mshim run ./spaced two
t mshim run ./nested one
t mshim run ./no-line one
t mshim run ./long-entry env LD_PRELOAD
t mshim run ./venv/uv-entry env LD_PRELOAD
t mshim run ./by-env-split d
t mshim run ./loop
t mshim run ./missing-interpreter
t mshim run ./missing-env

# As deep as the kernel goes, and one deeper.
cp direct deep0
for depth in 1 2 3 4 5; do
    printf '#!%s/deep%s\n' "$PWD" $((depth - 1)) | script deep$depth
done
for depth in 3 4 5; do
    ./deep$depth >/dev/null 2>&1 && echo "$depth: the kernel runs it"
    mshim run ./deep$depth >/dev/null 2>&1 && echo "$depth: mshim runs it"
done

# Command lines that start others.
t mshim check -- env A=1 B=2 on-musl
t mshim check -- env -- on-musl
t mshim check -- env -u A -v on-musl
t mshim check -- env PATH=/nonesuch on-musl
t mshim check -- env
t mshim check -- env --nonsense on-musl
t mshim check -- env env env on-musl
loader=$(readelf -l "$programs/on-musl" 2>/dev/null | sed -n 's/.*interpreter: \(.*\)\]/\1/p')
[ -n "$loader" ] || loader=/lib/ld-musl-x86_64.so.1
t mshim check -- "$loader" --library-path /nonesuch "$programs/on-glibc" | sed "s#$loader#LOADER#"
t mshim check -- "$loader" "$programs/nonesuch" | sed "s#$loader#LOADER#"
