"""Of lists of similar cases, each run of everything takes a share, so that it ends in time; which one, the commit
decides. Whoever runs a layer, a folder or a test runs all of its cases, and so does `Tests/run --long`."""

import os
from collections import Counter


def parts(cases: int) -> int:
    """One in so many cases of a list is taken."""
    return 1 if cases < 3 else 2 if cases < 5 else 3 if cases < 20 else 5


def take(config, items: list):
    """Leaves a share of the cases where Tests/run says which, by a number."""
    number = os.environ.get("BEDROCK_SHARE")
    if not number:
        return
    tests = [item.nodeid.split("[")[0] for item in items]
    cases, seen, kept, left = Counter(tests), Counter(), [], []
    for item, test in zip(items, tests):
        is_taken = (seen[test] + int(number)) % parts(cases[test]) == 0
        seen[test] += 1
        (kept if is_taken else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept
