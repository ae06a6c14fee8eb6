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

# The second set, held out of the tuning; as frozen.
SECOND = """
    sort_fresh_strings split_and_join_lines encode_and_decode join_many format_numbers normalise_unicode wrap_paragraphs
    diff_files slice_large_bytes append_to_bytes zlib_pieces binary_to_text cut_frames megabytes_made_and_dropped
    join_large_arrays turn_pictures copy_windows dict_and_set_churn deque_windows heap_and_bisect weak_references
    itertools_pipeline pickle_graphs xml_trees html_trees email_messages csv_dictionaries config_files parse_urls
    decimal_instalments continued_fractions statistics_of_samples large_integers compile_functions generator_pipelines
    collected_rings exceptions_with_tracebacks command_lines log_records asyncio_queues futures_of_a_pool fill_templates
""".split()


def both_sets():
    return workloads.load_all() + workloads.load_all(workloads.SECOND_GROUPS)


class Workloads(unittest.TestCase):
    def test_the_set_is_frozen(self):
        self.assertEqual([w.name for w in workloads.load_all()], FROZEN)

    def test_the_second_set_is_frozen_and_of_other_workloads(self):
        self.assertEqual([w.name for w in workloads.load_all(workloads.SECOND_GROUPS)], SECOND)
        self.assertGreaterEqual(len(SECOND), 24)
        self.assertFalse(set(SECOND) & set(FROZEN))

    def test_first_of_all_the_question(self):
        self.assertEqual(workloads.load_all()[0].name, "json_dumps_ints")

    def test_every_group_has_some_and_every_one_has_a_help(self):
        every = both_sets()
        self.assertGreaterEqual(len(every), 36)
        for _, group in workloads.GROUPS + workloads.SECOND_GROUPS:
            self.assertGreaterEqual(len([w for w in every if w.group == group]), 4, group)
        for each in every:
            self.assertTrue(each.help and re.fullmatch(r"[a-z0-9_]+", each.name))

    def test_each_runs_twice_and_is_right(self):
        tempfile.tempdir = None
        with tempfile.TemporaryDirectory() as folder:
            tempfile.tempdir = folder
            try:
                for each in both_sets():
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
            for module, _ in workloads.GROUPS + workloads.SECOND_GROUPS:
                __import__("workloads." + module, fromlist=["expect"]).expect = workloads.expect
            for each in random.Random(1).sample(workloads.load_all(), 12) + workloads.load_all(workloads.SECOND_GROUPS):
                with self.subTest(each.name):
                    checks.clear()
                    try:
                        each.make()()
                    except ImportError as error:
                        self.skipTest(str(error))
                    self.assertTrue(checks)
        finally:
            workloads.expect = original
            for module, _ in workloads.GROUPS + workloads.SECOND_GROUPS:
                __import__("workloads." + module, fromlist=["expect"]).expect = original


if __name__ == "__main__":
    unittest.main()
