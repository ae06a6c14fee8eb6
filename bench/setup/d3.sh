# shellcheck shell=bash
# D3's one file, into the cache. Nothing of the wheel that carries it is installed or run.

# shellcheck source=lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

fetch_d3() {
  local dir
  dir=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf -- '$dir'" EXIT
  python3 -m pip download --disable-pip-version-check --no-input --no-cache-dir --no-deps --only-binary=:all: \
    --dest "$dir" "$d3_wheel" || {
    echo "the Python package index does not give it; d3.min.js of D3 $d3_version put by hand into $1 is used as well"
    return 1
  }
  python3 -m zipfile -e "$dir"/*.whl "$dir/unpacked"
  echo "$d3_checksum  $dir/unpacked/$d3_in_wheel" | sha256sum -c -
  mkdir -p "$1"
  cp -- "$dir/unpacked/$d3_in_wheel" "$1/.d3.min.js"
  mv -- "$1/.d3.min.js" "$1/d3.min.js"
}

# setup_d3: build/sources/d3 has it. What was put into the cache by hand is used as well, if it has the sum.
setup_d3() {
  local dir=$cache/sources/d3-$d3_version
  if ! echo "$d3_checksum  $dir/d3.min.js" | sha256sum -c --status - 2>/dev/null; then
    say "D3 $d3_version: fetching"
    logged d3 fetch_d3 "$dir"
    say "D3 $d3_version: fetched"
  fi
  link "$dir" sources/d3
}
