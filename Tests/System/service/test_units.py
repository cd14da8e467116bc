"""Refreshes and sign-ins are transient units of the user manager, and do not depend on the agent."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from machine_agent import SERVICE
from screen import Screen
from waiting import eventually, stays

REFRESH = "bedrock-agent-refresh-*"
SIGN_IN = "bedrock-agent-sign-in-*"
SECRETS = {"accessToken", "refreshToken", "clientSecret"}


def units(agent, pattern: str) -> list[str]:
    """The running units."""
    listed = agent.user.systemctl("list-units", "--no-legend", "--plain", "--state=active,activating", pattern).stdout
    return [line.split()[0] for line in listed.splitlines()]


def started(agent, pattern: str) -> set[str]:
    """All units that ever ran, found in the journal."""
    name = re.compile(pattern.replace("*", r"[0-9a-f-]+") + r"\.service")
    return {name.search(entry["MESSAGE"])[0] for entry in agent.user.journal(None, "SYSLOG_IDENTIFIER=systemd")
            if entry["MESSAGE"].startswith("Start") and name.search(entry["MESSAGE"])}


def refreshes(sandbox, **fields) -> list[dict]:
    return sandbox.record("CreateToken", grantType="refresh_token", client="bedrock-agent-net", **fields)


@pytest.fixture
def slow(sandbox):
    """Refreshes take 3 s."""
    sandbox.fault("CreateToken", "delay", grantType="refresh_token", times=-1, delay="3s")
    yield sandbox
    sandbox.clear_faults()


def running_refresh(agent) -> str:
    agent.home.age_token(left=600)
    return eventually(lambda: units(agent, REFRESH), "a refresh is under way")[0]


def test_refresh_in_a_sandbox_of_its_own(running, slow, machine):
    user = running.user
    user.write(".ssh/id_ed25519", "a key")
    unit = running_refresh(running)
    # First, since it may have ended by the time that the rest has been looked at.
    shown = user.systemctl("show", unit).stdout
    pid = user.property(unit, "MainPID")
    # The manager's own program prepares the sandbox, and then becomes ours.
    eventually(lambda: "bedrock-agent-net" in machine.root("cat", f"/proc/{pid}/cmdline").stdout, "it runs")
    seen = machine.root("ls", "-A", f"/proc/{pid}/root{user.home}", f"/proc/{pid}/root/run/user").stdout
    assert ".ssh" not in seen and str(user.id) not in seen and ".aws" in seen
    told = machine.root("cat", f"/proc/{pid}/environ", f"/proc/{pid}/cmdline").stdout
    told += shown
    assert "AWS_ENDPOINT_URL" in told
    assert not any(secret in told for name, secret in running.home.token().items() if name in SECRETS)
    assert "RuntimeMaxUSec=2min 5s\n" in shown
    eventually(lambda: user.messages(SERVICE, "refreshed until"), "the refresh has ended")
    assert not units(running, REFRESH)
    assert len(started(running, REFRESH)) == 1


def test_refresh_without_user_namespaces(agent, machine, sandbox):
    manager = f"/run/systemd/system/user@{agent.user.id}.service.d"
    machine.root("mkdir", "-p", manager)
    (machine.files / manager.lstrip("/") / "test.conf").write_text("[Service]\nRestrictNamespaces=~user\n")
    machine.root("systemctl", "daemon-reload")
    machine.root("systemctl", "restart", f"user@{agent.user.id}.service")
    agent.guard()
    assert agent.user.run("systemd-run", "--user", "--wait", "--property=PrivateUsers=yes", "true",
                          check=False).returncode != 0
    agent.enable()
    agent.home.age_token(left=600)
    eventually(lambda: agent.user.messages(SERVICE, "refreshed until"), "a refresh")
    assert agent.wait_until("healthy")["exit"] == 0
    assert agent.user.systemctl("list-units", "--failed", "--no-legend", REFRESH).stdout == ""


def test_killed_during_a_refresh_nothing_is_lost(running, slow):
    before, asked = running.pid(), len(refreshes(slow))
    running_refresh(running)
    running.kill("KILL")
    eventually(lambda: running.pid() not in (0, before), "back")
    eventually(lambda: len(running.user.messages(SERVICE, "refreshed")) > 0, "a refresh is told of")
    # The running refresh continued, and the next daemon adopted its result.
    (request,) = refreshes(slow)[asked:]
    assert "error" not in request
    assert running.wait_until("healthy")["exit"] == 0
    assert running.home.expiry().timestamp() > time.time() + 3000


BROWSER = """#!/bin/sh
echo $$ >> ~/browsers
{press} "$1" > /dev/null 2>&1
# A browser that has something to say now and then.
for _ in $(seq 1000); do echo "a warning" >&2; sleep 0.2; done
"""


def test_one_that_failed_while_no_daemon_ran_is_forgotten(running, slow, machine):
    unit = running_refresh(running)
    pid = running.user.property(unit, "MainPID")
    running.user.systemctl("stop", SERVICE)
    machine.root("kill", "-KILL", pid)
    eventually(lambda: running.user.property(unit, "ActiveState") == "failed", "it has failed")
    running.user.systemctl("start", SERVICE)
    eventually(lambda: running.user.property(unit, "ActiveState") == "inactive", "it is forgotten")


def test_a_logout_waits_for_the_answer(running, slow, machine):
    pid = running.user.property(running_refresh(running), "MainPID")

    def has_begun() -> bool:
        status = (machine.files / "proc" / pid / "status").read_text()
        ignored = int(re.search(r"SigIgn:\s*(\w+)", status)[1], 16)
        return ignored >> (signal.SIGTERM - 1) & 1 == 1

    eventually(has_begun, "it will not be interrupted")
    machine.root("systemctl", "restart", f"user@{running.user.id}.service")
    assert running.home.expiry().timestamp() > time.time() + 3000


@pytest.fixture
def revoked(agent, sandbox):
    """A user at the screen, whose session was revoked while the token is still valid; a browser that stays open."""
    agent.screen = Screen(agent.user)
    agent.user.write("browser", BROWSER.format(press="sleep 2;" + agent.sandbox.browser().replace(" %s", "")), 0o700)
    agent.user.systemctl("set-environment", f"BROWSER={agent.user.home}/browser %s &")
    sandbox.revoke()
    agent.home.age_token(left=600)
    return agent


def browsers(agent) -> list[str]:
    file = agent.user.path("browsers")
    return file.read_text().split() if file.exists() else []


def alive(agent, pid: str) -> bool:
    return agent.user.run("kill", "-0", pid, check=False).returncode == 0


def test_one_sign_in_whose_browser_outlives_everything(revoked, sandbox):
    agent = revoked
    asked = sandbox.prompts()
    agent.enable()
    unit = eventually(lambda: units(agent, SIGN_IN), "a sign-in is under way")[0]
    status = agent.wait_until("signing-in")
    agent.wait_until("healthy")
    assert sandbox.prompts() == asked + 1 and started(agent, SIGN_IN) == {unit}
    said = agent.user.messages(unit)
    code = status["sessions"][0].get("signIn", {}).get("code")
    assert any("open the following URL" in line for line in said), said
    assert not any(code and code in line for line in said)
    (browser,) = browsers(agent)
    eventually(lambda: not units(agent, SIGN_IN), "the unit has ended")
    stays(lambda: alive(agent, browser), "the browser, which goes on talking", seconds=1)
    agent.user.systemctl("restart", SERVICE)
    assert alive(agent, browser)
    agent.kill("KILL")
    agent.wait_until("healthy")
    assert alive(agent, browser)
    # A second sign-in, while that browser keeps the first unit's name in use.
    sandbox.revoke()
    agent.home.age_token(left=600)
    eventually(lambda: len(browsers(agent)) == 2, "a second sign-in")
    agent.wait_until("healthy")
    assert sandbox.prompts() == asked + 2 and alive(agent, browser)


@pytest.mark.parametrize("moment", ["before it said where", "stopped before it said where", "after"])
def test_killed_during_a_sign_in_it_asks_no_second_time(revoked, sandbox, moment):
    agent = revoked
    asked = sandbox.prompts()
    if moment != "after":
        # The `$`s are for the shell, not for systemd.
        command = 'a=work; sleep 2; [ "$$" -gt 1 ] \\&\\& aws sso login --profile ${a}-dev'.replace('"', '\\\\"')
        agent.user.run("sed", "-i", f's/"aws sso login --profile work-dev"/"{command}"/', ".claude/settings.json")
        agent.user.run("bedrock-agent", "approve", "--yes")
    agent.enable()
    eventually(lambda: units(agent, SIGN_IN), "a sign-in is under way")
    if moment == "after":
        eventually(lambda: agent.status()["sessions"][0].get("signIn", {}).get("url"), "it says where")
    before = agent.pid()
    if moment.startswith("stopped"):
        # Nobody stores its output now; it still continues.
        agent.user.systemctl("stop", SERVICE)
        eventually(lambda: not units(agent, SIGN_IN), "the sign-in has ended")
        agent.user.systemctl("start", SERVICE)
        agent.wait_until("healthy")
        assert sandbox.prompts() == asked + 1 and len(started(agent, SIGN_IN)) == 1
        return
    agent.kill("KILL")
    eventually(lambda: agent.pid() not in (0, before), "back")
    found = eventually(lambda: agent.status()["sessions"][0].get("signIn", {}).get("url"), "it knows the page")
    assert found.startswith(sandbox.url)
    agent.wait_until("healthy")
    assert sandbox.prompts() == asked + 1 and len(started(agent, SIGN_IN)) == 1


def test_without_its_records_it_still_finds_the_sign_in(revoked, sandbox):
    agent = revoked
    asked = sandbox.prompts()
    agent.enable()
    eventually(lambda: agent.status()["sessions"][0].get("signIn", {}).get("url"), "a sign-in is under way")
    agent.user.systemctl("stop", SERVICE)
    agent.user.path(".local/state/bedrock-agent/state.json").unlink()
    agent.user.systemctl("start", SERVICE)
    agent.wait_until("healthy")
    assert sandbox.prompts() == asked + 1 and len(started(agent, SIGN_IN)) == 1


def test_time_limit(revoked):
    agent = revoked
    agent.user.write(".config/bedrock-agent/config.json", '{"signInTimeout": "15s"}')
    agent.user.write("browser", "#!/bin/sh\necho $$ >> ~/browsers\nexec sleep 300\n", 0o700)
    agent.enable()
    status = agent.wait_until("sign-in-needed", seconds=60)
    assert status["sessions"][0]["lastSignIn"]["result"] == "timed-out"
    assert not units(agent, SIGN_IN) and alive(agent, browsers(agent)[0])
    # The rest of the sign-in was ended with it.
    assert agent.user.run("pgrep", "-u", agent.user.name, "-f", "sso login", check=False).stdout == ""


@pytest.mark.parametrize("end", ["restart", "kill"])
def test_who_waits_for_a_sign_in_still_gets_its_end(revoked, sandbox, end):
    agent = revoked
    asked = sandbox.prompts()
    wait = "until [ -e ~/pressed ]; do sleep 0.1; done; "
    agent.user.write("browser", BROWSER.format(press=wait + agent.sandbox.browser().replace(" %s", "")), 0o700)
    agent.enable()
    eventually(lambda: agent.status()["sessions"][0].get("signIn", {}).get("url"), "a sign-in is under way")
    # In front of the screen: a page that calls back is none for somebody elsewhere.
    login = agent.user.start("bedrock-agent", "login", DISPLAY=":0")
    assert login.stdout.readline().startswith("Sign in at ")
    if end == "kill":
        agent.kill("KILL")
    else:
        agent.user.systemctl("restart", SERVICE)
    agent.user.write("pressed", "")
    assert login.wait(timeout=20) == 0
    assert "signed in to corp" in login.stdout.read()
    assert sandbox.prompts() == asked + 1 and len(started(agent, SIGN_IN)) == 1


def test_installed_in_a_home_it_finds_its_way(agent, build, machine, sandbox):
    """As with systemd/install: the program that calls AWS is in a folder that its sandbox hides."""
    home = agent.user.home
    stage = Path(__file__).resolve().parents[3] / "systemd" / "stage"
    subprocess.run([stage, build, home / ".local", machine.files], check=True, env={"PATH": os.environ["PATH"]})
    machine.root("chown", "-R", agent.user.name, str(home / ".local"))
    agent.user.systemctl("daemon-reload")
    agent.enable()
    agent.home.age_token(left=600)
    eventually(lambda: agent.user.messages(SERVICE, "refreshed until"), "a refresh")
    assert machine.root("readlink", f"/proc/{agent.pid()}/exe").stdout == f"{home}/.local/bin/bedrock-agent\n"
    assert not agent.user.messages("bedrock-agent-refresh-*", "NAMESPACE")
