"""Waits for conditions, always with a timeout."""

import time


def eventually(condition, what, seconds=60.0, every=0.05):
    """Returns the condition's first true value; fails, saying what did not happen, after the timeout."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:g} s, still not: {what}")
        time.sleep(every)


def stays(condition, what, seconds=2.0, every=0.05):
    """Checks for some time that a condition remains true; fails as soon as it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert condition(), f"no longer: {what}"
        time.sleep(every)
