# shellcheck shell=bash
# Upstream tarballs, out of Debian's source packages, into the cache. The package manager is used with a configuration of
# our own (lists, state, cache), so that the system's lists stay untouched; the machine's own settings (proxies, …) and the
# checks of Debian's signatures stay in force, and each tarball must have the sum that versions.sh names.

# shellcheck source=lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

tarballs=$cache/tarballs
debian_keys=/usr/share/keyrings/debian-archive-keyring.gpg

# The machine's own Debian archive: the repository with this release's `main`. apt reads its own configuration here, so
# that both formats of it (.list, .sources) are understood, and needs no package lists for that.
debian_archive() {
  local codename
  codename=$(. /etc/os-release && [ "${ID-}" = debian ] && echo "${VERSION_CODENAME-}") || true
  [ -n "$codename" ] || return 1
  # shellcheck disable=SC2016
  apt-get indextargets --no-release-info --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v c="$codename" '($1 == c || $1 ~ /^(stable|oldstable|oldoldstable|testing)$/) && $2 == "main" { print $3 }' |
    sort -u | awk '/debian/ { print; found = 1; exit } { other = $0 }
                   END { if (found) exit; if (other == "") exit 1; print other }'
}

# private_apt DIR: writes DIR/apt.conf for the suites that the table names.
private_apt() {
  local dir=$1 archive signed=
  archive=$(debian_archive) || {
    echo "no Debian archive in this machine's package configuration;"
    echo "tarballs put by hand into $tarballs are used as well: see the table in bench/setup/versions.sh"
    return 1
  }
  [ ! -r "$debian_keys" ] || signed="[signed-by=$debian_keys] "
  mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
  awk -v signed="$signed" -v archive="$archive" \
    'NF { n = split($3, suites, ","); for (i = 1; i <= n; i++) if (!seen[suites[i]]++)
            print "deb-src " signed archive, suites[i], "main" }' <<<"$sources_table" >"$dir/sources.list"
  cat >"$dir/apt.conf" <<END
Dir::Etc::sourcelist "$dir/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$dir/lists";
Dir::Cache "$dir/cache";
Acquire::Languages "none";
#clear APT::Update::Post-Invoke;
END
}

# revision_with PACKAGE TARBALL SUM CONFIGURATION: the newest revision in the lists that carries this very tarball.
revision_with() {
  apt-cache -c "$4" showsrc --only-source "$1" | awk -v tarball="$2" -v sum="$3" '
    /^Version:/ { version = $2 }
    $1 == sum && $3 == tarball { print version; exit }'
}

# fetch_tarballs NAME…
fetch_tarballs() {
  local dir name package tarball sum version
  dir=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf -- '$dir'" EXIT
  chmod 755 "$dir" # the downloads run as apt's own user
  private_apt "$dir"
  mkdir -p "$dir/download"
  [ "$(id -u)" -ne 0 ] || chown -R _apt "$dir/download" "$dir/lists/partial" 2>/dev/null || true
  # (-c comes after the system's settings, the variable APT_CONFIG before them.)
  apt-get -c "$dir/apt.conf" update
  cd "$dir/download" || return
  for name; do
    read -r _ _ _ package tarball sum < <(awk -v n="$name" '$1 == n' <<<"$sources_table")
    version=$(revision_with "$package" "$tarball" "$sum" "$dir/apt.conf")
    [ -n "$version" ] || { echo "no revision of $package with $tarball is offered any more"; return 1; }
    apt-get -c "$dir/apt.conf" source --download-only --tar-only --only-source "$package=$version"
    echo "$sum  $tarball" | sha256sum -c -
    cp -- "$tarball" "$tarballs/.$tarball"
    mv -- "$tarballs/.$tarball" "$tarballs/$tarball"
  done
}

tarball_of() { echo "$tarballs/$(awk -v n="$1" '$1 == n { print $5 }' <<<"$sources_table")"; }
folder_of() { awk -v n="$1" '$1 == n { print $7 }' <<<"$sources_table"; }

# setup_tarballs NAME…: has them in the cache, in one session of apt.
setup_tarballs() {
  local name missing=()
  mkdir -p "$tarballs"
  for name; do
    echo "$(checksum_of "$name")  $(tarball_of "$name")" | sha256sum -c --status - 2>/dev/null || missing+=("$name")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  say "sources: fetching ${missing[*]}"
  logged sources fetch_tarballs "${missing[@]}"
  say "sources: fetched"
}

# unpack NAME DIR: upstream's files, as they are.
unpack() {
  local folder slashes
  folder=$(folder_of "$1")
  slashes=${folder//[!\/]/}
  mkdir -p "$2"
  tar -xf "$(tarball_of "$1")" -C "$2" --no-same-owner --strip-components $((${folder:+1 +} 1 + ${#slashes})) \
    ${folder:+--wildcards "*/$folder"}
}

# setup_source NAME: the unpacked source stays in the cache, for CMake, and build/sources/NAME points to it.
setup_source() {
  local name=$1 dir
  dir=$cache/sources/$name-$(version_of "$name")
  if [ "$(cat "$dir/.sha256" 2>/dev/null)" != "$(checksum_of "$name")" ]; then
    setup_tarballs "$name"
    rm -rf -- "$dir" "$dir.$$"
    unpack "$name" "$dir.$$"
    checksum_of "$name" >"$dir.$$/.sha256"
    mv -- "$dir.$$" "$dir"
  fi
  link "$dir" "sources/$name"
}
