"""Fixtures: root's `config.json`, and who finds it on a first day."""

import subprocess

import pytest

from administrator import Administrator
from pty_terminal import Terminal

@pytest.fixture
def admin(home) -> Administrator:
    (home.path / "managed").mkdir(exist_ok=True)
    return Administrator(home)


@pytest.fixture
def run(build, aws_cli, home, sandbox, admin):
    """Runs the agent's commands as somebody on that machine."""

    def run(*arguments: str, status: int = 0, **environment: str):
        result = subprocess.run(
            [build / "bedrock-agent", *arguments], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
            env=home.environment(
                sandbox.environment, BROWSER=sandbox.browser(), DISPLAY=":0",
                BEDROCK_AGENT_MANAGED_ROOT=str(home.path / "managed"), **environment))
        assert result.returncode == status, result.stdout + result.stderr
        return result

    return run


@pytest.fixture
def first_day(home):
    """Nobody has written anything yet."""
    home.config.unlink()
    return home


@pytest.fixture
def walk(build, aws_cli, home, sandbox, admin):
    """Starts `setup` at a terminal."""
    terminals = []

    def start(*arguments: str):
        terminals.append(Terminal(
            [build / "bedrock-agent", "setup", *arguments],
            home.environment(sandbox.environment, BROWSER=sandbox.browser(), DISPLAY=":0",
                             BEDROCK_AGENT_MANAGED_ROOT=str(home.path / "managed")), 120, 40, "xterm"))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.end()
