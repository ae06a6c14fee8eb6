# SPDX-License-Identifier: MIT
"""Makes a wheel of an installed tree: wheel.py --root FOLDER --version VERSION --tag PLATFORM --output FOLDER.

FOLDER holds lib/libmshim.so, bin/mshim, share/man and share/licenses. The library goes to PREFIX/lib and the command to
PREFIX/bin, whatever the version of Python, so that a path that an ENV line names is the same everywhere. The standard library
is enough for it, and the bytes depend on nothing but the files and SOURCE_DATE_EPOCH.
"""
import argparse
import base64
import hashlib
import os
import pathlib
import sys
import time
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
METADATA = """\
Metadata-Version: 2.1
Name: mshim
Version: {version}
Summary: Faster memory allocation for unchanged Python on musl (Alpine) and glibc: a library to preload, and its command
License: MIT AND BSD-2-Clause AND ISC
Classifier: Environment :: Console
Classifier: Operating System :: POSIX :: Linux
Classifier: Programming Language :: C
Classifier: Programming Language :: Python :: 3
Requires-Python: >=3.8
Description-Content-Type: text/plain

The library is installed as PREFIX/lib/libmshim.so, the command as PREFIX/bin/mshim (in a container usually
/usr/local). One line of a Dockerfile serves every program of the image:

    RUN pip install mshim && mshim relink python3
    ENV LD_PRELOAD=/usr/local/lib/libmshim.so

`mshim run -- python3 app.py` runs one program with it, `mshim check` tells whether it is active.
`python -m mshim` is the same command; `mshim.library()` is the path of the library.
"""
WHEEL = "Wheel-Version: 1.0\nGenerator: mshim {version}\nRoot-Is-Purelib: false\nTag: py3-none-{tag}\n"


def contents(root, version, tag):
    """(name in the wheel, bytes, executable), all but RECORD."""
    data, info = f"mshim-{version}.data", f"mshim-{version}.dist-info"
    for path in sorted((HERE / "python/mshim").glob("*.py")):
        yield f"mshim/{path.name}", path.read_bytes().replace(b"@VERSION@", version.encode()), False
    yield f"{data}/data/lib/libmshim.so", (root / "lib/libmshim.so").read_bytes(), True
    yield f"{data}/data/share/man/man1/mshim.1", (root / "share/man/man1/mshim.1").read_bytes(), False
    yield f"{data}/scripts/mshim", (root / "bin/mshim").read_bytes(), True
    licences = sorted((root / "share/licenses/mshim").iterdir())
    for path in licences:
        yield f"{info}/licenses/{path.name}", path.read_bytes(), False
    fields = "".join(f"License-File: {path.name}\n" for path in licences)
    metadata = METADATA.format(version=version).replace("Classifier: Env", fields + "Classifier: Env")
    yield f"{info}/METADATA", metadata.encode(), False
    yield f"{info}/WHEEL", WHEEL.format(version=version, tag=tag).encode(), False


def record_line(name, data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(data)}\n"


def main():
    parser = argparse.ArgumentParser()
    for option in ("root", "output"):
        parser.add_argument(f"--{option}", type=pathlib.Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--tag", required=True, help="for example musllinux_1_2_x86_64")
    options = parser.parse_args()
    when = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
    target = options.output / f"mshim-{options.version}-py3-none-{options.tag}.whl"

    entries = list(contents(options.root, options.version, options.tag))
    record = f"mshim-{options.version}.dist-info/RECORD"
    lines = "".join(record_line(name, data) for name, data, _ in entries) + f"{record},,\n"
    entries.append((record, lines.encode(), False))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as wheel:
        for name, data, executable in entries:
            entry = zipfile.ZipInfo(name, when)
            entry.create_system = 3  # Unix, whose modes stand in the upper half
            entry.external_attr = (0o100755 if executable else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(entry, data, compresslevel=9)
    size = target.stat().st_size
    print(f"release: {target.name} ({size} bytes)")
    if size > 1 << 20:
        sys.exit(f"release: {target.name} is larger than 1 MiB")


if __name__ == "__main__":
    main()
