"""Each run of everything takes a share of the tests, so that it ends in time: of each list of similar cases, and every
third one of the others. Which ones, the commit decides. Whoever runs a layer, a folder or a test runs all of it, and so
does `Tests/run --long`."""

import os
from collections import Counter


def parts(cases: int) -> int:
    """One in so many cases of a list is taken, and of the tests without a list."""
    return 3 if cases < 8 else 6 if cases < 20 else 12


def take(config, items: list):
    """Leaves a share of the cases where Tests/run says which, by a number."""
    number = os.environ.get("BEDROCK_SHARE")
    if not number:
        return
    tests = [item.nodeid.split("[")[0] for item in items]
    cases, seen, kept, left = Counter(tests), Counter(), [], []
    for item, test in zip(items, tests):
        # Tests without a list are one together.
        of = test if cases[test] > 1 else ""
        is_taken = (seen[of] + int(number)) % parts(cases[test]) == 0
        seen[of] += 1
        (kept if is_taken else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept
