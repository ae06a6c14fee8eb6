# SPDX-License-Identifier: MIT
"""One worker that is a service: an ASGI application under uvicorn, in the interpreter that is measured.

    python3 server.py MODULE NAME     then lines on stdin: an empty line asks what it has used so far, `end` is the last word

As a worker it says what it is, then its port. It waits for requests and for the engine in the same loop.
"""

import os
import resource
import sys

import worker


def used():
    """Page faults, microseconds in the kernel, microseconds of CPU time, since the start."""
    now = resource.getrusage(resource.RUSAGE_SELF)
    cpu = now.ru_stime + now.ru_utime
    return f"{now.ru_minflt + now.ru_majflt} {round(now.ru_stime * 1e6)} {round(cpu * 1e6)}\n"


def main():
    module, name = sys.argv[1:3]
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    import workloads

    try:
        import asyncio

        import uvicorn

        application = [w for w in workloads.load(module) if w.name == name][0].make()
    except ImportError as error:
        worker.say(f"unavailable={error}\nready\n")
        return
    class Server(uvicorn.Server):
        """Opens its port itself, as in service: on a socket passed in, asyncio leaves the kernel's delays on."""

        async def startup(self, sockets=None):
            await super().startup(sockets)
            asyncio.get_running_loop().add_reader(0, self.asked)
            worker.say("".join(f"{key}={value}\n" for key, value in worker.facts()))
            worker.say(f"port={self.servers[0].sockets[0].getsockname()[1]}\nready\n")

        def asked(self):
            if os.read(0, 1) == b"\n":
                worker.say(used())
            else:
                self.should_exit = True

    # The plain installation: what is written in C (uvloop, httptools) comes with an extra that is not asked for.
    config = uvicorn.Config(
        application, port=0, loop="asyncio", http="h11", access_log=False, log_level="warning", lifespan="off"
    )
    Server(config).run()
    worker.say(f"{worker.peak_rss_bytes()}\n")


if __name__ == "__main__":
    main()
