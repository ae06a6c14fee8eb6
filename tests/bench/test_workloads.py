# SPDX-License-Identifier: MIT
"""The set: large enough, grouped, and each workload really checks itself."""

import random
import re
import tempfile
import unittest

import support  # noqa: F401
import workloads

# The frozen set. A name may not change, go or come: every later figure stands on the same workloads.
FROZEN = """
    json_dumps_ints json_dumps_records json_loads_records pickle_roundtrip struct_records base64_attachments list_append
    dict_word_count lru_cache_churn sort_strings join_short_strings equal_string_pairs format_lines split_and_replace
    string_concatenation strftime_dates utf8_documents decimal_invoice fraction_sum pi_digits matrix_lists
    objects_made_and_dropped dataclass_trees deepcopy_config gc_cycles asyncio_tasks slice_4mb_bytes bytearray_growth
    bytesio_growth join_arrays copy_large_lists queue_workers pool_json threads_zlib short_threads text_file_lines
    copy_files stringio_report sqlite_rows regex_access_log csv_rows xml_feed html_links ast_modules sha256_buffer
    nbody_floats recursive_calls look_ups
""".split()


class Workloads(unittest.TestCase):
    def test_the_set_is_frozen(self):
        self.assertEqual([w.name for w in workloads.load_all()], FROZEN)

    def test_first_of_all_the_question(self):
        self.assertEqual(workloads.load_all()[0].name, "json_dumps_ints")

    def test_every_group_has_some_and_every_one_has_a_help(self):
        every = workloads.load_all()
        self.assertGreaterEqual(len(every), 36)
        for _, group in workloads.GROUPS:
            self.assertGreaterEqual(len([w for w in every if w.group == group]), 4, group)
        for each in every:
            self.assertTrue(each.help and re.fullmatch(r"[a-z0-9_]+", each.name))

    def test_each_runs_twice_and_is_right(self):
        tempfile.tempdir = None
        with tempfile.TemporaryDirectory() as folder:
            tempfile.tempdir = folder
            try:
                for each in workloads.load_all():
                    with self.subTest(each.name):
                        try:
                            run = each.make()
                        except ImportError as error:
                            self.skipTest(str(error))
                        run()
                        run()
            finally:
                tempfile.tempdir = None

    def test_a_wrong_result_is_an_error(self):
        with self.assertRaises(AssertionError):
            workloads.expect(1, 2)

    def test_each_checks_something(self):
        checks = []
        original = workloads.expect
        try:
            workloads.expect = lambda value, expected: checks.append((value, expected))
            for module, _ in workloads.GROUPS:
                __import__("workloads." + module, fromlist=["expect"]).expect = workloads.expect
            for each in random.Random(1).sample(workloads.load_all(), 12):
                with self.subTest(each.name):
                    checks.clear()
                    try:
                        each.make()()
                    except ImportError as error:
                        self.skipTest(str(error))
                    self.assertTrue(checks)
        finally:
            workloads.expect = original
            for module, _ in workloads.GROUPS:
                __import__("workloads." + module, fromlist=["expect"]).expect = original


if __name__ == "__main__":
    unittest.main()
