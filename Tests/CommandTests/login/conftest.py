"""Fixtures: many `login` commands at once."""

import pytest

from logins import Logins
from own_sign_in import Service


@pytest.fixture
def logins(agent, tmp_path):
    """Runs any number of `login` commands; they end with the test."""
    if not agent.settings.exists():
        agent.use()
    made = Logins(agent, tmp_path)
    yield made
    made.end()


@pytest.fixture
def service(sandbox):
    """In front of the sandbox: hears everything, and can answer otherwise."""
    service = Service(sandbox)
    yield service
    service.shutdown()
    service.server_close()
