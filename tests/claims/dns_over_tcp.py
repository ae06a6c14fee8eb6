# SPDX-License-Identifier: MIT
"""dns_over_tcp.py PYTHON [WORD…]: are answers that do not fit a UDP packet asked for again over TCP?

The article says that musl does not; since 1.2.4 it does. In namespaces of its own (mounts, network; `inside`), with a
nameserver on the loopback that answers every question over UDP with "truncated" and over TCP with 40 addresses. Status 0: all
40 came; 1: not; 77: no namespaces here."""

import fcntl
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading

ADDRESSES = 40  # 680 bytes: more than 512, fewer than the 48 that musl takes
ASK = "import socket; print(len({a[4][0] for a in socket.getaddrinfo('many.test', 80, socket.AF_INET, socket.SOCK_STREAM)}))"
TRUNCATED = 0x0200


def answer(question, flags, count):
    """To a query of one question: the same, and so many addresses."""
    end = question.index(b"\0", 12) + 5
    header = question[:2] + struct.pack("!HHHHH", 0x8180 | flags, 1, count, 0, 0)
    record = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4)
    return header + question[12:end] + b"".join(record + bytes([192, 0, 2, i + 1]) for i in range(count))


def serve_udp(server):
    while True:
        question, client = server.recvfrom(512)
        server.sendto(answer(question, TRUNCATED, 0), client)


def serve_tcp(server, asked):
    while True:
        connection, _ = server.accept()
        with connection, connection.makefile("rb") as file:
            question = file.read(struct.unpack("!H", file.read(2))[0])
            asked.append(question)
            said = answer(question, 0, ADDRESSES)
            connection.sendall(struct.pack("!H", len(said)) + said)


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 1 | 64))  # SIOCSIFFLAGS, IFF_UP | IFF_RUNNING


def inside(command):
    loopback_up()
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        file.write("nameserver 127.0.0.1\n")
        file.flush()
        os.chmod(file.name, 0o644)
        subprocess.run(["mount", "--bind", file.name, "/etc/resolv.conf"], check=True)
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 53))
        tcp = socket.create_server(("127.0.0.1", 53))
        asked = []
        threading.Thread(target=serve_udp, args=(udp,), daemon=True).start()
        threading.Thread(target=serve_tcp, args=(tcp, asked), daemon=True).start()
        done = subprocess.run([*command, "-S", "-c", ASK], capture_output=True, text=True, timeout=60)
    came = (done.stdout.strip() or done.stderr.strip() or "nothing").splitlines()[-1]
    print(f"{command[-1]}: {came} of {ADDRESSES} addresses, {len(asked)} questions over TCP")
    return 0 if came == str(ADDRESSES) and asked else 1


def main():
    if sys.argv[1] == "--inside":
        return inside(sys.argv[2:])
    unshare = ["unshare", "--mount", "--net"] + ([] if os.getuid() == 0 else ["--user", "--map-root-user"])
    if subprocess.run([*unshare, "true"], stderr=subprocess.DEVNULL).returncode:
        print("no namespaces of our own here")
        return 77
    return subprocess.run([*unshare, sys.executable, "-B", __file__, "--inside", *sys.argv[1:]], timeout=120).returncode


if __name__ == "__main__":
    sys.exit(main())
