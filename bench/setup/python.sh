# shellcheck shell=bash
# The Pythons, all from one source with one compiler. `musl` and `glibc` are the twins: the same flags, two libcs. The flags
# are those of the official Alpine image (shared, LTO, frame pointers, no PGO), but for debugging information, which changes
# no code and slows LTO down. `slim` is as the official Debian image has it: on glibc, with PGO besides.

# shellcheck source=musl.sh
. "${BASH_SOURCE[0]%/*}/musl.sh"
# shellcheck source=libraries.sh
. "${BASH_SOURCE[0]%/*}/libraries.sh"

python_configure=(--enable-shared --with-lto --enable-loadable-sqlite-extensions --enable-option-checking=fatal
  --with-system-libmpdec=no --without-ensurepip --without-static-libpython)
python_opt='-O3 -Wall' # CPython's default without -g; configure puts -DNDEBUG before it
python_cflags='-fno-omit-frame-pointer -mno-omit-leaf-frame-pointer'
python_cflags_musl='-DTHREAD_STACK_SIZE=0x100000'
python_configure_slim=(--enable-optimizations)
# What one libc's build might find on this machine and the other's would not.
python_left_out=(readline _curses _curses_panel _dbm _gdbm _tkinter _uuid)
python_needed='bz2, ctypes, decimal, hashlib, lzma, multiprocessing.shared_memory, socket, sqlite3, ssl, threading, zlib'

# setup_python musl|glibc|slim: build/python-NAME points to it. musl's compiler must be there (setup_musl).
setup_python() {
  local name=$1 libc=glibc cc=gcc cflags=$python_cflags configure=("${python_configure[@]}") libc_version key version
  version=$(version_of python)
  if [ "$name" = slim ]; then configure+=("${python_configure_slim[@]}"); fi
  if [ "$name" = musl ]; then
    libc=musl
    cc=$musl_prefix/bin/musl-gcc
    cflags="$python_cflags_musl $python_cflags"
    libc_version=$musl_version
  else
    libc_version=$(getconf GNU_LIBC_VERSION | cut -d ' ' -f 2)
  fi
  setup_libraries "$libc" "$cc"
  key=$(key_of "$(declare -f build_python build_info)" "$(checksum_of python)" "$(compiler_version)" "$libc_version" \
    "$libraries_prefix" "$cc" "$cflags" "$python_opt" "${configure[*]} ${python_left_out[*]}")
  cached "python-$name-$version" "$key" "CPython $version, $name" \
    build_python "$libc" "$libc_version" "$cc" "$cflags" "$libraries_prefix" "${configure[*]}"
  link "$prefix" "python-$name"
}

build_python() {
  local libc=$1 libc_version=$2 cc=$3 cflags=$4 libs=$5 configure prefix=$7 stage=$8 jobs module python pgo=false
  read -ra configure <<<"$6"
  case " $6 " in *' --enable-optimizations '*) pgo=true ;; esac
  jobs=-j$(nproc)
  unpack python .
  export ac_cv_prog_cc_g=no ac_cv_header_bluetooth_bluetooth_h=no
  for module in "${python_left_out[@]}"; do export "py_cv_module_$module=n/a"; done

  CC=$cc OPT=$python_opt PKG_CONFIG=false ./configure --prefix="$prefix" "${configure[@]}" --with-openssl="$libs" \
    ZLIB_CFLAGS="-I$libs/include" ZLIB_LIBS="$libs/lib/libz.a" \
    BZIP2_CFLAGS="-I$libs/include" BZIP2_LIBS="$libs/lib/libbz2.a" \
    LIBLZMA_CFLAGS="-I$libs/include" LIBLZMA_LIBS="$libs/lib/liblzma.a" \
    LIBFFI_CFLAGS="-I$libs/include" LIBFFI_LIBS="$libs/lib/libffi.a" \
    LIBSQLITE3_CFLAGS="-I$libs/include" LIBSQLITE3_LIBS="-L$libs/lib -lsqlite3 -lm"
  # A tool of the build that CPython's own comment says is linked without LTO; in fact it takes a minute with. (A profile
  # has to be linked as it was compiled.)
  if [ "$pgo" = false ]; then
    sed -i '/^Programs\/_freeze_module:/,/^$/s/(PY_CORE_LDFLAGS)/(PY_LDFLAGS_NOLTO)/' Makefile
  fi
  make "$jobs" EXTRA_CFLAGS="$cflags"
  # As the official image does: only the interpreter knows where its library is. An old-style path (RPATH) also counts
  # for what wheels need, so that both twins give them the same zlib. (All: else the install would have to do the rest.)
  rm python
  make "$jobs" EXTRA_CFLAGS="$cflags" LDFLAGS="-Wl,--disable-new-dtags,-rpath='\$\$ORIGIN/../lib'" all
  # The tests are installed too, but compiled only when they are run: that would take a minute.
  make install EXTRA_CFLAGS="$cflags" DESTDIR="$stage" PYTHON_FOR_BUILD=:
  cp -P "$libs"/lib/libz.so* "$stage$prefix/lib/"

  python=$stage$prefix/bin/python3
  "$python" -m compileall -q -j 0 -s "$stage" -p / -x '/(test|tests|idlelib|ensurepip|config-[^/]*)/' "$stage$prefix/lib/python3.13"
  "$python" -c "import $python_needed; print(ssl.OPENSSL_VERSION, sqlite3.sqlite_version, zlib.ZLIB_VERSION)"
  build_info >"$stage$prefix/build-info.json"
  "$python" -m json.tool "$stage$prefix/build-info.json"
}

# Goes into every result of the bench.
build_info() {
  local name
  printf '{\n  "name": "%s",\n  "python": "%s",\n' "${prefix##*/}" "$(version_of python)"
  printf '  "libc": "%s",\n  "libc_version": "%s",\n' "$libc" "$libc_version"
  printf '  "compiler": "%s",\n' "$(compiler_version)"
  printf '  "configure": "%s",\n' "${configure[*]}"
  printf '  "opt": "-DNDEBUG %s",\n  "extra_cflags": "%s",\n' "$python_opt" "$cflags"
  printf '  "pgo": %s,\n  "lto": true,\n  "libraries": {' "$pgo"
  for name in "${library_names[@]}"; do
    printf '%s"%s": "%s"' "${comma-}" "$name" "$(version_of "$name")"
    local comma=', '
  done
  printf '}\n}\n'
}
