"""Fixtures: many `login` commands at once."""

import pytest

from own_sign_in import Service
from running_sign_ins import RunningSignIns


@pytest.fixture
def logins(agent, tmp_path):
    """Runs any number of `login` commands; they end with the test."""
    if not agent.settings.exists():
        agent.use()
    made = RunningSignIns(agent, tmp_path)
    yield made
    made.end()


@pytest.fixture
def service(sandbox):
    """In front of the sandbox: hears everything, and can answer otherwise."""
    service = Service(sandbox)
    yield service
    service.shutdown()
    service.server_close()
