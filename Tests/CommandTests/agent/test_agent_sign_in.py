"""The session has ended: one early sign-in for everybody, and no second one whatever happens meanwhile."""

import json
import os
import signal

import pytest

from aws_cli import denied, redirects
from varlink_client import VarlinkRefused
from waiting import eventually, stays


@pytest.fixture
def revoked(agent, home, sandbox, raw):
    """A revoked session whose access token is still valid and due for a refresh."""
    home.sign_in(raw)
    sandbox.revoke()
    home.age_token(left=1202)
    return agent


@pytest.fixture
def refused(agent, home, sandbox, raw):
    """The same with an expired client registration: here the agent need not wait for another program's write."""
    home.sign_in(raw)
    sandbox.expire_registration()
    home.age_token(left=1202)
    return agent


def signing_in(agent):
    """Waits until the sign-in page is known; returns the status."""
    def status():
        now = agent.status()
        return now if now["sessions"][0].get("signIn", {}).get("url") else None

    return eventually(status, "signing in, with a URL")


def test_one_sign_in_while_the_access_token_is_still_good(revoked, sandbox):
    agent = revoked
    agent.open_tabs()
    agent.start()
    status = signing_in(agent)
    session = status["sessions"][0]
    assert sandbox.is_usable("at-1"), "nothing of the person's work has failed yet"
    assert (status["condition"], session["condition"], status["exit"]) == ("signing-in", "signing-in", 2)
    assert sandbox.waiting() == ([] if redirects() else [session["signIn"]["code"]])
    assert session["signIn"]["url"].startswith(sandbox.url)
    assert session["lastRefresh"]["result"] == "session-ended"
    sandbox.approve()
    status = agent.wait_until("healthy")
    assert status["exit"] == 0 and status["sessions"][0]["lastSignIn"]["result"] == "ok"
    assert agent.sign_ins() == 1 and sandbox.prompts() == 1
    assert [request["error"] for request in agent.requests()] == ["invalid_grant"]
    assert len(agent.entries("corp: signing in (automatically)")) == 1, agent.journal()
    assert len(agent.entries("corp: signed in")) == 1


def test_everybody_joins_the_one_sign_in(revoked, sandbox):
    agent = revoked
    agent.open_tabs()
    agent.start()
    signing_in(agent)
    with agent.client() as first, agent.client() as second:
        first.ask("SignIn", more=True)
        second.ask("SignIn", session="corp")
        told = first.answer()
        assert told["state"] == "signing-in" and told["url"].startswith(sandbox.url)
        assert sandbox.waiting() == ([] if redirects() else [told["code"]])
        sandbox.approve()
        assert first.answer()["state"] == second.answer()["state"] == "healthy"
    assert agent.sign_ins() == 1 and sandbox.prompts() == 1


def test_a_sign_in_by_hand_ends_it_at_once(revoked, aws, home, sandbox):
    agent = revoked
    agent.open_tabs()
    agent.start()
    signing_in(agent)
    with agent.client() as joined:
        joined.ask("SignIn", more=True)
        assert joined.answer()["state"] == "signing-in"
        # The person confirms the page of the one by hand.
        aws("sso", "login", "--profile", "work-dev")
        told = joined.answer()
        assert told["state"] == "healthy", told
    assert agent.wait_until("healthy")["sessions"][0].get("signIn") is None
    eventually(lambda: agent.entries("corp: signed in"), "its own command is stopped")
    eventually(lambda: not agent.processes(), "and gone")
    assert agent.session()["lastSignIn"]["result"] == "ok" and agent.sign_ins() == 1
    assert sandbox.tabs.unanswered(), "nobody confirmed its own page"


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_restart_in_the_middle_runs_no_second_one(revoked, sandbox, end):
    agent = revoked
    agent.open_tabs()
    agent.start()
    signing_in(agent)
    for _ in range(2):
        getattr(agent, end)()
        agent.start()
        assert agent.wait_until("signing-in")["sessions"][0]["lastSignIn"]["result"] == "started"
    stays(lambda: agent.sign_ins() == 1, "one sign-in", seconds=1)
    sandbox.approve()
    agent.wait_until("healthy")
    assert agent.sign_ins() == 1 and sandbox.prompts() == 1


def forget_running(agent, *keys: str):
    """As a crash leaves it, or a disk that was full; without keys, all that is written down of the sign-in that runs."""
    file = agent.state / "state.json"
    state = json.loads(file.read_text())
    for key in keys:
        state["running"].pop(key, None)
    if not keys:
        del state["running"]
    file.write_text(json.dumps(state))


@pytest.mark.parametrize("lost", [("pid", "processStart", "url", "code"), ()], ids=["its process", "everything"])
def test_a_crash_before_it_was_recorded_runs_no_second_one(revoked, sandbox, lost):
    agent = revoked
    agent.open_tabs()
    agent.start()
    signing_in(agent)
    agent.kill()
    forget_running(agent, *lost)
    agent.start()
    agent.wait_until("signing-in")
    sandbox.approve()
    assert agent.wait_until("healthy")["sessions"][0]["lastSignIn"]["result"] == "ok"
    assert agent.sign_ins() == 1 and sandbox.prompts() == 1


def test_a_browser_that_it_left_behind_is_no_sign_in(refused, tmp_path):
    agent = refused
    left = tmp_path / "left"
    agent.use(command=f"setsid sh -c 'echo $$ > {left}; exec sleep 300' & wait")
    agent.start()
    eventually(lambda: left.exists() and left.read_text(), "a browser")
    agent.wait_until("signing-in")
    agent.kill()
    browser = int(left.read_text())
    for pid in agent.processes():
        if pid != browser:
            os.kill(pid, signal.SIGKILL)
    eventually(lambda: agent.processes() == [browser], "only the browser is left")
    forget_running(agent)
    agent.start()
    agent.wait_until("sign-in-needed")
    assert agent.processes() == [browser], "the browser goes on, and nothing else begins"


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_it_may_end_while_no_daemon_runs(revoked, sandbox, end):
    agent = revoked
    agent.open_tabs()
    agent.start()
    signing_in(agent)
    getattr(agent, end)()
    sandbox.approve()
    eventually(lambda: not agent.processes(), "the sign-in has ended")
    agent.start()
    assert agent.wait_until("healthy")["sessions"][0]["lastSignIn"]["result"] == "ok"
    assert agent.sign_ins() == 1 and sandbox.prompts() == 1


def test_a_crash_loop_opens_no_second_tab(refused, sandbox):
    agent = refused
    agent.use(command="sleep 100")
    agent.start()
    eventually(lambda: agent.sign_ins() == 1, "a sign-in")
    for _ in range(8):
        agent.kill()
        agent.start()
    # Not even after that sign-in is gone.
    agent.kill()
    agent.end_processes()
    for _ in range(8):
        agent.start()
        ended = agent.wait_until("sign-in-needed")["sessions"][0]["lastSignIn"]["result"]
        assert ended in ("unwatched", "changed-nothing")
        agent.kill()
    assert agent.sign_ins() == 1


def test_a_sign_in_by_hand_is_seen(revoked, aws, sandbox):
    agent = revoked
    agent.start(signIn="never")
    status = agent.wait_until("sign-in-needed")
    assert status["exit"] == 2 and "sign-in-needed" in [finding["code"] for finding in status["findings"]]
    aws("sso", "login", "--profile", "work-dev")
    status = agent.wait_until("healthy")
    assert status["findings"] == [] and status["sessions"][0]["signedInAt"]
    assert agent.sign_ins() == 0


@pytest.mark.parametrize("asks", ["login", "the button"])
def test_where_it_only_asks_it_starts_none_by_itself(refused, sandbox, asks):
    agent = refused
    agent.start(signIn="ask")
    agent.wait_until("sign-in-needed")
    # Nor for whatever else happens.
    agent.control("Reload")
    agent.kill()
    agent.start()
    stays(lambda: sandbox.prompts() == 0, "no page is asked for", seconds=1)
    assert agent.sign_ins() == 0 and agent.status()["condition"] == "sign-in-needed"
    agent.run("login") if asks == "login" else agent.control("SignIn")
    agent.wait_until("healthy")
    assert sandbox.prompts() == 1


def test_nobody_at_a_display(refused, sandbox):
    agent = refused
    del agent.environment["DISPLAY"]
    agent.start()
    status = agent.wait_until("sign-in-needed")
    assert "no display" in status["findings"][0]["message"]
    assert "bedrock-agent login" in status["findings"][0]["fix"]
    # In this terminal: a daemon without a display does not open a browser either.
    agent.run("login")
    agent.wait_until("healthy")
    assert agent.sign_ins() == 0 and sandbox.prompts() == 1


def test_a_command_that_was_changed_is_not_run(refused):
    agent = refused
    agent.use(command="touch /nonexistent/harm", approve=False)
    agent.start()
    status = agent.wait_until("sign-in-needed")
    assert status["claude"]["approved"] is False and "not been approved" in status["findings"][-1]["message"]
    with pytest.raises(VarlinkRefused) as answer:
        agent.control("SignIn")
    assert answer.value.name == "NotApproved"
    assert agent.sign_ins() == 0
    agent.use()
    agent.wait_until("healthy")
    assert agent.sign_ins() == 1


def test_a_sign_in_that_fails_cools_down(refused, sandbox):
    agent = refused
    agent.use(command="sh -c 'echo it went wrong >&2; exit 3'")
    agent.start()
    status = agent.wait_until("sign-in-needed")
    session = status["sessions"][0]
    assert session["lastSignIn"]["result"] == "exit-3" and session["next"]["action"] == "sign-in"
    assert session["next"]["at"] > session["lastSignIn"]["at"]
    assert agent.entries("exited with status 3: it went wrong"), agent.journal()
    agent.control("Reload")
    agent.stop()
    agent.start()
    stays(lambda: agent.sign_ins() == 1, "one sign-in")
    # A sign-in by request may start at once, and a successful one ends the cooldown.
    with pytest.raises(VarlinkRefused) as answer:
        agent.control("SignIn")
    assert answer.value.name == "SignInFailed" and agent.sign_ins() == 2
    agent.use()
    agent.control("Reload")
    assert agent.control("SignIn")["state"] == "healthy"
    agent.wait_until("healthy")
    assert agent.sign_ins() == 3


def test_a_sign_in_that_hangs_is_ended_with_all_that_it_started(refused):
    agent = refused
    agent.use(command="sh -c 'trap \"\" TERM; sleep 100 & sleep 100'")
    agent.start(signInTimeout="20s")
    eventually(lambda: len(agent.processes()) >= 3, "the shell and both sleeps run")
    status = agent.wait_until("sign-in-needed")
    assert status["sessions"][0]["lastSignIn"]["result"] == "timed-out"
    eventually(lambda: not agent.processes(), "no process of it is left")
    stays(lambda: agent.sign_ins() == 1, "one sign-in")


def test_a_sign_in_that_changes_nothing(refused):
    agent = refused
    agent.use(command="true")
    agent.start()
    status = agent.wait_until("sign-in-needed")
    assert status["sessions"][0]["lastSignIn"]["result"] == "changed-nothing"
    stays(lambda: agent.sign_ins() == 1, "one sign-in", seconds=1)


def test_the_person_says_no(refused, sandbox):
    agent = refused
    agent.browser("--deny")
    agent.start()
    status = agent.wait_until("sign-in-needed")
    assert status["sessions"][0]["lastSignIn"]["result"] == f"exit-{denied()}"
    assert agent.sign_ins() == 1 and sandbox.prompts() == 1


@pytest.mark.parametrize("fails", ["denied", "at once"])
def test_after_a_sign_in_that_failed_the_service_is_asked_not_the_clock(agent, home, sandbox, raw, fails):
    home.sign_in(raw)
    agent.open_tabs()
    if fails == "at once":
        agent.use(command="false")
    agent.start()
    agent.wait_until("healthy")
    # Whoever asks for a sign-in now has seen that nothing works, for an hour before the token's time is up.
    sandbox.revoke(hard=True)
    with agent.client() as client:
        client.ask("SignIn", session="corp")
        if fails == "denied":
            signing_in(agent)
            sandbox.deny()
        with pytest.raises(VarlinkRefused):
            client.answer()
    session = agent.wait_until("sign-in-needed")["sessions"][0]
    assert session["lastRefresh"]["result"] == "session-ended"
    assert agent.sign_ins() == 1
