#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes a release for the other tests, and looks at what it is made of.
test=release
. "$(dirname "$0")/functions.sh"

"$top/packaging/release" --output "$release"
cd "$release"
sha256sum --quiet -c SHA256SUMS || fail "SHA256SUMS"
# Each artefact is there, and has its sum.
for file in "mshim-$version.tar.gz" "mshim-$version-musl-$architecture.tar.gz" "mshim-$version-glibc-$architecture.tar.gz" APKBUILD \
    "mshim-$version-py3-none-musllinux_1_2_$architecture.whl" mshim-"$version"-py3-none-manylinux_2_*_"$architecture".whl; do
    grep -q "  $file\$" SHA256SUMS || fail "no $file"
done
[ "$(wc -l <SHA256SUMS)" = 6 ] || fail "something else is in SHA256SUMS"
for file in *.whl; do
    [ "$(stat -c %s "$file")" -le 1048576 ] || fail "$file is larger than 1 MiB"
done

# Packed in order, with fixed owners, times and modes; every archive has one folder of its own name.
for file in *.tar.gz; do
    tar --numeric-owner --full-time -tvzf "$file" >"$work/list"
    [ "$(awk '{ print $2, $4, $5 }' "$work/list" | sort -u | wc -l)" = 1 ] || fail "$file: owners or times differ"
    awk '{ print $2 }' "$work/list" | grep -qv '^0/0$' && fail "$file: an owner"
    awk '{ print $1 }' "$work/list" | sort -u | grep -Ev '^(-rw-r--r--|-rwxr-xr-x|drwxr-xr-x)$' && fail "$file: modes"
    awk '{ print $6 }' "$work/list" | cut -d/ -f1 | sort -u | grep -qvx "${file%.tar.gz}" && fail "$file: another folder"
    od -An -tu1 -j4 -N4 "$file" | grep -q '^ *0 *0 *0 *0$' || fail "$file: a time in gzip's header"
done

# The licences of all that is in it.
for libc in musl glibc; do
    tar -tzf "mshim-$version-$libc-$architecture.tar.gz" >"$work/list"
    for name in bin/mshim lib/libmshim.so include/mshim.h include/mshim/stats.h share/man/man1/mshim.1 share/doc/mshim/README \
        lib/pkgconfig/mshim.pc; do
        grep -q "/$name\$" "$work/list" || fail "the tarball for $libc has no $name"
    done
    for name in mshim mimalloc jemalloc musl zydis zycore d3; do
        grep -q "/share/licenses/mshim/$name\$" "$work/list" || fail "the tarball for $libc has no licence of $name"
    done
    [ -x "image/$libc/amd64/bin/mshim" ] || [ -x "image/$libc/arm64/bin/mshim" ] || fail "the image's context"
done
tar -xzf "mshim-$version.tar.gz" -C "$work"
[ "$(cd "$work/mshim-$version/third_party" && ls | tr '\n' ' ')" = "README d3 jemalloc mimalloc musl zycore zydis " ] || fail "third_party"
for name in d3/LICENSE jemalloc/COPYING mimalloc/LICENSE musl/COPYRIGHT zycore/LICENSE zydis/LICENSE; do
    [ -s "$work/mshim-$version/third_party/$name" ] || fail "the source tarball has no $name"
done

# Two wheels of one tree are the same bytes, and RECORD is right.
mkdir "$work/wheels" "$work/root"
tar -xzf "mshim-$version-musl-$architecture.tar.gz" -C "$work/root" --strip-components=1
wheel=mshim-$version-py3-none-musllinux_1_2_$architecture.whl
SOURCE_DATE_EPOCH=$(git -C "$top" log -1 --format=%ct) python3 -B "$top/packaging/wheel.py" --root "$work/root" --version "$version" \
    --tag "musllinux_1_2_$architecture" --output "$work/wheels" >/dev/null
cmp "$work/wheels/$wheel" "$wheel" || fail "a wheel of the same files is another one"
python3 - "$wheel" <<'END' || fail "RECORD"
import base64, csv, hashlib, sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
names = wheel.namelist()
record = names[-1]
assert record.endswith(".dist-info/RECORD"), names
rows = list(csv.reader(wheel.read(record).decode().splitlines()))
assert [row[0] for row in rows] == names
for name, digest, size in rows[:-1]:
    data = wheel.read(name)
    assert size == str(len(data)), name
    assert digest == "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode(), name
assert rows[-1] == [record, "", ""]
END
ls -l -- *.tar.gz *.whl | awk '{ print $5, $9 }'
