"""Homes that an administrator has prepared in /etc/skel: their files are copied as `useradd -m` does, with their modes."""

import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from administrator import MODEL, Administrator
from aws_home import CONFIG, FIRST_PROFILE

SETTINGS = {"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "AWS_REGION": "us-west-2",
                    "ANTHROPIC_MODEL": MODEL}, "awsAuthRefresh": "bedrock-agent login --profile work-dev"}


@pytest.fixture
def skel(home, tmp_path):
    """Makes the home from files with these texts, by path."""
    def make(mode: int, **files: str):
        folder = tmp_path / "skel"
        for name, text in files.items():
            path = folder / {"aws": ".aws/config", "claude": ".claude/settings.json",
                             "own": "xdg-config/bedrock-agent/config.json"}[name]
            path.parent.mkdir(parents=True)
            path.write_text(text)
            path.chmod(mode)
        shutil.copytree(folder, home.path, dirs_exist_ok=True)

    home.config.unlink()
    return make


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def set_up(agent):
    """What it says; nobody else may read its records."""
    said = agent.run("setup", "--yes", "--no-enable").stdout
    for folder, _, files in os.walk(agent.state):
        assert mode(Path(folder)) == 0o700 and {mode(Path(folder, file)) for file in files} <= {0o600}, folder
    return said


@pytest.mark.parametrize("given", [0o644, 0o600, 0o444])
def test_profile_and_settings(agent, home, skel, given):
    """All is there but the user's word: nothing is run, and nothing but that is written."""
    skel(given, aws=CONFIG.format(start_url=home.start_url), claude=json.dumps(SETTINGS))
    before = agent.settings.read_bytes(), home.config.read_bytes()
    agent.start(claude=False)
    findings = {each["code"]: each for each in agent.status()["findings"]}
    assert sorted(findings) == ["command-unapproved", "sign-in-needed"]
    assert findings["command-unapproved"]["message"].startswith("awsAuthRefresh has not been approved, and is not run: ")
    assert agent.sandbox.prompts() == 0
    set_up(agent)
    agent.wait_until("healthy")
    assert (agent.settings.read_bytes(), home.config.read_bytes()) == before
    assert mode(agent.settings) == mode(home.config) == given
    agent.run("reset", "--yes")
    assert (agent.settings.read_bytes(), home.config.read_bytes()) == before


@pytest.mark.parametrize("given", [0o644, 0o600])
def test_what_setup_takes_as_given(agent, home, skel, given):
    """The user's own config.json from the beginning: what root's would say for everybody."""
    skel(given, own=json.dumps({"setup": Administrator(home).setup, "signIn": "ask"}))
    own = agent.config.read_bytes()
    set_up(agent)
    assert home.config.read_text() == FIRST_PROFILE.format(start_url=home.start_url)
    assert home.claude_settings()["env"]["AWS_PROFILE"] == "acme"
    assert agent.config.read_bytes() == own and mode(agent.config) == given
    assert "nothing was changed" in set_up(agent)
    agent.run("reset", "--yes")
    assert not agent.settings.exists() and agent.config.read_bytes() == own
