#!/usr/bin/env python3
"""Every flag of the search does what it says: each test would fail if its flag did nothing.

Usage: flags_test.py PROGRAM. The product keeps its rules, so what a failure looks like is shown by
--find, which takes a cell of the coverage for one.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as tree

PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None
REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
FOUND = "fault: cut-watch"  # a cell that many runs come to
SECONDS_MAX = 120
# Few kinds, so that this test is about flags and not about what a new fault may find.
FAULTS = ("--faults", "crash,compact,cut-watch")


class Flags(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sim-flags-"))
        self.addCleanup(shutil.rmtree, self.folder)
        # A repository of our own, so that --keep and --cases touch nothing.
        repository = self.folder / "repository"
        (repository / "test" / "sim" / "cases").mkdir(parents=True)
        os.symlink(REPOSITORY / "deploy", repository / "deploy")
        os.symlink(REPOSITORY / "test/sim/workloads", repository / "test/sim/workloads")
        self.cases = repository / "test" / "sim" / "cases"
        self.repository = repository

    def run_sim(self, *flags, expect=0):
        done = subprocess.run(
            [PROGRAM, "--repository", self.repository, *map(str, flags)],
            cwd=self.folder, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def search(self, *flags, expect=0):
        """The first batch of the JSON report."""
        file = self.folder / "report.json"
        self.run_sim("--quiet", "--json", file, *flags, expect=expect)
        return json.loads(file.read_text())[0]

    def find(self, *flags):
        return self.run_sim("--quiet", "--workload", "create", "--find", FOUND, "--trace-lines", 5,
                            "--runs", 200, "--jobs", 1, *FAULTS, *flags, expect=1).stdout

    def test_runs_and_workload_say_how_many_and_which(self):
        report = self.search("--runs", 7, "--workload", "create", *FAULTS)
        self.assertEqual((report["runs"], report["workloads"]), (7, {"create": 7}))

    def test_time_ends_a_search(self):
        report = self.search("--runs", 1_000_000, "--time", 0.5, "--workload", "create",
                             *FAULTS)
        self.assertLess(report["runs"], 1_000_000)
        self.assertGreaterEqual(report["seconds"], 0.5)

    def test_jobs_are_processes_that_share_the_runs(self):
        alone, shared = (self.search("--runs", 8, "--workload", "create", "--jobs", jobs, *FAULTS)
                         for jobs in (1, 3))
        self.assertEqual((len(alone["processes"]), len(shared["processes"])), (1, 3))
        self.assertEqual(alone["traceHash"], shared["traceHash"])

    def test_seed_decides_what_happens(self):
        one, same, other = (self.search("--runs", 3, "--seed", seed, "--workload", "create", *FAULTS)
                            for seed in (5, 5, 500))
        self.assertEqual(one["traceHash"], same["traceHash"])
        self.assertNotEqual(one["traceHash"], other["traceHash"])

    def test_some_runs_are_made_twice_by_another_program(self):
        report = self.search("--runs", 101, "--workload", "create", *FAULTS)
        self.assertEqual((report["repeated"], report["diverged"]), (2, 0))

    def test_faults_are_the_only_ones_that_happen(self):
        report = self.search("--runs", 60, "--workload", "create", "--faults", "crash,compact",
                             "--coverage", expect=1)
        reached = {k for k in report["coverage"].get("fault", {})}
        self.assertTrue(reached, report)
        self.assertLessEqual(reached, {"crash", "compact"})

    def test_coverage_tells_what_was_missed_and_fails(self):
        done = self.run_sim("--quiet", "--coverage", "--runs", 1, "--workload", "create",
                            "--faults", "compact", expect=1)
        self.assertIn("never reached: event: Forbidden", done.stdout)
        self.assertIn("fault: 1 of 1", done.stdout)

    def test_find_shrinks_and_stores_what_it_found(self):
        said = self.find()
        self.assertRegex(said, r"shrunk from \d+ choices to \d+, \d+ of them not plain")
        self.assertTrue(list((self.folder / "sim-failures").glob("create-*.case")))

    def test_shrinking_makes_a_case_smaller_and_can_be_left_out(self):
        self.find("--keep", "small")
        self.assertNotIn("shrunk", self.find("--keep", "large", "--no-shrink"))
        small, large = ((self.cases / f"{name}.case").stat().st_size for name in ("small", "large"))
        self.assertLess(small, large)

    def test_a_kept_case_is_run_by_name_and_replayed_to_the_same_trace(self):
        self.find("--keep", "mine")
        self.assertIn("ok     mine", self.run_sim("--cases").stdout)
        self.assertIn("  mine", self.run_sim("--list").stdout)
        traces = {re.search(r"trace ([0-9a-f]{16})", self.run_sim(
            "--replay", self.cases / "mine.case").stdout)[1] for _ in range(2)}
        self.assertEqual(len(traces), 1)

    def test_a_case_that_no_longer_comes_to_what_it_was_kept_for_fails(self):
        self.find("--keep", "mine")
        case = self.cases / "mine.case"
        kept = case.read_text()
        self.assertIn(f"\nreaches {FOUND}\n", kept)
        case.write_text(kept.replace(f"reaches {FOUND}", "reaches fault: meddle"))
        said = self.run_sim("--cases", expect=1).stdout
        self.assertIn("it no longer reaches fault: meddle", said)
        self.assertIn("FAILED mine", said)

    def test_a_case_that_no_longer_fits_says_so(self):
        case = self.cases / "old.case"
        case.write_text("workload create\nseed 1\nchoices 4000*1 4000 4000\n")
        self.assertIn("it no longer fits", self.run_sim("--replay", case).stdout)

    def test_replay_of_a_seed_is_the_run_of_the_search(self):
        said = self.run_sim("--replay", 3, "--workload", "create", "--trace-lines", 4,
                            *FAULTS).stdout
        self.assertRegex(said, r"\d+ decisions, .* trace [0-9a-f]{16}, [0-9.]+ ms")
        self.assertEqual(sum(" #" in line for line in said.splitlines()), 4)

    def test_failures_says_after_how_many_to_stop(self):
        one, three = (self.search("--workload", "create", "--find", FOUND, "--runs", 200, "--jobs", 1,
                                  "--no-shrink", "--failures", n, *FAULTS, expect=1) for n in (1, 3))
        self.assertEqual((len(one["failures"]), len(three["failures"])), (1, 3))

    def test_junit_counts_failures(self):
        file = self.folder / "report.xml"
        for find, failures in ((FOUND, "1"), ("no: such cell", "0")):
            self.run_sim("--quiet", "--workload", "create", "--runs", 60, "--no-shrink", *FAULTS,
                         "--find", find, "--junit", file, expect=int(failures))
            self.assertEqual(tree.parse(file).getroot().get("failures"), failures)

    def test_enumerate_breaks_one_thing_at_every_decision(self):
        report = self.search("--enumerate", "--workload", "create", "--faults", "crash",
                             "--time", 3)
        self.assertEqual(report["name"], "enumerate create")
        self.assertEqual(report["runs"], report["faults"])
        self.assertGreater(report["runs"], 5)

    def test_pairs_break_two_things(self):
        report = self.search("--pairs", 60, "--workload", "create", "--time", 3)
        self.assertEqual(report["name"], "pairs create")
        self.assertGreater(report["faults"], report["runs"])

    def test_exhaustive_says_whether_it_was_complete(self):
        said = self.run_sim("--exhaustive", "--workload", "watch-ends", "--depth", 6).stdout
        self.assertRegex(said, r"watch-ends +\d+ interleavings.*depth [6-9],.*complete up to the depth")

    def test_quiet_tells_no_progress(self):
        self.assertEqual(self.run_sim("--runs", 3, "--workload", "create", "--quiet", *FAULTS).stderr, "")
        self.assertIn("runs", self.run_sim("--runs", 60, "--workload", "create", *FAULTS).stderr)

    def test_mistakes_end_with_2_and_name_the_value(self):
        for flags, named in ((("--workload", "nosuch"), "nosuch"), (("--faults", "rain"), "rain"),
                             (("--runs", "0"), "--runs"), (("--replay", "none.case"), "none.case"),
                             (("--nosuch",), "--nosuch")):
            done = self.run_sim(*flags, expect=2)
            self.assertIn(named, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
