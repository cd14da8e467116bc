"""What the agent depends on may hang, misbehave or be missing: it still answers, and asks nobody twice."""

import pytest

from machine_agent import SERVICE
from screen import Screen
from waiting import eventually, stays

SIGN_IN = "bedrock-agent-sign-in-*"


@pytest.fixture
def locked(agent, sandbox):
    """A revoked session, and nobody at the screen to sign in."""
    agent.screen = Screen(agent.user)
    agent.screen.lock()
    sandbox.revoke()
    agent.home.age_token(left=600)
    return agent


@pytest.fixture
def manager(agent, machine):
    """Sends a signal to the user's service manager."""
    pid = machine.root("systemctl", "show", "--value", "--property=MainPID", f"user@{agent.user.id}.service").stdout

    def send(signal: str):
        machine.root("kill", f"-{signal}", pid.strip())

    yield send
    send("CONT")


def prompts(sandbox) -> int:
    return len(sandbox.record("StartDeviceAuthorization", client="aws-cli"))


def switches(agent) -> int:
    status = (agent.user.machine.files / "proc" / str(agent.pid()) / "status").read_text()
    return int(status.split("voluntary_ctxt_switches:")[1].split()[0])


def test_the_service_manager_hangs(locked, manager, sandbox):
    agent, asked = locked, prompts(sandbox)
    agent.enable()
    agent.wait_until("sign-in-needed")
    manager("STOP")
    agent.screen.unlock()
    # Nothing can be started, but calls are answered.
    eventually(lambda: agent.status()["condition"] == "signing-in", "it was asked for")
    assert agent.status()["complaints"] == ""
    manager("CONT")
    agent.wait_until("healthy", seconds=30)
    assert prompts(sandbox) == asked + 1


def test_the_service_manager_hangs_in_the_middle_of_a_call(locked, manager, sandbox):
    agent, asked = locked, prompts(sandbox)
    agent.user.write("browser", f"#!/bin/sh\nsleep 4; exec {sandbox.browser().replace(' %s', '')} $1\n", 0o700)
    agent.user.systemctl("set-environment", f"BROWSER={agent.user.home}/browser %s")
    sandbox.fault("CreateToken", "delay", grantType="refresh_token", times=1, delay="14s")
    agent.enable()
    eventually(lambda: agent.user.systemctl("list-units", "--no-legend", "bedrock-agent-refresh-*").stdout, "a refresh")
    manager("STOP")
    # With a display: without one, `login` would sign in itself.
    login = agent.user.start("env", "DISPLAY=:0", "bedrock-agent", "login")
    # Longer than a call's timeout.
    stays(lambda: login.poll() is None, "it waits", seconds=11)
    manager("CONT")
    assert login.wait(timeout=30) == 0
    assert prompts(sandbox) == asked + 1


def test_logind_is_silent_at_the_start(locked, machine, sandbox):
    agent, asked = locked, prompts(sandbox)
    machine.root("systemctl", "kill", "--signal=STOP", "systemd-logind")
    try:
        agent.enable()
        agent.wait_until("sign-in-needed")
        stays(lambda: prompts(sandbox) == asked, "nobody is known to be there", seconds=11)
    finally:
        machine.root("systemctl", "kill", "--signal=CONT", "systemd-logind")
    stays(lambda: prompts(sandbox) == asked, "the screen is locked", seconds=2)
    agent.screen.unlock()
    agent.wait_until("healthy")
    assert prompts(sandbox) == asked + 1


def test_there_is_no_logind(agent, machine, sandbox):
    machine.root("systemctl", "mask", "--runtime", "--now", "systemd-logind")
    try:
        sandbox.revoke()
        agent.home.age_token(left=600)
        agent.enable()
        # Because DISPLAY is set.
        agent.wait_until("healthy")
    finally:
        machine.root("systemctl", "unmask", "--runtime", "systemd-logind")
        machine.root("systemctl", "start", "systemd-logind")


def test_another_user_says_that_the_machine_woke(running, other, machine):
    listed = [line.split() for line in machine.root("busctl", "list", "--no-pager").stdout.splitlines()]
    (name,) = [words[0] for words in listed if words[1] == str(running.pid())]
    other.run("dbus-send", "--system", f"--dest={name}", "--type=signal", "/org/freedesktop/login1",
              "org.freedesktop.login1.Manager.PrepareForSleep", "boolean:false")
    stays(lambda: not running.user.messages(SERVICE, "woke up"), "it does not believe that", seconds=1)


def test_another_users_screen_wakes_nobody(running, other):
    Screen(running.user)
    eventually(lambda: running.user.messages(SERVICE, "somebody is at the screen"), "it knows its own")
    screen = Screen(other)
    before = switches(running)
    for is_idle in (True, False) * 5:
        screen.idle(is_idle)
    assert switches(running) == before
