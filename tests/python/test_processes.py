# SPDX-License-Identifier: MIT
"""multiprocessing in its three ways, fork in a process with threads."""
import os
import tempfile
import unittest

from support import run, run_file

POOL = '''
import multiprocessing, sys

def work(n):
    assert sys.getallocatedblocks() == 0
    kept = [{"a": i, "b": str(i) * (i % 40)} for i in range(n)]
    return len(kept), [str(i) for i in range(n % 100)]

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    with context.Pool(3) as pool:
        for length, words in pool.imap_unordered(work, range(2000, 2060), chunksize=3):
            assert length >= 2000
    queue = context.Queue()
    process = context.Process(target=queue.put, args=(["x" * i for i in range(1000)],))
    process.start()
    assert len(queue.get()) == 1000
    process.join()
    assert process.exitcode == 0
'''


class Processes(unittest.TestCase):
    def start_method(self, name):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "pool.py")
            with open(path, "w", encoding="utf-8") as out:
                out.write(POOL)
            run_file(path, name)

    def test_fork(self):
        self.start_method("fork")

    def test_spawn(self):
        self.start_method("spawn")

    def test_forkserver(self):
        self.start_method("forkserver")

    def test_fork_while_threads_allocate(self):
        run("""
            import os, threading, time, warnings
            warnings.simplefilter("ignore")
            stop = False
            def busy():
                while not stop:
                    kept = [{"a": i, "b": [i] * (i % 90)} for i in range(500)]
            threads = [threading.Thread(target=busy) for _ in range(4)]
            for thread in threads: thread.start()
            for turn in range(150):
                pid = os.fork()
                if pid == 0:
                    kept = [str(i) * (i % 100) for i in range(2000)]
                    del kept
                    os._exit(0)
                assert os.waitpid(pid, 0)[1] == 0
            stop = True
            for thread in threads: thread.join()
        """)

    def test_no_helper_thread(self):
        """Python 3.12 and later warns at fork when there is one."""
        run("""
            import os
            assert len(os.listdir("/proc/self/task")) == 1
            pid = os.fork()
            if pid == 0:
                os._exit(0)
            os.waitpid(pid, 0)
        """, "-W", "error")

    def test_threads(self):
        run("""
            import threading
            def work(n):
                for turn in range(20):
                    kept = {str(i): (i, [i] * (i % 50)) for i in range(n)}
                    for key in list(kept)[::3]:
                        del kept[key]
            threads = [threading.Thread(target=work, args=(500 + i,)) for i in range(16)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
        """)


if __name__ == "__main__":
    unittest.main()
