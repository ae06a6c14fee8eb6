# shellcheck shell=bash
# Packages from the Python index for the twins, as their users get them: the wheels that requirements.txt pins, fetched once
# for each libc into the cache, and unpacked where no pip is needed to import them.

# shellcheck source=lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

requirements=$setup_dir/requirements.txt
# What the workloads import; the rest (matplotlib, pip) is there for the timed installation.
wheel_imports=(numpy pandas orjson pydantic lxml starlette uvicorn)
# shellcheck disable=SC2034
wheel_platforms_musl='musllinux_1_2_x86_64 musllinux_1_1_x86_64'
# shellcheck disable=SC2034
wheel_platforms_glibc='manylinux_2_28_x86_64 manylinux_2_17_x86_64 manylinux2014_x86_64'

# download_wheels LIBC FOLDER OPTION…: for the twin of that libc, whichever Python runs pip.
download_wheels() {
  local libc=$1 folder=$2 platform platforms=wheel_platforms_$1 tags=()
  shift 2
  for platform in ${!platforms}; do tags+=(--platform "$platform"); done
  python3 -m pip download --disable-pip-version-check --no-input --no-cache-dir --only-binary=:all: \
    --python-version 3.13 --implementation cp "${tags[@]}" --dest "$folder" "$@"
}

# The time that it took goes beside the wheels; the bench reports it.
fetch_wheels() {
  local libc=$1 folder=$3$2 began
  mkdir -p "$folder"
  began=$(date +%s%N)
  download_wheels "$libc" "$folder" --require-hashes --requirement "$requirements"
  echo $((($(date +%s%N) - began) / 1000000)) >"$folder/download-milliseconds"
}

# The twin itself runs pip, out of pip's wheel. Of pyperformance only the benchmarks' files are used.
unpack_wheels() {
  local python=$1 wheels=$2 folder=$4$3 pip install
  pip=$(echo "$wheels"/pip-*.whl)/pip
  install=("$python" -I "$pip" install --isolated --no-input --no-cache-dir --no-index --find-links "$wheels"
    --target "$folder")
  mkdir -p "$folder"
  "${install[@]}" "${wheel_imports[@]}"
  "${install[@]}" --no-deps --no-compile pyperformance
}

# setup_wheels LIBC: build/wheels-LIBC has the wheels, build/packages-LIBC what can be imported. The twin must be there.
setup_wheels() {
  local libc=$1 python wheels key
  [ "$(uname -m)" = x86_64 ] || die "the packages of --real are pinned as wheels for x86_64, and this is $(uname -m)"
  key=$(key_of "$(declare -f fetch_wheels download_wheels)" "$wheel_platforms_musl $wheel_platforms_glibc" "$requirements")
  cached "wheels-$libc" "$key" "wheels for $libc, 80 MB from the Python index" fetch_wheels "$libc"
  link "$prefix" "wheels-$libc"
  wheels=$prefix
  python=$(readlink -f "$build/python-$libc")
  key=$(key_of "$(declare -f unpack_wheels)" "${wheel_imports[*]}" "$wheels" "$python")
  cached "packages-$libc" "$key" "packages for $libc" unpack_wheels "$python/bin/python3" "$wheels"
  link "$prefix" "packages-$libc"
}
