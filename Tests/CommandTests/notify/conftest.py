"""Fixtures: a daemon whose user is to be told elsewhere of the sign-ins that wait for them."""

import pytest

from telling import Chat, Need


@pytest.fixture
def chat(agent, tmp_path) -> Chat:
    """Where the messages go; the command that sends them is neither written down nor approved yet."""
    return Chat(agent, tmp_path / "chat")


@pytest.fixture
def need(agent, home, sandbox) -> Need:
    """Makes the sign-in needed that nothing can be done without, and ends that."""
    return Need(agent, home, sandbox)


@pytest.fixture
def asking(agent, chat, need):
    """A daemon that does not run yet: a sign-in is needed, it only asks for it, and the command is approved."""
    need.begin()
    chat.use(signIn="ask")
    return agent
