# SPDX-License-Identifier: MIT
"""server.py [--port PORT] [--text] [--after SECONDS] [--stop LOG]: says that it is ready, or listens, and waits to be stopped; writes which
signal stopped it into a file."""
import argparse
import signal
import socket
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int)
parser.add_argument("--text", action="store_true")
parser.add_argument("--ends", action="store_true")
parser.add_argument("--stop")
given = parser.parse_args()


def stop(number, _frame):
    if given.stop:
        with open(given.stop, "a", encoding="ascii") as log:
            log.write(f"{signal.Signals(number).name}\n")
    sys.exit(0)


for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, stop)
if given.port:
    listener = socket.create_server(("127.0.0.1", given.port))
if given.text:
    print("the server is up", flush=True)
if given.ends:
    sys.exit("the server gives up")
while True:
    time.sleep(1)
