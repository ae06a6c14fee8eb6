#!/bin/sh
# SPDX-License-Identifier: MIT
# The wheels: into a virtual environment of this machine's Python, and beside both twins; used from there, and taken away.
test=wheels
. "$(dirname "$0")/functions.sh"

# used PREFIX PYTHON LIBC: as a user would.
used() {
    prefix=$1 used=$2
    [ "$("$prefix/bin/mshim" --version)" = "mshim $version" ] || fail "$libc: the command"
    LD_PRELOAD=$prefix/lib/libmshim.so "$prefix/bin/mshim" check -- "$used" >"$work/check" || fail "mshim check: $(cat "$work/check")"
    grep -q "^active.* $libc, $prefix/lib/libmshim.so" "$work/check" || fail "$libc: mshim check says $(cat "$work/check")"
    "$prefix/bin/mshim" run -o "$work/report.json" -- "$used" -c 'print(sum(map(len, map(str, range(1000)))))' >"$work/out"
    [ "$(cat "$work/out")" = 2890 ] || fail "$libc: mshim run"
    grep -q "\"libc\": \"$libc\"" "$work/report.json" || fail "$libc: the report"
    LD_PRELOAD=$prefix/lib/libmshim.so "$used" -c 'import ctypes; ctypes.CDLL(None).mshim_counters_read' || fail "$libc: preloaded"
    [ -s "$prefix/share/man/man1/mshim.1" ] || fail "$libc: the manual"
}

tried=
# (Debian's own has ensurepip with the package python3-venv.)
for python in "$(command -v python3)" /usr/bin/python3 "$top/build/python-musl/bin/python3" "$top/build/python-glibc/bin/python3"; do
    "$python" -c 'import ensurepip' 2>/dev/null || continue
    libc=glibc
    case $python in *python-musl*) libc=musl ;; esac
    name=$(echo "$python" | tr / _)
    case $tried in *" $python"*) continue ;; esac
    # A virtual environment: pip chooses the wheel by what this Python says of itself.
    venv=$work/venv-$name
    logged "no virtual environment of $python" "$python" -m venv "$venv"
    pip="$venv/bin/python3 -m pip --disable-pip-version-check --isolated"
    # shellcheck disable=SC2086 # words
    logged "pip install" $pip install --no-index --find-links "$release" mshim
    used "$venv" "$venv/bin/python3" "$libc"
    [ "$("$venv/bin/python3" -m mshim --version)" = "mshim $version" ] || fail "python -m mshim"
    status=0
    "$venv/bin/python3" -m mshim run -- "$python" -c 'raise SystemExit(5)' || status=$?
    [ $status = 5 ] || fail "the status of python -m mshim"
    [ "$("$venv/bin/python3" -c 'import mshim; print(mshim.library(), mshim.__version__)')" = "$venv/lib/libmshim.so $version" ] ||
        fail "mshim.library()"
    # Beside the environment, as `pip install` without one has it.
    # shellcheck disable=SC2086
    logged "pip install --prefix" $pip install --no-index --find-links "$release" --ignore-installed --prefix "$work/prefix-$name" mshim
    used "$work/prefix-$name" "$python" "$libc"
    # shellcheck disable=SC2086
    logged "pip uninstall" $pip uninstall -y mshim
    left=$(find "$venv" -name '*mshim*' ! -path '*/__pycache__*')
    [ -z "$left" ] || fail "left by uninstall: $left"
    tried="$tried $python"
done
[ -n "$tried" ] || skip "no Python has ensurepip"
echo "wheels: installed and used in$tried"
