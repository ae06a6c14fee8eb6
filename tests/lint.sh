#!/bin/sh
# SPDX-License-Identifier: MIT
# lint.sh format | shell | tidy BUILD | clang: the form of the code.
set -eu
cd "$(dirname "$0")/.."
case ${1-} in
format)
    git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror
    ;;
shell)
    command -v shellcheck >/dev/null || { echo "shellcheck is not there"; exit 77; }
    git ls-files | while read -r file; do
        head -n 1 "$file" | grep -qE '^#!.*\b(ba)?sh$' && echo "$file"
    done | xargs shellcheck -S warning
    ;;
tidy)
    # What is compiled of an allocator is not ours to tidy. What only musl's flavour has is in no build of Clang's.
    tidy() { xargs -P "$(nproc)" -n 8 clang-tidy --quiet "$@" 2>/dev/null; }
    git ls-files 'shim/*.c' | grep -v -e '/mimalloc\.c$' -e '/memory/' -e 'aarch64' | while read -r file; do
        grep -q "$file\"" "$2/compile_commands.json" && echo "$file"
    done | tidy -p "$2"
    git ls-files 'shim/time/*.c' 'shim/printf/*.c' |
        xargs clang-tidy --quiet --extra-arg=-D_GNU_SOURCE --extra-arg=-Iinclude --extra-arg=-Ishim -p /nonexistent 2>/dev/null
    ;;
clang)
    # Clang finds other things to warn of than GCC; here they are errors.
    cmake --preset clang >/dev/null
    cmake --build --preset clang --target mshim mshim_command
    ;;
*)
    echo "usage: lint.sh format | shell | tidy BUILD | clang" >&2
    exit 2
    ;;
esac
