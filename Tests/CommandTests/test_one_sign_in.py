"""One sign-in at a time, whoever asks: over the socket, too, while `login` in a terminal signs in by itself."""

import pytest

from logins import Logins
from test_login import prompts
from varlink_client import VarlinkRefused
from waiting import eventually


@pytest.fixture
def terminal(agent, sandbox, tmp_path):
    """A login that signs in by itself, and waits for its person."""
    agent.use()
    del agent.environment["BROWSER"]
    agent.start(signIn="ask")
    logins = Logins(agent, tmp_path)
    login = logins.start("--device-code")
    eventually(lambda: login.code, "the terminal shows a code", seconds=60)
    yield login
    logins.end()


def test_who_asks_over_the_socket_waits_for_the_terminals(agent, terminal, sandbox):
    with agent.client() as client:
        client.send("SignIn", more=True)
        told = client.receive()
        assert (told["state"], told["code"]) == ("signing-in", terminal.code)
        sandbox.approve()
        assert terminal.end() == 0, terminal.text
        while told["state"] != "healthy":
            told = client.receive()
    assert prompts(sandbox) == 1 and agent.sign_ins() == 0


def test_who_asks_over_the_socket_takes_over_from_a_terminal_that_gave_up(agent, terminal, sandbox):
    with agent.client() as client:
        client.send("SignIn", more=True)
        assert client.receive()["state"] == "signing-in"
        terminal.interrupt()
        terminal.end()
        eventually(lambda: agent.sign_ins() == 1, "the daemon signs in")
        eventually(lambda: agent.status()["sessions"][0].get("signIn", {}).get("code"), "it has a code")
        sandbox.approve()
        told = client.receive()
        while told["state"] != "healthy":
            told = client.receive()


def test_who_asks_over_the_socket_hears_why_the_terminals_failed(agent, terminal, sandbox):
    with agent.client() as client:
        client.send("SignIn", more=True)
        assert client.receive()["state"] == "signing-in"
        sandbox.deny()
        assert terminal.end() != 0
        with pytest.raises(VarlinkRefused) as refused:
            while True:
                client.receive()
    assert refused.value.name == "SignInFailed" and agent.sign_ins() == 0
