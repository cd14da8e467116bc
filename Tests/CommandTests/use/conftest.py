"""Fixtures: `use` in a home that is set up, with profiles of two regions."""

import subprocess

import pytest

from claude_settings import COMMAND, write_settings
from switching import OPUS_41, PROFILES


@pytest.fixture
def use(build, aws_cli, home, sandbox):
    """Runs `use` with these arguments, and checks its exit status."""

    def run(*arguments: str, status: int = 0, command: str = "use", **environment: str):
        result = subprocess.run(
            [build / "bedrock-agent", command, *arguments], capture_output=True, text=True, timeout=60,
            stdin=subprocess.DEVNULL,
            env=home.environment(sandbox.environment, {"BROWSER": sandbox.browser(), "DISPLAY": ":0"}, **environment))
        assert result.returncode == status, result.stdout + result.stderr
        return result

    return run


@pytest.fixture
def set_up(signed_in):
    """Signed in, with settings for work-dev in us-west-2, and profiles elsewhere."""
    with signed_in.config.open("a") as config:
        config.write(PROFILES)

    def write(model=OPUS_41, command=COMMAND, **env):
        write_settings(signed_in.path, command, ANTHROPIC_MODEL=model, **env)
        return signed_in

    return write
