"""What the README promises, a test holds; and what it shows, the programs take."""

import json
import re
from pathlib import Path

import pytest

from administrator import Administrator

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text()
JSON = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", README, re.DOTALL)]


def test_each_promise_names_tests_that_are_there():
    sections = README[README.index("\n## Security and privacy"):README.index("\n## How it compares")]
    rows = [line for line in sections.splitlines() if line.startswith("| ") and "held by" not in line]
    assert len(rows) >= 13
    for row in rows:
        tests = re.findall(r"`([\w/]+\.(?:py|swift))`", row.rsplit("|", 2)[1])
        assert tests, f"who holds this? {row}"
        assert [test for test in tests if not (ROOT / "Tests" / test).is_file()] == []


@pytest.mark.parametrize("text", [README, (ROOT / "systemd/manual.sections").read_text().replace("\\-", "-")],
                         ids=["README", "manual"])
def test_each_command_that_it_names_is_one(agent, text):
    """With the flags that it is named with."""
    helps = {name: agent.run(name, "--help").stdout for name in agent.commands()}
    named = re.findall(r"\bbedrock-agent ([a-z]+)\b((?: [^`|&;()\n]+)?)", text)
    assert len(named) > 20
    for command, words in named:
        if command not in helps:
            # As part of a sentence, such as "bedrock-agent signs in"; a command has flags, or stands by itself.
            assert not re.search(rf"`bedrock-agent {command}\b", text), command
            continue
        for flag in re.findall(r" (--[a-z][a-z-]*)", words):
            assert re.search(rf"(?<![\w-]){flag}(?![\w-])|--[a-z-]+/{flag}\b", helps[command]), f"{command} {flag}"


def test_each_configuration_that_it_shows_is_taken(agent, home, signed_in):
    settings = [shown for shown in JSON if "env" in shown]
    ours = [shown for shown in JSON if shown not in settings]
    assert len(ours) >= 2 and len(settings) >= 1
    for config in ours:
        Administrator(home).write(**config)
        assert [code for code in agent.findings() if code.startswith("config-")] == [], config
    for shown in settings:
        agent.settings.parent.mkdir(exist_ok=True)
        agent.settings.write_text(json.dumps(shown))
        claude = agent.status()["claude"]
        assert (claude["usesBedrock"], claude["profile"], claude["awsAuthRefresh"]) == (
            True, shown["env"]["AWS_PROFILE"], shown["awsAuthRefresh"])
