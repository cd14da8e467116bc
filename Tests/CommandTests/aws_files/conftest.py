"""Fixtures: a home to draw into, AWS's own programs that read it, and the agent."""

import pytest

from agent_view import LookingAgent
from drawn_home import DrawnHome
from readers import readers


@pytest.fixture(scope="session")
def drawn_home(tmp_path_factory) -> DrawnHome:
    return DrawnHome(tmp_path_factory.mktemp("drawn"))


@pytest.fixture(scope="session")
def aws_readers(aws_cli, drawn_home):
    """By name."""
    found = readers(drawn_home.path, drawn_home.path.parent)
    yield {reader.name: reader for reader in found}
    for reader in found:
        reader.end()


@pytest.fixture(scope="session")
def looking_agent(build, tmp_path_factory):
    agent = LookingAgent(build, tmp_path_factory.mktemp("agent"))
    yield agent
    agent.end()
