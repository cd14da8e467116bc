"""Fixtures: homes whose files a test damages."""

import shutil
import tempfile
from pathlib import Path

import pytest

pytest.register_assert_rewrite("guarded_settings", "home_to_break")

from guarded_settings import TEXT, begin  # noqa: E402
from home_to_break import HomeToBreak  # noqa: E402


@pytest.fixture
def place(build, aws_cli, tmp_path):
    folder = Path(tempfile.mkdtemp(prefix="ba-home-"))
    folder.chmod(0o755)
    program = folder / "bin" / "bedrock-agent"
    program.parent.mkdir()
    for name in ("bedrock-agent", "bedrock-agent-net"):
        shutil.copy(build / name, program.parent / name)
    made = HomeToBreak(folder, program, tmp_path / "agent-errors.txt")
    yield made
    made.runtime.remove()
    shutil.rmtree(folder)


@pytest.fixture
def guarded(agent, home, raw):
    """A daemon that guards a session, with settings in which `setup` has added its keys to the user's."""
    agent.settings.parent.mkdir()
    agent.settings.write_text(TEXT)
    begin(agent, home, raw)
    return agent
