#!/bin/sh
# SPDX-License-Identifier: MIT
# lint.sh format | shell | tidy BUILD | clang: the form of the code.
set -eu
cd "$(dirname "$0")/../.."
# Each release finds other things, and breaks lines elsewhere: ours are those of Debian 12's.
needs_14() {
    "$1" --version | grep -q 'version 14\.' || { echo "$1 is not of LLVM 14"; exit 77; }
}

case ${1-} in
format)
    needs_14 clang-format
    git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror
    ;;
shell)
    command -v shellcheck >/dev/null || { echo "shellcheck is not there"; exit 77; }
    git ls-files | while read -r file; do
        head -n 1 "$file" | grep -qE '^#!.*\b(ba)?sh$' && echo "$file"
    done | xargs shellcheck -S warning
    ;;
tidy)
    needs_14 clang-tidy
    exec python3 -B tests/lint/tidy.py "$2"
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
