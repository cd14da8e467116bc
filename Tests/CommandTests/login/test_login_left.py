"""`bedrock-agent login` that ends before its sign-in: Claude Code ends its commands with itself, and when another of its
sessions takes over."""

import signal

import pytest

from waiting import eventually


@pytest.fixture
def waiting(agent, home, logins, raw, sandbox):
    """A login without a daemon, as Claude Code runs it, in front of an open page."""
    home.sign_in(raw)
    sandbox.revoke()
    home.age_token(left=-60)
    agent.open_tabs()
    login = logins.start("--profile", "work-dev")
    eventually(lambda: login.page, "it says where to sign in")
    # The tab comes right after.
    sandbox.tabs.wait_for(1)
    return login


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_the_sign_in_goes_on_and_the_next_one_joins_it(agent, logins, sandbox, waiting, number):
    waiting.interrupt(number)
    assert waiting.end() in (128 + number, -number)
    next_one = logins.start("--profile", "work-dev")
    eventually(lambda: next_one.page == waiting.page, "it shows the same page")
    sandbox.approve()
    assert next_one.end() == 0, next_one.text
    assert sandbox.prompts() == 1


def test_the_tab_works_although_nobody_waits(agent, home, sandbox, waiting):
    before = home.token()["accessToken"]
    waiting.interrupt(signal.SIGKILL)
    waiting.end()
    sandbox.approve()
    eventually(lambda: home.token()["accessToken"] != before, "signed in")


def test_ctrl_c_ends_it(agent, logins, sandbox, waiting):
    waiting.interrupt(signal.SIGINT)
    assert waiting.end() == 130
    agent.browser()
    assert logins.start("--profile", "work-dev").end() == 0
    assert sandbox.prompts() == 2


def test_a_session_that_was_ended_right_after_its_sign_in(agent, home, logins, raw, sandbox):
    """What was signed in a moment ago counts, where it works."""
    agent.browser()
    home.sign_in(raw)
    assert logins.start("--profile", "work-dev").end() == 0
    assert sandbox.prompts() == 0
    home.sign_in(raw)
    sandbox.revoke(hard=True)
    assert logins.start("--profile", "work-dev").end() == 0
    assert sandbox.prompts() == 1
