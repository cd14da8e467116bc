"""Fixtures: `cover`, at a terminal and without one."""

import pytest

from covering import Covers, Portal, works
from pty_terminal import Terminal


@pytest.fixture
def cover(agent, tmp_path):
    """Runs `cover`; `cover.start` does not wait for its end."""
    agent.use()
    covers = Covers(agent, tmp_path)
    yield covers
    covers.end()


@pytest.fixture
def typed(agent, cover):
    """Starts `cover`, or another command, at a terminal."""
    started = []

    def start(*arguments: str, command: str = "cover", **environment: str) -> Terminal:
        terminal = Terminal(
            [agent.program, command, *arguments], {**agent.environment, **environment}, columns=120, lines=40)
        started.append(terminal)
        return terminal

    yield start
    for terminal in started:
        terminal.end()


@pytest.fixture
def portal(agent, sandbox):
    """An access portal to do something in the moment of the logout."""
    portal = Portal(sandbox)
    agent.environment["AWS_ENDPOINT_URL_SSO"] = portal.url
    yield portal
    portal.shutdown()
    portal.server_close()


@pytest.fixture
def next_login(agent, home, raw, typed):
    """Somebody signs in by `login` afterwards: it works."""
    def login():
        agent.browser()
        terminal = typed(command="login")
        assert terminal.wait() == 0, terminal.text()
        assert works(raw, home.token())

    return login
