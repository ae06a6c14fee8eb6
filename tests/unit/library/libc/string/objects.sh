#!/bin/sh
# SPDX-License-Identifier: MIT
# memory_objects.sh OBJECT…: what the compiler made of shim/memory, built as for the unit tests (entries under other names).
#
# - No loop became a call of a memory function: the objects need nothing but each other and dlsym.
# - The objects that run on any CPU have only baseline instructions.
# - The exported functions of the best variant's object ask whether it is in force before anything of its instruction set.
set -u
status=0
fail() {
    echo "$1" >&2
    status=1
}

newer='\<v[a-z0-9]+ |%[yz]mm|%k[0-7]|\<(andn|bextr|bls[a-z]+|bzhi|pdep|pext|rorx|sarx|shlx|shrx|mulx|lzcnt) '

for object; do
    needed=$(nm --undefined-only --format=posix "$object" | awk '{ print $1 }' |
        grep -Ev '^(mshim_.*|dlsym|_GLOBAL_OFFSET_TABLE_)$')
    [ -z "$needed" ] || fail "$object calls $(echo $needed)"
    case $object in
    *avx2.c.o | *avx2.o) ;;
    *avx512.c.o | *avx512.o)
        for function in $(nm --defined-only --extern-only --format=posix "$object" | awk '$2 == "T" { print $1 }'); do
            objdump -d --no-show-raw-insn --disassemble="$function" "$object" | sed -n '/>:$/,/\tj[a-z]* /p' |
                grep -Eq "$newer" && fail "$object: $function does not ask first"
        done
        ;;
    *)
        objdump -d --no-show-raw-insn "$object" | grep -Em 3 "$newer" >&2 && fail "$object: not baseline"
        ;;
    esac
done
exit $status
