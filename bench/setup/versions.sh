# shellcheck shell=bash disable=SC2034
# Everything that is taken from upstream: one row a source, read by sources.sh.
# The sum is of the upstream tarball alone: Debian's revision may move on, and any that carries this tarball will do.
# Suites are asked together where there are several. A folder: the source is that part of the tarball of another project,
# which carries it as it is.
# The libraries are bookworm's on every Debian, so that the twins are the same on all of them.
#
# name      version   suites    source package  upstream tarball                  sha256                                                            folder
sources_table='
jemalloc    5.3.0     bookworm  jemalloc        jemalloc_5.3.0.orig.tar.bz2       2db82d1e7119df3e71b7640219b6dfe84789bc0537983c3b7ac4f7189aecfeaa
mimalloc    2.0.9     bookworm  mimalloc        mimalloc_2.0.9+ds.orig.tar.xz     cbc9d207ff105ad1f0cb739c378076143a6452b8d0624309cea0abfb040e972b
musl        1.2.5     trixie    musl            musl_1.2.5.orig.tar.gz            a9a118bbe84d8764da0ea0d28b3ab3fae8477fc7e4085d90102b8596fc7c75e4
python      3.13.5    trixie    python3.13      python3.13_3.13.5.orig.tar.xz     93e583f243454e6e9e4588ca2c2662206ad961659863277afcdb96801647d640
zlib        1.2.13    bookworm  zlib            zlib_1.2.13.dfsg.orig.tar.bz2     71feb7947e3c00ef125f83b79a4e529bde31171e5babe48b391f06758d1ab0a1
bzip2       1.0.8     bookworm  bzip2           bzip2_1.0.8.orig.tar.gz           ab5a03176ee106d3f0fa90e381da478ddae405918153cca248e682cd0c4a2269
xz          5.4.1     bookworm  xz-utils        xz-utils_5.4.1.orig.tar.xz        5d9827aa1875b21c288f78864bb26d2650b436ea8d2cad364e4921eb6266a5a5
libffi      3.4.4     bookworm  libffi          libffi_3.4.4.orig.tar.gz          d66c56ad259a82cf2a9dfc408b32bf5da52371500b84745f7fb8b645712df676
openssl     3.0.20    bookworm  openssl         openssl_3.0.20.orig.tar.gz        c80a01dfc70ece4dc21168932c37739042d404d46ccc81a5986dd75314ecda6f
sqlite      3.40.1    bookworm  sqlite3         sqlite3_3.40.1.orig.tar.xz        aaa776260ab4dc976db34aa7891819484c8676b5b2783123ebc6301e2ca5d655
zydis       4.1.1     trixie    zydis           zydis_4.1.1.orig.tar.gz           dcc31180a31e7f568d79d55f8181bd961981559a5666bf6fac43a69ad8b406bf
zycore      1.5.2     trixie    zycore-c        zycore-c_1.5.2.orig.tar.gz        828f2e2e502c4a339c53162b865afd13de80fdfa068a9ba18032e743243027ea
'

# D3, which draws the report's page, is in no Debian release of today: d3.min.js as its authors publish it (the same bytes
# are in their npm package), out of a wheel of the Python package index that carries it.
d3_version=7.9.0
d3_checksum=f2094bbf6141b359722c4fe454eb6c4b0f0e42cc10cc7af921fc158fceb86539
d3_wheel=tuna==0.5.15
d3_in_wheel=tuna/web/static/d3.min.js

# version_of NAME, checksum_of NAME: a column of the table.
version_of() { awk -v n="$1" '$1 == n { print $2 }' <<<"$sources_table"; }
checksum_of() { awk -v n="$1" '$1 == n { print $6 }' <<<"$sources_table"; }
