# SPDX-License-Identifier: MIT
"""Interpreters, virtual machines and a debugger of Debian do under the shim what they do without."""
import unittest

from servers import Case, needs, with_each_allocator

# Name of the program, and what it is asked; each makes and drops much, most with threads or processes of its own.
PROGRAMS = {
    "perl": ["-e", 'my %h; $h{$_} = [map { "x$_" } 1..20] for 1..20000; my $p = fork; if (!$p) { exit keys(%h) != 20000 } '
                   'waitpid $p, 0; print $? == 0 ? scalar(keys %h) : "child $?", "\\n"'],
    "ruby": ["-e", "t = 4.times.map { |n| Thread.new { (0...20000).map { |i| [i.to_s * 3, { n => i }] }.size } }; "
                   "GC.start; puts t.sum(&:value)"],
    "node": ["-e", "let a = []; for (let i = 0; i < 100000; i++) a.push({i, s: 'x'.repeat(i % 50), b: Buffer.alloc(i % 64)}); "
                   "console.log(a.length, require('zlib').gunzipSync(require('zlib').gzipSync(Buffer.alloc(1e6))).length)"],
    "gdb": ["-batch", "-ex", "python print(len({str(n): [n] * 9 for n in range(50000)}))", "-ex", "info line", "/usr/bin/true"],
    "java": ["-XX:+UseSerialGC", "-Xmx128m", "-version"],
    "sqlite3": [":memory:", "with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000) "
                            "select count(distinct hex(i)), sum(i) from n"],
}


class Interpreters(Case):
    @with_each_allocator
    def test_their_output_and_status_are_as_without(self, allocator):
        for name, arguments in PROGRAMS.items():
            with self.subTest(program=name):
                program = needs(name)
                without = self.run_bare([program, *arguments])
                self.assertEqual(without.returncode, 0, without.stderr)
                under = self.run_under(allocator, [program, *arguments])
                self.assertEqual((under.returncode, under.stdout, under.stderr), (0, without.stdout, without.stderr))


if __name__ == "__main__":
    unittest.main()
