# shellcheck shell=bash
# What comes from the system's package manager. A thing that is there already, from wherever, is not installed again.

# shellcheck source=lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

# Package, and what proves that it is there: a command, a path (may be a pattern), or a line of shell.
# shellcheck disable=SC2034
packages_library='
gcc               gcc
libc6-dev         /usr/include/stdlib.h
linux-libc-dev    /usr/include/linux/version.h
make              make
cmake             cmake
ninja-build       ninja
python3           python3
xz-utils          xz
bzip2             bzip2
ca-certificates   /etc/ssl/certs/ca-certificates.crt
python3-pip       python3 -m pip --version
'
# shellcheck disable=SC2034
packages_build='
pkg-config        pkg-config
perl              perl -MFindBin -MIPC::Cmd -MPod::Usage -e 1
tcl               tclsh
'
# shellcheck disable=SC2034
packages_tests='
git               git
libcriterion-dev  /usr/include/criterion/criterion.h
clang             clang
clang-tidy        clang-tidy
clang-format      clang-format
llvm              llvm-symbolizer
lld               ld.lld
mold              ld.mold
g++               g++
gdb               gdb
e2fsprogs         chattr
chromium          chromium
chromium-driver   chromedriver
busybox-static    /bin/busybox
debhelper         dh
python3-venv      python3 -c "import ensurepip"
'
# shellcheck disable=SC2034
packages_real='
wrk               wrk
'

proven() {
  case $1 in
  /*) compgen -G "$1" >/dev/null ;;
  *' '*) bash -c "$1" >/dev/null 2>&1 ;;
  *) command -v "$1" >/dev/null 2>&1 ;;
  esac
}

# missing_packages TABLE…: the names of what is not there.
missing_packages() {
  local package proof
  while read -r package proof; do
    [ -z "$package" ] || proven "$proof" || echo "$package"
  done <<<"$*"
}

install_packages() {
  apt-get update
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# setup_packages TABLE…: says what it is about to install before it does.
setup_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  command -v apt-get >/dev/null ||
    die "this system has no apt-get; install by hand what Debian calls: ${missing[*]}"
  [ "$(id -u)" -eq 0 ] ||
    die "packages are missing, and only root can install them: apt-get install ${missing[*]}"
  say "packages: installing ${missing[*]}"
  logged packages install_packages "${missing[@]}"
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -eq 0 ] || die "still missing after the installation: ${missing[*]}"
  say "packages: installed"
}

# fetch_promtool FOLDER: out of Debian's package prometheus, which would install 96 MB for the sake of it.
fetch_promtool() {
  local work
  work=$(mktemp -d "$cache/.promtool.XXXXXX")
  cd "$work"
  apt-get download prometheus || { apt-get update && apt-get download prometheus; }
  dpkg-deb --fsys-tarfile prometheus_*.deb | tar x ./usr/bin/promtool
  mkdir -p "$1"
  mv usr/bin/promtool "$1/promtool"
  rm -rf -- "$work"
}

# Where it cannot be had, the tests that use it are skipped.
setup_promtool() {
  local folder=$cache/promtool
  command -v promtool >/dev/null && return 0
  if [ ! -x "$folder/promtool" ]; then
    say "promtool: fetching it out of the package prometheus (19 MB)"
    logged promtool fetch_promtool "$folder" || { say "promtool: cannot be had"; return 0; }
  fi
  link "$folder/promtool" tools/promtool
}
