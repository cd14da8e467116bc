"""Only one sign-in at a time: requests over the socket also wait while `login` signs in itself in a terminal."""

import os
import signal
from datetime import UTC, datetime, timedelta

import pytest

from varlink_client import VarlinkRefused
from waiting import eventually


@pytest.fixture
def terminal(agent, logins):
    """A login that signs in itself, and waits for its user."""
    agent.open_tabs()
    agent.start(signIn="ask")
    login = logins.start("--device-code")
    eventually(lambda: login.code, "the terminal shows a code")
    return login


def joins(agent, terminal, sandbox):
    """Who asks over the socket waits for the terminal's sign-in, and starts none."""
    with agent.client() as client:
        client.ask("SignIn", more=True)
        told = client.answer()
        assert (told["state"], told["code"]) == ("signing-in", terminal.code)
        sandbox.approve()
        assert terminal.end() == 0, terminal.text
        while told["state"] != "healthy":
            told = client.answer()
    assert sandbox.prompts() == 1 and agent.sign_ins() == 0


def test_who_asks_over_the_socket_waits_for_the_terminals(agent, terminal, sandbox):
    joins(agent, terminal, sandbox)


def test_a_clock_that_is_set_does_not_free_it(agent, terminal, home, sandbox):
    lock = agent.state / "locks" / f"sign-in-{home.token_file().stem}.lock"
    # As it looks after the clock was set forward.
    os.utime(lock, (lock.stat().st_mtime - 3600,) * 2)
    joins(agent, terminal, sandbox)


def test_a_token_that_the_daemon_has_not_heard_of_is_enough(agent, terminal, sandbox):
    """Once it has its turn again, the free lock and the token come to it at once."""
    with agent.client() as client:
        client.ask("SignIn", more=True)
        told = client.answer()
        os.kill(agent.process.pid, signal.SIGSTOP)
        try:
            sandbox.approve()
            assert terminal.end() == 0, terminal.text
        finally:
            os.kill(agent.process.pid, signal.SIGCONT)
        while told["state"] != "healthy":
            told = client.answer()
    assert sandbox.prompts() == 1 and agent.sign_ins() == 0


def test_a_question_that_a_sign_in_overtook(agent, signed_in):
    """Many ask because of the same token; some are slow. Their sign-in is the one that has just ended."""
    agent.browser()
    agent.start()
    agent.wait_until("healthy")
    written = datetime.fromtimestamp(signed_in.token_file().stat().st_mtime, UTC)
    before, after = (written + timedelta(seconds=by) for by in (-1, 1))
    assert agent.control("SignIn", since=before.isoformat())["state"] == "healthy" and agent.sign_ins() == 0
    assert agent.control("SignIn", since=after.isoformat())["state"] == "healthy" and agent.sign_ins() == 1
    with pytest.raises(VarlinkRefused, match="InvalidParameter"):
        agent.control("SignIn", since="yesterday")


def test_who_asks_over_the_socket_takes_over_from_a_terminal_that_gave_up(agent, terminal, sandbox):
    with agent.client() as client:
        client.ask("SignIn", more=True)
        assert client.answer()["state"] == "signing-in"
        terminal.interrupt()
        terminal.end()
        eventually(lambda: agent.sign_ins() == 1, "the daemon signs in")
        sandbox.tabs.wait_for(1)
        sandbox.approve()
        told = client.answer()
        while told["state"] != "healthy":
            told = client.answer()


def test_who_asks_over_the_socket_hears_why_the_terminals_failed(agent, terminal, sandbox):
    with agent.client() as client:
        client.ask("SignIn", more=True)
        assert client.answer()["state"] == "signing-in"
        sandbox.deny()
        assert terminal.end() != 0
        with pytest.raises(VarlinkRefused) as refused:
            while True:
                client.answer()
    assert refused.value.name == "SignInFailed" and agent.sign_ins() == 0
