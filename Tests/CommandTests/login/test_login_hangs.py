"""`login` when something hangs or prints control characters: it ends in time, and finds another way."""

import fcntl
import json
import os
import signal
import time
from pathlib import Path

import pytest

from typed import Typed
from programs import write_program
from varlink_client import fill_queue
from waiting import eventually


@pytest.fixture
def tools(home):
    """Writes a fake `aws`; returns the PATH that contains it."""
    folder = home.path / "tools"

    def write(script: str) -> str:
        write_program(folder / "aws", script)
        return f"{folder}:/usr/bin:/bin"

    return write


@pytest.mark.parametrize("is_full", [False, True], ids=["silent", "with a full queue"])
def test_a_daemon_that_does_not_answer(agent, logins, home, is_full):
    agent.start(signIn="ask", signInTimeout="100s")
    os.kill(agent.process.pid, signal.SIGSTOP)
    if is_full:
        fill_queue(agent.socket)
    login = logins.start()
    try:
        assert login.end(80) == 0, login.text
    finally:
        agent.process.send_signal(signal.SIGCONT)
    assert "systemctl --user restart bedrock-agent" in login.text and home.token()["refreshToken"]


@pytest.fixture
def page(agent, sandbox) -> tuple[str, str | None]:
    """Where a daemon signs in for somebody, as it has noted; with the code."""
    def noted():
        running = json.loads((agent.state / "state.json").read_text()).get("running", {})
        return (running["url"], running.get("code")) if "url" in running else None

    agent.open_tabs()
    agent.start(signIn="ask")
    with agent.client() as client:
        client.ask("SignIn", more=True)
        sandbox.tabs.wait_for(1)
        return eventually(noted, "it has noted where the page is")


@pytest.fixture
def waiting(agent, logins, page):
    """A login that waits for that sign-in, of a daemon that has fallen silent."""
    agent.process.send_signal(signal.SIGSTOP)
    login = logins.start()
    eventually(lambda: login.page == page, "the login shows that page")
    yield login
    if agent.process:
        agent.process.send_signal(signal.SIGCONT)


def test_a_daemon_that_no_longer_answers_while_it_signs_in(waiting, home, sandbox):
    """Its sign-in goes on without it; another one would be a second tab."""
    sandbox.approve()
    assert waiting.end() == 0, waiting.text
    assert sandbox.prompts() == 1 and home.token()["refreshToken"]


def test_its_sign_in_comes_to_nothing(waiting, page, sandbox):
    sandbox.deny()
    eventually(lambda: waiting.page != page, "the login opens a page of its own")
    sandbox.approve()
    assert waiting.end() == 0, waiting.text


@pytest.mark.parametrize("starts_again", [True, False], ids=["and started again", "for good"])
def test_it_is_killed(agent, waiting, sandbox, starts_again):
    agent.kill()
    if starts_again:
        agent.start()
    sandbox.approve()
    assert waiting.end() == 0, waiting.text
    assert sandbox.prompts() == 1


def test_a_daemon_that_is_gone_has_left_its_sign_in(agent, logins, page, sandbox):
    agent.kill()
    login = logins.start()
    eventually(lambda: login.page == page, "it shows the page")
    sandbox.approve()
    assert login.end() == 0, login.text
    assert sandbox.prompts() == 1


def test_an_aws_cli_that_does_not_say_its_version(agent, logins, tools):
    agent.configure(signInTimeout="20s")
    login = logins.start("--with-aws-cli", PATH=tools("trap '' TERM; sleep 600 & wait; sleep 600"))
    assert login.end() == 1
    assert "does not finish" in login.text
    eventually(lambda: not agent.processes(), "it has ended")


def test_what_a_program_says_is_not_obeyed_by_the_terminal(agent, logins, tools):
    path = tools("""[ "$1" = --version ] && exec echo aws-cli/2.9.19
        printf 'no \\033]0;title\\007 \\033[2J\\302\\233 more\\n' >&2; exit 3""")
    for login in (logins.start("--with-aws-cli", PATH=path), logins.start("--with-aws-cli", PATH=path)):
        assert login.end() == 1 and "exited with status 3" in login.text
        assert not {"\x1b", "\x07", "\x9b"} & set(login.text), repr(login.text)
        assert "no \\u{1b}]0;title\\u{7}" in login.text


@pytest.fixture(params=["on this machine", "on another one"])
def hung(agent, request):
    """A sign-in lock that has been held for an hour: by the clock of its machine, or by the time of its file."""
    def lock(name):
        file = agent.state / "locks" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if request.param == "on this machine":
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
            file.write_text(f"{boot} {time.clock_gettime(time.CLOCK_BOOTTIME) - 3600}")
        else:
            file.write_text(f"another {time.clock_gettime(time.CLOCK_BOOTTIME)}")
        os.utime(file, (time.time() - 3600, time.time() - 3600))
        held.append(descriptor)

    held = []
    yield lock
    for descriptor in held:
        os.close(descriptor)


def test_a_lock_of_a_process_that_hangs_keeps_the_daemon_from_nothing(agent, logins, home, raw, sandbox, hung):
    hung(f"sign-in-{home.token_file().stem}.lock")
    home.sign_in(raw)
    sandbox.expire_registration()
    home.age_token(left=1202)
    agent.start()
    eventually(lambda: agent.sign_ins() == 1, "the daemon's own sign-in")
    agent.wait_until("healthy")


def states(agent) -> set[str]:
    """The states of all processes that it started, as in /proc: T is stopped."""
    return {Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] for pid in agent.processes()}


def test_ctrl_z(agent, logins, sandbox):
    """It does not stop the sign-in that all others wait for."""
    agent.open_tabs()
    # A shell with job control, which stays when its job is stopped.
    login = Typed(
        ["sh", "-mc", f"{agent.program} login; s=$?; [ $s -lt 128 ] || sleep 60; exit $s"], agent.environment)
    try:
        eventually(lambda: "Sign in at" in login.read(), "it shows the page")
        login.type(b"\x1a")
        second = logins.start()
        eventually(lambda: second.page, "another one waits for it")
        assert "T" not in states(agent)
        sandbox.approve()
        assert login.end() == 0 and second.end() == 0
    finally:
        login.close()
