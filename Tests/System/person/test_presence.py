"""Who is at the screen, according to logind: no browser opens while nobody is there; the sign-in starts when the user
is back."""

import pytest

from machine_agent import SERVICE
from screen import Screen
from waiting import eventually


@pytest.fixture
def revoked(agent, sandbox):
    """A revoked session whose token is still valid. A user at the screen presses Allow."""
    sandbox.revoke()
    agent.home.age_token(left=600)
    return agent


def held(agent) -> str:
    """Waits until a sign-in is needed and held back; returns the finding's message."""
    def message():
        status = agent.status()
        found = [finding["message"] for finding in status["findings"] if finding["code"] == "sign-in-needed"]
        return status["condition"] == "sign-in-needed" and found and found[0]

    return eventually(message, "a sign-in is needed, and held")


def sign_ins(agent) -> list[str]:
    return agent.user.messages(SERVICE, "signing in (automatically)")


def test_locked_no_browser_unlocked_the_one_that_waited(revoked):
    agent, screen = revoked, Screen(revoked.user)
    screen.lock()
    agent.enable()
    assert "until you are back at the screen" in held(agent)
    screen.unlock()
    agent.wait_until("healthy")
    assert len(sign_ins(agent)) == 1
    assert agent.user.messages(SERVICE, "somebody is at the screen")


def test_idle_is_away(revoked):
    agent, screen = revoked, Screen(revoked.user)
    screen.idle()
    agent.enable()
    assert "until you are back at the screen" in held(agent)
    screen.idle(False)
    agent.wait_until("healthy")
    assert len(sign_ins(agent)) == 1


def test_logged_out_is_away_until_the_next_login(revoked):
    agent = revoked
    agent.enable()
    assert "until you are back at the screen" in held(agent)
    screen = Screen(agent.user)
    agent.wait_until("healthy")
    screen.leave()
    eventually(lambda: agent.user.messages(SERVICE, "nobody is at the screen"), "the logout was seen")
    assert len(sign_ins(agent)) == 1


def test_on_a_terminal_there_is_no_display(revoked):
    agent = revoked
    agent.user.systemctl("unset-environment", "DISPLAY")
    Screen(agent.user, "tty")
    agent.enable()
    assert "no display" in held(agent)
    assert not sign_ins(agent)


def test_another_users_screen_does_not_count(revoked, other):
    agent = revoked
    Screen(other)
    agent.enable()
    assert "until you are back at the screen" in held(agent)
    assert not sign_ins(agent)


@pytest.mark.parametrize("service", ["systemd-logind", "dbus"])
def test_they_may_restart(revoked, machine, service):
    agent = revoked
    agent.enable()
    held(agent)
    machine.root("systemctl", "restart", service)
    Screen(agent.user)
    agent.wait_until("healthy")
    assert len(sign_ins(agent)) == 1
