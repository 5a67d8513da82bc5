"""Runs the cases: a line each with its time, and one line of sums."""

import time
import unittest


def sentence(test):
    """"DriftTest: a scaled stateful set is put back"."""
    suite, _, method = test.id().rpartition(".")
    return f"{suite.rpartition('.')[2]}: {method.removeprefix('test_').replace('_', ' ')}"


class Report(unittest.TestResult):
    """A case that was skipped is neither passed nor failed."""

    def __init__(self):
        super().__init__()
        self.passed = 0
        self.failed = 0
        self.started_at = 0.0

    def startTest(self, test):
        super().startTest(test)
        self.started_at = time.monotonic()

    def _line(self, verdict, test, more=""):
        seconds = time.monotonic() - self.started_at
        print(f"{verdict:6} {seconds:6.1f} s  {sentence(test)}{more}", flush=True)

    def addSuccess(self, test):
        self.passed += 1
        self._line("passed", test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._line("skip", test, f" ({reason})")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._failed(test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self._failed(test, self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._failed(test, f"{subtest}\n{self._exc_info_to_string(err, test)}")

    def _failed(self, test, trace):
        self.failed += 1
        self._line("FAILED", test)
        print(trace)
        if hasattr(test, "diagnosis"):
            print(test.diagnosis(), flush=True)

    def summary(self):
        skipped = f", {len(self.skipped)} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"
