# shellcheck shell=bash
# musl and a compiler for it, apart from any musl of the system, which may be too old for today's wheels (1.2.3 cannot
# load them). Its loader has a private place, and finds libraries only in its own folder: never those of the system's libc.

# shellcheck source=sources.sh
. "${BASH_SOURCE[0]%/*}/sources.sh"

setup_musl() {
  setup_source musl
  musl_version=$(version_of musl)
  cached "musl-$musl_version" "$(key_of "$(declare -f build_musl)" "$(checksum_of musl)" "$(compiler_version)")" \
    "musl $musl_version" build_musl
  musl_prefix=$prefix
  link "$musl_prefix/bin/musl-gcc" toolchain/bin/musl-gcc
}

build_musl() {
  local prefix=$1 stage=$2 multiarch name
  unpack musl .
  # Optimised as upstream does by default: size, but speed for malloc, string functions and internals.
  ./configure --prefix="$prefix" --syslibdir="$prefix/lib" --enable-wrapper=gcc
  make -j"$(nproc)"
  make install DESTDIR="$stage"

  # Upstream installs the loader as an absolute link into the final prefix; the same by a relative one.
  for name in "$stage$prefix"/lib/ld-musl-*; do
    ln -sfn libc.so "$name"
    name=$(basename "$name" .so.1)
    mkdir -p "$stage$prefix/etc"
    echo "$prefix/lib" >"$stage$prefix/etc/$name.path"
  done

  # The kernel's headers, which do not depend on the libc; musl's own wrapper hides them with all of /usr/include.
  multiarch=$(gcc --print-multiarch)
  ln -s /usr/include/linux /usr/include/asm-generic /usr/include/mtd "$stage$prefix/include/"
  name=/usr/include/$multiarch/asm
  [ -d "$name" ] || name=/usr/include/asm
  ln -s "$name" "$stage$prefix/include/asm"

  # gcc would answer with glibc's triplet, at which CPython's configure stops.
  cat >"$stage$prefix/bin/musl-gcc" <<END
#!/bin/sh
for argument; do
  case \$argument in --print-multiarch | -print-multiarch) echo ${multiarch/-gnu/-musl}; exit ;; esac
done
exec "\${REALGCC:-gcc}" "\$@" -specs "$prefix/lib/musl-gcc.specs"
END
}
