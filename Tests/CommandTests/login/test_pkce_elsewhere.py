"""The AWS CLI's page calls back to the machine that it runs on (PKCE, since 2.22): a browser elsewhere cannot complete
it, and a code can."""

import pytest

from programs import newer_cli
from waiting import eventually


@pytest.fixture
def waiting(agent, home, sandbox, raw):
    """The daemon's sign-in waits for its page to be completed in a browser on this machine."""
    home.sign_in(raw)
    sandbox.revoke()
    home.age_token(left=1202)
    agent.environment["PATH"] = newer_cli(home.path / "tools")
    agent.start()
    eventually(lambda: "code_challenge" in agent.session().get("signIn", {}).get("url", ""), "its page is open")
    return agent


def test_a_login_with_a_code_is_its_own(waiting, logins, sandbox):
    login = logins.start("--device-code")
    eventually(lambda: login.code, "a code of its own")
    assert [login.code] == sandbox.waiting() and "code_challenge" not in login.text
    sandbox.approve()
    assert login.end() == 0, login.text
    # The first that works ends the other.
    assert waiting.wait_until("healthy")["sessions"][0].get("signIn") is None
    eventually(lambda: waiting.session()["lastSignIn"]["result"] == "ok", "that of the daemon has ended, too")
    eventually(lambda: not waiting.processes(), "and its command")


def test_the_page_may_be_completed_first(waiting, home, logins, raw, sandbox):
    login = logins.start("--device-code")
    eventually(lambda: login.code, "a code of its own")
    home.sign_in(raw)
    assert login.end() == 0, login.text
    eventually(lambda: not waiting.processes(), "both commands have ended")


def test_without_one_it_is_joined(waiting, home, logins, raw):
    login = logins.start()
    eventually(lambda: "code_challenge" in login.text, "it shows the page of the daemon's")
    home.sign_in(raw)
    assert login.end() == 0, login.text
