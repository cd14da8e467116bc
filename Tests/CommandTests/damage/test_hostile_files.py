"""A FIFO, a device, a loop of links, a folder, 10 GB or somebody else's file in place of each file that is read or written:
nothing hangs, nothing crashes, and what is in the way is named."""

import shutil
import subprocess

import pytest

from in_place import KINDS, LITTLE_MEMORY, put

MODEL = "global.anthropic.claude-opus-4-5-20251101-v1:0"
SETUP = ["setup", "--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--no-enable", "--yes"]
# The files are looked at in so many runs.
PARTS = 5

# Whoever reads them says when one is not what it should be.
NAMED = [
    ".aws/config", ".claude/settings.json", "xdg-config/bedrock-agent/config.json", "xdg-state/bedrock-agent/state.json",
    "xdg-state/bedrock-agent/approvals.json",
]
# Without these, something else happens or nothing is missing.
UNNAMED = [
    ".aws/credentials", ".claude/settings.local.json", ".claude.json", "managed/managed-settings.json",
    "xdg-state/bedrock-agent/setup.json", "xdg-state/bedrock-agent/approvals.json.lock",
    "xdg-state/bedrock-agent/settings.lock", "xdg-state/bedrock-agent/backups", "xdg-state/bedrock-agent/locks",
    "xdg-state/bedrock-agent/exported", "xdg-state/bedrock-agent/good", "xdg-state/bedrock-agent/previous",
]


@pytest.fixture
def settled(agent, home, raw):
    """Set up, signed in, and healthy once: every file is there."""
    agent.use()
    agent.run(*SETUP)
    agent.use()
    home.sign_in(raw)
    agent.start(refreshAhead="5m")
    agent.wait_until("healthy")
    agent.stop()
    return agent


def said(agent) -> str:
    """Whatever the daemon and the commands say with it in place."""
    agent.errors.write_text("")
    agent.launch(*LITTLE_MEMORY)
    agent.wait_until_it_listens()

    def run(*commands):
        return [agent.run(*command, check=False, under=LITTLE_MEMORY) for command in commands]

    results = run(["status"], ["status", "--json"], ["doctor"])
    agent.stop()
    results += run(SETUP, ["approve", "--yes"], ["reset", "--yes"])
    for result in results:
        assert result.returncode in range(100), f"{result.args} ended with {result.returncode}: {result.stderr}"
    return agent.journal() + "".join(result.stdout + result.stderr for result in results)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", KINDS)
def test_in_place_of_each_file(settled, home, tmp_path, kind, part):
    shutil.copytree(home.path, tmp_path / "as it was", symlinks=True)
    tokens = [str(file.relative_to(home.path)) for file in home.cache.glob("*.json")]
    assert len(tokens) == 2
    names = [*NAMED, *UNNAMED, *tokens]
    for name in names[part::PARTS]:
        put(home.path / name, KINDS[kind])
        text = said(settled)
        assert "Fatal error" not in text, name
        if name in NAMED and kind != "somebody's":
            assert name.rpartition("/")[2] in text, f"{name}: {text}"
        subprocess.run(["rm", "-rf", home.path], check=True, timeout=60)
        shutil.copytree(tmp_path / "as it was", home.path, symlinks=True)
