"""What the README promises, a test holds."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_each_promise_names_tests_that_are_there():
    text = (ROOT / "README.md").read_text()
    sections = text[text.index("\n## Security and privacy"):text.index("\n## How it compares")]
    rows = [line for line in sections.splitlines() if line.startswith("| ") and "held by" not in line]
    assert len(rows) >= 13
    for row in rows:
        tests = re.findall(r"`([\w/]+\.(?:py|swift))`", row.rsplit("|", 2)[1])
        assert tests, f"who holds this? {row}"
        assert [test for test in tests if not (ROOT / "Tests" / test).is_file()] == []
