"""Of long lists of similar cases, each run of everything takes a share, so that it ends in time; the next commit's takes
another. Whoever runs a layer, a folder or a test runs all of its cases, and so does `Tests/run --long`."""

import os
from collections import defaultdict

# Which part of a test's cases: one in so many.
ONE_IN = {
    "Claude/test_aws_files.py": 3, "Claude/test_credentials.py": 3, "Claude/test_differential.py": 2,
    "Claude/test_doctor.py": 2, "Claude/test_environment.py": 3, "Claude/test_files.py": 3, "Claude/test_one_tab.py": 3,
    "Claude/test_schema.py": 3, "Claude/test_takeover.py": 3, "Claude/test_values.py": 3,
    "Claude/test_what_claude_writes.py": 3, "damage/test_control_characters.py": 3, "damage/test_hostile_files.py": 2,
    "damage/test_reads_that_fail.py": 2, "damage/test_settings_damage.py": 2, "damage/test_settings_status_line.py": 2,
    "login/test_dead_registration.py": 2, "login/test_own_sign_in_here.py": 2, "login/test_same_files.py": 2,
    "notify/test_notify_secrets.py": 2, "reset/test_reset.py": 2, "setup/test_fixed_settings.py": 2,
    "setup/test_setup_keeps.py": 3, "setup/test_walk_leaving.py": 2, "torture/test_files.py": 2,
    "torture/test_tokens.py": 2, "use/test_use.py": 3,
}


def take(config, items: list):
    """Leaves a share of the cases where Tests/run says which, by a number."""
    number = os.environ.get("BEDROCK_SHARE")
    if not number:
        return
    seen, kept, left = defaultdict(int), [], []
    for item in items:
        parts = next((parts for name, parts in ONE_IN.items() if item.path.match(name)), 1)
        test = item.nodeid.split("[")[0]
        is_taken = not hasattr(item, "callspec") or (seen[test] + int(number)) % parts == 0
        seen[test] += 1
        (kept if is_taken else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept
