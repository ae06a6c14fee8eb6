# SPDX-License-Identifier: MIT
"""What looks at memory from inside CPython goes on working."""
import unittest

from support import run


class Tools(unittest.TestCase):
    def test_tracemalloc(self):
        run("""
            import tracemalloc
            tracemalloc.start()
            before = tracemalloc.take_snapshot()
            kept = [b"x" * (i % 600) for i in range(10000)]
            after = tracemalloc.take_snapshot()
            grown = sum(s.size_diff for s in after.compare_to(before, "lineno"))
            assert 10000 * 300 < grown < 10000 * 500, grown
            tracemalloc.stop()
            del kept
            kept = [str(i) for i in range(10000)]
            for i in range(20):
                tracemalloc.start(); del kept[::2]; kept += [str(i) for i in range(5000)]; tracemalloc.stop()
        """)

    def test_tracemalloc_from_the_start(self):
        run("import tracemalloc; assert tracemalloc.get_traced_memory()[0] > 100000", "-X", "tracemalloc=3")

    def test_getallocatedblocks_is_zero(self):
        run("""
            kept = [object() for i in range(1000)]
            assert sys.getallocatedblocks() == 0
        """)

    def test_debugmallocstats(self):
        run("sys._debugmallocstats()")

    def test_garbage_collection(self):
        run("""
            import gc, weakref
            class Node: pass
            gone = []
            for turn in range(30):
                first = Node(); node = first
                for i in range(2000):
                    node.next = Node(); node.next.back = node; node = node.next
                node.next = first
                weakref.finalize(first, gone.append, turn)
                del first, node
                gc.collect()
            assert gone == list(range(30)), gone
            assert not gc.garbage
        """)

    def test_memory_goes_back(self):
        run("""
            def resident():
                return int(open("/proc/self/statm").read().split()[1]) * 4096
            before = resident()
            kept = [(i, [i]) for i in range(1000000)]
            most = resident()
            del kept
            after = resident()
            assert most - before > 100 << 20, (before, most)
            assert after - before < 40 << 20, (before, most, after)
        """)

    def test_memory_errors(self):
        run("""
            for make in (lambda: b"x" * (1 << 62), lambda: [0] * (1 << 60), lambda: bytearray(1 << 62)):
                try:
                    make()
                except MemoryError:
                    continue
                raise AssertionError("no MemoryError")
        """)

    def test_address_space_limit_set_later(self):
        """No address space is reserved, so a limit that a program sets for itself leaves it room."""
        run("""
            import resource
            used = int(open("/proc/self/statm").read().split()[0]) * 4096
            resource.setrlimit(resource.RLIMIT_AS, (used + (64 << 20),) * 2)
            kept = [str(i) for i in range(200000)]
            try:
                while True:
                    kept.append([str(i) for i in range(10000)])
            except MemoryError:
                del kept
            assert len([str(i) for i in range(200000)]) == 200000
        """)


if __name__ == "__main__":
    unittest.main()
