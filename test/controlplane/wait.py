"""Waiting for conditions. Nothing in these tests sleeps for a length that it hopes is enough."""

import time

# Most conditions are asked of kubectl, which computes for 0.1 s: more often, and the tests wait for
# themselves.
POLL_INTERVAL_S = 0.15


class Timeout(AssertionError):
    """A condition did not come true in time."""


def until(what, condition, timeout_s=30.0, interval_s=POLL_INTERVAL_S):
    """Calls `condition` until it returns something true, and returns that.

    `what` says what is awaited; it is a string, or a function that describes the last state.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() >= deadline:
            text = what() if callable(what) else what
            raise Timeout(f"not within {timeout_s:g} s: {text}")
        time.sleep(interval_s)
