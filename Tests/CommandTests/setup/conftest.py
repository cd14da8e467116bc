"""Fixtures: `setup` at a terminal."""

import pytest

from pty_terminal import Terminal


@pytest.fixture
def walk(build, aws_cli, home, sandbox, tmp_path):
    """Starts `setup` at a terminal."""
    started = []

    def start(*arguments: str, term: str = "xterm", browser: tuple = (), columns: int = 80, lines: int = 24,
              **environment: str):
        terminal = Terminal(
            [build / "bedrock-agent", "setup", *arguments],
            home.environment(sandbox.environment, {"BROWSER": sandbox.browser(*browser), "DISPLAY": ":0"},
                             **environment), columns, lines, term)
        started.append(terminal)
        return terminal

    yield start
    for terminal in started:
        terminal.end()


@pytest.fixture
def nothing(home):
    """A home without any AWS configuration."""
    home.config.unlink()
    return home
