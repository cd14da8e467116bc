"""A token that cannot be refreshed: one warning, one early sign-in, one at the end, and nothing in between."""

from datetime import datetime, timedelta, timezone

from aws_cli import device_flow
from waiting import eventually

# The session lasts 40 s. The agent signs in 28 s before its end, and treats ends at most 1.9 s apart as the same.
SESSION = "40s"
AHEAD = "28s"


def prompts(sandbox):
    return len(sandbox.record("StartDeviceAuthorization"))


def test_an_early_sign_in_that_does_not_help_is_not_repeated(agent, aws, home, sandbox):
    agent.use("old-profile")
    sandbox.settings(portalSession=SESSION)
    aws("sso", "login", "--profile", "old-profile")
    end = home.expiry(sandbox.start_url)
    # A new session will last long; a sign-in to the running one does not extend it.
    sandbox.settings(portalSession="8h")
    agent.start(legacyAhead=AHEAD)
    status = agent.status()
    assert [finding["code"] for finding in status["findings"]] == ["legacy-profile"]
    assert (status["condition"], status["exit"]) == ("healthy", 1)
    assert status["sessions"][0]["next"]["action"] == "sign-in" and not status["sessions"][0]["refreshable"]

    eventually(lambda: agent.sign_ins() == 1, "the early sign-in")
    assert datetime.now(timezone.utc) < end - timedelta(seconds=10)
    eventually(lambda: agent.session()["lastSignIn"]["result"] == "changed-nothing", "it changed nothing")
    status = agent.status()
    assert (status["condition"], status["exit"]) == ("expiring", 1)
    assert abs(home.expiry(sandbox.start_url) - end) <= timedelta(seconds=1)
    # Nothing more until the end, not even after a restart; then one sign-in.
    agent.kill()
    agent.start()
    while datetime.now(timezone.utc) < end:
        assert agent.sign_ins() == 1 and agent.status()["condition"] == "expiring"
    eventually(lambda: agent.sign_ins() == 2, "the sign-in at the end")
    eventually(lambda: home.expiry(sandbox.start_url) - end > timedelta(hours=7), "a new session")
    agent.wait_until("healthy")
    assert agent.sign_ins() == 2 and prompts(sandbox) == 3
    assert [session["live"] for session in sandbox.state()["portalSessions"]] == [False, True]
    assert not sandbox.record("CreateToken", grantType="refresh_token")
    # Once by each daemon, and once more for the new session.
    assert len(agent.entries("uses the legacy SSO configuration")) == 3


def test_an_early_sign_in_that_helps(agent, aws, home, sandbox):
    agent.use("old-profile")
    sandbox.settings(portalSession=SESSION)
    aws("sso", "login", "--profile", "old-profile")
    end = home.expiry(sandbox.start_url)
    # The user has ended the session in the browser: a sign-in starts a new one.
    sandbox.revoke()
    sandbox.settings(portalSession="8h")
    agent.start(legacyAhead=AHEAD)
    eventually(lambda: home.expiry(sandbox.start_url) - end > timedelta(hours=7), "a new session")
    assert datetime.now(timezone.utc) < end, "nothing of the person's work has failed yet"
    status = agent.wait_until("healthy")
    assert status["sessions"][0]["lastSignIn"]["result"] == "ok"
    assert agent.sign_ins() == 1 and len(agent.entries("uses the legacy SSO configuration")) == 2


def test_a_session_without_the_scope_names_it(agent, aws, sandbox):
    agent.use("work-unscoped")
    aws("sso", "login", "--profile", "work-unscoped", *device_flow())
    agent.start()
    finding, = agent.status()["findings"]
    assert (finding["code"], finding["subject"]) == ("no-refresh-token", "unscoped")
    assert "sso_registration_scopes = sso:account:access" in finding["message"]
    assert agent.status()["condition"] == "healthy" and agent.sign_ins() == 0
