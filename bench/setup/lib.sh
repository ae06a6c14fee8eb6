# shellcheck shell=bash
# What the set-up scripts share: where things are, progress, logs, and the cache. Source it, do not run it.
if declare -F cached >/dev/null; then return 0; fi
set -euo pipefail

# What the caller's shell may hold must not leak into builds that are cached for every later run.
unset CC CXX CFLAGS CXXFLAGS CPPFLAGS LDFLAGS MAKEFLAGS LD_PRELOAD LD_LIBRARY_PATH PYTHONHOME PYTHONPATH PYTHONMALLOC DESTDIR
export LC_ALL=C

setup_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$setup_dir/../.." && pwd)
build=$top/build
logs=$build/logs
cache=${XDG_CACHE_HOME:-$HOME/.cache}/mshim
export setup_started=${setup_started:-$(date +%s)}
mkdir -p "$build" "$logs" "$cache"
case $cache in *[[:space:]]*) echo "setup: the cache's path must be without spaces: $cache" >&2; exit 1 ;; esac

# shellcheck source=versions.sh
. "$setup_dir/versions.sh"

say() { printf '[%4d s] %s\n' $(($(date +%s) - setup_started)) "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# logged NAME COMMAND…: its output goes to a log; on failure the log's end and its path are shown, and the status passed on.
# (The command runs in a shell of its own, since bash ignores -e in whatever stands before ||.)
logged() {
  local log=$logs/$1.log status=0
  shift
  set +e
  (set -e; time "$@") >"$log" 2>&1 </dev/null
  status=$?
  set -e
  [ "$status" -eq 0 ] && return 0
  { echo "setup: failed with status $status: the last lines of $log"; tail -n 20 "$log"; echo "setup: the full log is $log"; } >&2
  return "$status"
}

# key_of WORD…: a short name for all that decides what a build gives; files, named by absolute paths, count by their contents.
key_of() {
  local word
  for word; do
    if [[ $word == /* && -f $word ]]; then cat -- "$word"; else printf '%s\n' "$word"; fi
  done | sha256sum | cut -c1-12
}

compiler_version() { gcc -v 2>&1 | sed -n '$s/ *$//p'; }

# cached NAME KEY LABEL FUNCTION…: sets `prefix`; unless it is there, runs FUNCTION PREFIX STAGE in an empty folder that is
# removed afterwards. FUNCTION configures for PREFIX and installs with DESTDIR=STAGE; the result is renamed in one step at
# the end, so that a build cut short leaves nothing that looks finished. The lock keeps a second set-up waiting meanwhile.
cached() {
  local name=$1 key=$2 label=$3 work started
  shift 3
  prefix=$cache/$name-$key
  [ ! -d "$prefix" ] || return 0
  exec 9>"$cache/.$name.lock"
  if ! flock -n 9; then
    say "$label: another set-up builds it, waiting"
    flock 9
  fi
  if [ ! -d "$prefix" ]; then
    started=$(date +%s)
    say "$label: started"
    work=$cache/.building-$name
    rm -rf -- "$work"
    mkdir -p "$work/work" "$work/stage"
    (cd "$work/work" && logged "$name" "$@" "$prefix" "$work/stage")
    mv -- "$work/stage$prefix" "$prefix"
    rm -rf -- "$work"
    say "$label: done in $(($(date +%s) - started)) s"
  fi
  exec 9>&-
}

# link TARGET NAME: build/NAME points to TARGET.
link() {
  [ "$(readlink -- "$build/$2" 2>/dev/null)" = "$1" ] && return 0
  mkdir -p "$(dirname "$build/$2")"
  ln -sfn -- "$1" "$build/$2"
}
