"""Fixtures: many `login` commands at once."""

import pytest

from logins import Logins


@pytest.fixture
def logins(agent, tmp_path):
    """Runs any number of `login` commands; they end with the test."""
    if not agent.settings.exists():
        agent.use()
    made = Logins(agent, tmp_path)
    yield made
    made.end()
