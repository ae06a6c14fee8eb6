# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: MIT
# What the cases use. A recorded line begins with "$ " (what was run), "! " (stderr) or "= " (status); all else is stdout.

# Runs a command and prints what came of it.
t() {
    printf '$ %s\n' "$(printf '%s' "$*" | tr -c '[:print:]' '?')"
    "$@" >"$work/stdout" 2>"$work/stderr"
    status=$?
    cat "$work/stdout"
    sed 's/^/! /' "$work/stderr"
    echo "= $status"
}

skip() {
    echo "$*"
    exit 77
}

needs() { # PROGRAM...: of those that run.sh compiles
    for program; do
        [ -x "$work/programs/$program" ] || skip "no compiler for the program $program"
    done
}

script() { # NAME: an executable file from stdin
    cat >"$1" && chmod +x "$1"
}

# Starts `COMMAND...`, which prints its process id when it is up and then waits; checks it and ends it.
look() {
    echo "look: $*"
    mkfifo up
    "$@" >up 2>/dev/null &
    job=$!
    read -r pid <up
    mshim check "$pid" >"$work/stdout" 2>"$work/stderr"
    status=$?
    sed "s/ $pid / PID /" "$work/stdout" "$work/stderr"
    echo "= $status"
    kill $job
    wait $job 2>/dev/null
    rm up
}
