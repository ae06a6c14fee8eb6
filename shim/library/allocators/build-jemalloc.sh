#!/bin/sh
# Builds jemalloc 5 for the shim: position-independent, to be linked in, with all its symbols hidden.
#   build-jemalloc.sh SOURCE_DIR CC OUTPUT_DIR [shared]
# leaves OUTPUT_DIR/libjemalloc_pic.a and OUTPUT_DIR/include/jemalloc/jemalloc.h. The public functions are called je_malloc, …,
# the internal ones mshim_je_…, among them the fork handlers, which the shim calls itself: mshim_je_jemalloc_prefork, ….
# With `shared` it builds OUTPUT_DIR/libjemalloc.so instead, as its authors mean it to be preloaded: what the bench compares with.
# The source folder stays as it is. Results are cached by the source's contents, the compiler and this script.
set -eu
export LC_ALL=C
unset CFLAGS CPPFLAGS LDFLAGS EXTRA_CFLAGS MAKEFLAGS LD_PRELOAD

kind=${4:-archive}
case $#$kind in 3archive | 4shared) ;; *) echo "usage: $0 SOURCE_DIR CC OUTPUT_DIR [shared]" >&2; exit 2 ;; esac
here=$(cd "$(dirname "$0")" && pwd)
portable=$here/portable_libc.h
source=$(cd "$1" && pwd)
cc=$2 # may hold options, too
compiler=$(readlink -f "$(command -v "${cc%% *}")")
mkdir -p "$3"
output=$(cd "$3" && pwd)

[ -d "$source/include/jemalloc" ] || { echo "$0: $source is not jemalloc's source" >&2; exit 1; }

# A release has VERSION; a git snapshot has not, and its next release's number stands in the change log at best.
if [ -s "$source/VERSION" ]; then
  full_version=$(cat "$source/VERSION")
else
  full_version=$(sed -n 's/^\* \(5\.[0-9]*\.[0-9]*\).*/\1/p' "$source/ChangeLog" | head -n 1)
  full_version=${full_version:-5.0.0}-0-g0000000
fi
version=${full_version%%-*}
case $version in 5.*) ;; *) echo "$0: jemalloc $version: only 5.x is supported" >&2; exit 1 ;; esac

# jemalloc aborts on a kernel with larger pages than it was built for; 64-bit ARM has up to 64 KiB.
case $($cc -dumpmachine) in
aarch64* | arm64*) page='--with-lg-page=16' ;;
*) page= ;;
esac

key=$({
  cat "$0" "$portable" "$here/../counters/kernel_calls.h"
  echo "$compiler"
  $cc -v 2>&1 || true
  cd "$source"
  find . -type f ! -path './.git/*' | sort | while read -r file; do cksum "$file"; done
} | sha256sum | cut -c1-12)
cache=${XDG_CACHE_HOME:-${HOME-}/.cache}/mshim
{ mkdir -p "$cache" && [ -w "$cache" ]; } 2>/dev/null || cache=$output/cache
name=jemalloc-$version-$kind-$key

build_shared() {
  cp -R "$source/." source
  cd source
  [ -x configure ] || autoconf
  ./configure CC="$cc" --with-version="$full_version" --disable-cxx --enable-shared --disable-static --disable-doc $page
  make -j"$(nproc)" build_lib_shared
  mkdir -p ../result
  cp -L lib/libjemalloc.so ../result/
  cd ..
}

build_archive() {
  cp -R "$source/." source
  cd source
  # Public functions would be exported. (Also where a library that links them forgets an export map.)
  sed -i 's/visibility("default")/visibility("hidden")/' include/jemalloc/jemalloc_macros.h.in
  # It starts when it is first asked for memory, not in every process that another allocator serves.
  sed -i 's/^JEMALLOC_ATTR(constructor)$//' src/jemalloc.c
  if [ ! -x configure ]; then
    command -v autoconf >/dev/null || { echo "jemalloc's git snapshots have no configure: autoconf is needed"; return 1; }
    autoconf
  fi
  # No fork handlers of its own: glibc has pthread_atfork only in its static part, and the shim sets the order.
  export je_cv_pthread_atfork=no
  # Neither libc must be tied to by what one of them alone has: fortified functions, __isoc23_strtol, ….
  export EXTRA_CFLAGS="-I$here/../.. -include $portable -U_FORTIFY_SOURCE -fno-stack-protector -fvisibility=hidden -g0"
  ./configure CC="$cc" --with-version="$full_version" --disable-cxx --disable-shared --enable-static \
    --with-jemalloc-prefix=je_ --with-private-namespace=mshim_ --disable-doc --disable-prof $page
  # With a prefix, jemalloc would read JE_MALLOC_CONF instead of MALLOC_CONF.
  sed -i 's/^#define JEMALLOC_CPREFIX .*/#define JEMALLOC_CPREFIX ""/' include/jemalloc/internal/jemalloc_internal_defs.h
  make -j"$(nproc 2>/dev/null || echo 2)" lib/libjemalloc_pic.a
  mkdir -p ../result/include/jemalloc
  cp lib/libjemalloc_pic.a ../result/
  cp include/jemalloc/jemalloc.h ../result/include/jemalloc/
  cd ..
}

mkdir -p "$cache"
exec 9>"$cache/.jemalloc.lock"
if command -v flock >/dev/null; then flock 9; fi
if [ ! -d "$cache/$name" ]; then
  work=$cache/.building-$name
  rm -rf "$work"
  mkdir "$work"
  # (A subshell's -e is switched off by a condition around it, hence the detour by its status.)
  set +e
  (set -e; cd "$work"; "build_$kind") >"$output/jemalloc.log" 2>&1
  status=$?
  set -e
  if [ $status -ne 0 ]; then
    tail -n 20 "$output/jemalloc.log" >&2
    echo "$0: failed, the full log is $output/jemalloc.log" >&2
    exit $status
  fi
  mv "$work/result" "$cache/$name"
  rm -rf "$work"
fi
exec 9>&-

if [ "$kind" = shared ]; then
  cp "$cache/$name/libjemalloc.so" "$output/"
  exit
fi
rm -rf "$output/include/jemalloc"
mkdir -p "$output/include"
cp "$cache/$name/libjemalloc_pic.a" "$output/"
cp -R "$cache/$name/include/jemalloc" "$output/include/"

# The library that holds this must load in a process of either libc: what it needs and one of them lacks is named.
# (libgcc is linked in.)
undefined=$({
  nm -g --defined-only "$($cc -print-libgcc-file-name)" 2>/dev/null
  nm -g "$output/libjemalloc_pic.a"
} | awk 'NF == 3 { defined[$3] = 1 } NF == 2 && $1 == "U" { used[$2] = 1 }
         END { for (s in used) if (!(s in defined) && s !~ /^(mshim_|_GLOBAL_OFFSET_TABLE_)/) print s }' | sort)
for libc in "$(gcc -print-file-name=libc.so.6 2>/dev/null)" "${compiler%/bin/*}/lib/libc.so" /lib/ld-musl-*.so.1; do
  [ -f "$libc" ] || continue
  nm -D --defined-only "$libc" 2>/dev/null | awk '{ sub(/@.*/, "", $3); print $3 }' | sort -u >"$output/.libc"
  [ -s "$output/.libc" ] || continue
  missing=$(echo "$undefined" | comm -23 - "$output/.libc" | tr '\n' ' ')
  [ -z "$missing" ] || echo "jemalloc: not in $libc: $missing"
done
rm -f "$output/.libc"
