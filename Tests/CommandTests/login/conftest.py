"""Fixtures: `login`, run by many at once."""

import pytest

from logins import Logins


@pytest.fixture
def logins(agent, tmp_path):
    """Runs `login` as many times as the test likes; they end with the test."""
    if not agent.settings.exists():
        agent.use()
    made = Logins(agent, tmp_path)
    yield made
    made.end()
