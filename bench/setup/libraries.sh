# shellcheck shell=bash
# The libraries behind CPython's extension modules, for one libc: the same sources, flags and configuration for both, as
# position-independent archives that end up inside the modules, so that the twins differ in nothing but the libc.
# zlib is there as a shared library as well: some wheels ask for libz.so.1.

# shellcheck source=sources.sh
. "${BASH_SOURCE[0]%/*}/sources.sh"

# setup_libraries LIBC CC: sets `libraries_prefix`.
setup_libraries() {
  local libc=$1 cc=$2 key
  key=$(key_of "$(declare -f build_libraries "${library_names[@]/#/build_}")" "$cc" "$(compiler_version)" "$(library_sums)")
  cached "libraries-$libc" "$key" "libraries for $libc" build_libraries "$cc"
  # shellcheck disable=SC2034
  libraries_prefix=$prefix
}

library_names=(zlib bzip2 xz libffi sqlite openssl)
library_sums() { local name; for name in "${library_names[@]}"; do checksum_of "$name"; done; }

build_libraries() {
  local prefix=$2 stage=$3 name
  export CC=$1 CFLAGS='-O2 -fPIC'
  jobs=-j$(nproc)
  mkdir -p "$stage$prefix/lib" "$stage$prefix/include"
  for name in "${library_names[@]}"; do
    unpack "$name" "$name"
    (cd "$name" && "build_$name" "$prefix" "$stage")
  done
}

build_zlib() {
  ./configure --prefix="$1"
  make "$jobs"
  make install DESTDIR="$2"
}

build_bzip2() {
  make "$jobs" CC="$CC" CFLAGS="$CFLAGS -D_FILE_OFFSET_BITS=64" libbz2.a
  cp libbz2.a "$2$1/lib"
  cp bzlib.h "$2$1/include"
}

build_xz() {
  ./configure --prefix="$1" --disable-shared --with-pic --disable-nls --disable-doc --disable-scripts \
    --disable-xz --disable-xzdec --disable-lzmadec --disable-lzmainfo --disable-lzma-links
  make "$jobs"
  make install DESTDIR="$2"
}

build_libffi() {
  # 3.4.4 forgets to declare a function of its own, which is an error since GCC 14.
  export CFLAGS="$CFLAGS -Wno-error=implicit-function-declaration"
  ./configure --prefix="$1" --disable-shared --with-pic --disable-docs --disable-multi-os-directory
  make "$jobs"
  make install DESTDIR="$2"
}

build_sqlite() {
  ./configure --prefix="$1" --disable-shared --with-pic --disable-tcl --disable-readline
  make sqlite3.c
  # shellcheck disable=SC2086
  "$CC" $CFLAGS -DSQLITE_THREADSAFE=1 -DSQLITE_ENABLE_FTS3 -DSQLITE_ENABLE_FTS4 -DSQLITE_ENABLE_FTS5 \
    -DSQLITE_ENABLE_RTREE -DSQLITE_ENABLE_MATH_FUNCTIONS -DSQLITE_ENABLE_COLUMN_METADATA -c sqlite3.c -o sqlite3.o
  ar rcs "$2$1/lib/libsqlite3.a" sqlite3.o
  cp sqlite3.h sqlite3ext.h "$2$1/include"
}

# Left out, for the time it takes: what neither `ssl` nor `hashlib` uses. `async` needs makecontext, which musl lacks.
build_openssl() {
  unset CFLAGS
  ./config no-shared no-module no-tests no-engine no-dso no-async no-legacy no-cms no-ts no-cmp no-srp no-gost \
    no-idea no-seed no-camellia no-aria no-bf no-cast no-rc2 no-rc4 no-mdc2 no-sm2 no-sm4 no-whirlpool \
    -fPIC --prefix="$1" --libdir=lib --openssldir=/etc/ssl
  make "$jobs" build_generated
  make "$jobs" libcrypto.a libssl.a
  cp libcrypto.a libssl.a "$2$1/lib"
  cp -R include/openssl "$2$1/include"
}
