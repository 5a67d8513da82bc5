#!/usr/bin/env python3
"""The planted bugs fit the tree as it is now. Builds nothing; a second in all."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

from planted import ROOT, all_mutants, apply  # noqa: E402

# What a planted bug must exist for: each part of the product that the oracles have to watch.
CONCERNS = {
    "adoption", "api", "backoff", "cache", "conf", "deletion", "desire", "dispatch", "drift",
    "hysteresis", "reconcile", "recorder", "requeue", "resync", "secret", "service", "statefulset",
    "status", "supervisor", "watch",
}
MUTANTS_MIN = 32


class Mutants(unittest.TestCase):
    def test_every_patch_applies_to_this_tree(self):
        for mutant in all_mutants():
            with self.subTest(mutant.name):
                apply(mutant, ROOT, "--check")

    def test_there_are_enough_of_them(self):
        self.assertGreaterEqual(len(all_mutants()), MUTANTS_MIN)

    def test_every_concern_has_one(self):
        self.assertEqual(CONCERNS - {m.concern for m in all_mutants()}, set())

    def test_every_head_says_what_is_wrong_and_who_may_see_it(self):
        for mutant in all_mutants():
            with self.subTest(mutant.name):
                self.assertTrue(mutant.says and mutant.concern and mutant.oracles and mutant.files)

    def test_every_case_that_a_head_names_is_there(self):
        cases = os.path.join(ROOT, "test/sim/cases")
        for mutant in all_mutants():
            if mutant.case:
                with self.subTest(mutant.name):
                    self.assertTrue(os.path.isfile(os.path.join(cases, f"{mutant.case}.case")))

    def test_none_touches_a_header_or_a_test(self):
        for mutant in all_mutants():
            for name in mutant.files:
                with self.subTest(mutant.name, file=name):
                    self.assertTrue(name.endswith(".cpp") or name.startswith("deploy/"))
                    self.assertFalse(name.startswith("test/"))

    def test_no_two_have_the_same_number(self):
        numbers = [m.name.split("-")[0] for m in all_mutants()]
        self.assertEqual(len(numbers), len(set(numbers)))


if __name__ == "__main__":
    unittest.main()
