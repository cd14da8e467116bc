"""Fixtures: sessions that are guarded for other programs than Claude Code, which is not set up."""

import pytest

from waiting import eventually


@pytest.fixture
def alone(agent, signed_in):
    """A session that is guarded for other programs, with a good token. Claude Code is not even installed."""
    agent.configure(profiles=["work-dev"])
    return agent


@pytest.fixture
def told(agent):
    """Runs `status` once the daemon says this: the text's first line, the exit status, the line, Waybar's class."""

    def tell(condition: str) -> tuple[str, int, str]:
        eventually(lambda: agent.status()["condition"] == condition, f"{condition} {agent.journal()}")
        shown = agent.run("status", check=False)
        return shown.stdout.splitlines()[0], shown.returncode, agent.run("status", "--line").stdout.rstrip("\n")

    return tell
