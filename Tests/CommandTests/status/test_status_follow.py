"""`status --follow`: a line or an object for each change, as the daemon tells; also over its restarts."""

import json
import os
import signal
import socket
import subprocess

import pytest

from aws_cli import redirects
from following import Follower
from spawning import die_with_parent
from waiting import eventually, stays

OK = "work-dev ok"
STOPPED = "work-dev ok (daemon stopped)"
UNAPPROVED = "work-dev ok, 1 warning: bedrock-agent status"


@pytest.fixture
def running(agent, signed_in):
    """A daemon with a session that is healthy."""
    agent.start()
    return agent


def change(agent):
    """Something to tell of: the command is no longer one that was approved."""
    agent.use("work-dev", "aws sso login --profile work-dev --no-browser", approve=False)


@pytest.mark.parametrize("flags", [(), ("--line",)])
def test_a_line_for_each_change(running, flags):
    with Follower(running, *flags) as follower:
        follower.wait_for(OK)
        change(running)
        follower.wait_for(OK, UNAPPROVED)
        running.use()
        follower.wait_for(OK, UNAPPROVED, OK)
        assert follower.lines == [OK, UNAPPROVED, OK]


def test_an_object_for_each_change(running):
    with Follower(running, "--json") as follower, Follower(running, "--waybar") as bar:
        follower.wait_until(lambda line: json.loads(line)["condition"] == "healthy", "healthy")
        bar.wait_until(lambda line: json.loads(line)["class"] == "healthy", "healthy")
        running.use("ghost")
        told = json.loads(follower.wait_until(lambda line: json.loads(line)["condition"] == "misconfigured", "ghost"))
        assert told["claude"]["profile"] == "ghost" and told["version"] == 1
        bar.wait_until(lambda line: json.loads(line)["class"] == "misconfigured", "ghost in the bar")


def test_a_sign_in_as_it_goes(agent, signed_in, sandbox):
    """The session was revoked: a sign-in is under way, and done."""
    sandbox.revoke()
    signed_in.age_token(left=1202)
    agent.use()
    agent.open_tabs()
    with Follower(agent) as follower:
        follower.wait_for(STOPPED)
        agent.start()
        under_way = "work-dev sign-in under way" if redirects() else f"work-dev sign-in: confirm {code(sandbox)}"
        follower.wait_until(lambda line: line == under_way, under_way)
        sandbox.approve()
        follower.wait_for(under_way, OK)


def code(sandbox) -> str:
    [code] = eventually(sandbox.waiting, "a page with a code")
    return code


def test_over_a_restart(running):
    with Follower(running) as follower:
        follower.wait_for(OK)
        for _ in range(3):
            running.stop()
            follower.wait_for(OK, STOPPED)
            running.start()
            follower.wait_for(OK, STOPPED, OK)
        assert follower.lines == [OK] + [STOPPED, OK] * 3
        change(running)
        follower.wait_for(OK, UNAPPROVED)


def test_over_a_daemon_that_was_killed(running):
    """It leaves its socket behind."""
    with Follower(running) as follower:
        follower.wait_for(OK)
        running.kill()
        follower.wait_for(OK, STOPPED)
        running.start()
        follower.wait_for(STOPPED, OK)


def test_begun_before_the_daemon(agent, signed_in):
    """Not even its folder is there."""
    agent.use()
    with Follower(agent) as follower:
        follower.wait_for(STOPPED)
        assert not agent.socket.exists()
        agent.start()
        follower.wait_for(STOPPED, OK)


def test_nothing_happens_where_nothing_happens(running):
    """It waits for the daemon, and does nothing meanwhile, with one and without."""
    with Follower(running) as follower:
        follower.wait_for(OK)
        eventually(lambda: is_asleep(follower), "it waits")
        before = follower.waits_in()
        stays(lambda: follower.waits_in() == before, "it sleeps")
        running.stop()
        follower.wait_for(STOPPED)
        eventually(lambda: is_asleep(follower), "it waits for a daemon")
        before = follower.waits_in()
        stays(lambda: follower.waits_in() == before, "it sleeps")


def is_asleep(follower) -> bool:
    """It has not run for a moment."""
    before = follower.waits_in()
    try:
        stays(lambda: follower.waits_in() == before, "it sleeps", seconds=0.3)
    except AssertionError:
        return False
    return True


def test_a_daemon_that_takes_nobody_more_is_not_called_all_the_time(agent, signed_in):
    """It closes what it accepts where it has too many connections."""
    agent.use()
    agent.socket.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(agent.socket))
        listener.listen()
        listener.settimeout(0.2)
        calls = 0

        def is_calm() -> bool:
            nonlocal calls
            try:
                while calls < 50:
                    listener.accept()[0].close()
                    calls += 1
            except TimeoutError:
                pass
            return calls < 50

        with Follower(agent) as follower:
            eventually(lambda: is_calm() and follower.lines, "it is told from the disk")
            stays(is_calm, "it waits between its calls")
            assert follower.lines == [STOPPED]


# Its end


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("has_daemon", [True, False])
def test_a_signal_ends_it(running, number, has_daemon):
    with Follower(running) as follower:
        follower.wait_for(OK)
        if not has_daemon:
            running.stop()
            follower.wait_for(OK, STOPPED)
            eventually(lambda: is_asleep(follower), "it waits for a daemon")
        follower.process.send_signal(number)
        follower.process.wait(timeout=20)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_after_a_restart(running, number):
    with Follower(running) as follower:
        follower.wait_for(OK)
        running.stop()
        follower.wait_for(OK, STOPPED)
        running.start()
        follower.wait_for(STOPPED, OK)
        follower.process.send_signal(number)
        follower.process.wait(timeout=20)


@pytest.mark.parametrize("ignores", [False, True], ids=["as usual", "where SIGPIPE is ignored"])
@pytest.mark.parametrize("restarts", [False, True], ids=["at once", "after a restart"])
def test_it_ends_when_its_output_is_closed(running, restarts, ignores):
    def begin():
        die_with_parent()
        if ignores:
            signal.signal(signal.SIGPIPE, signal.SIG_IGN)

    process = subprocess.Popen(
        [running.program, "status", "--follow"], env=running.environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, preexec_fn=begin, restore_signals=not ignores)
    try:
        assert process.stdout.readline() == f"{OK}\n"
        if restarts:
            running.stop()
            assert process.stdout.readline() == f"{STOPPED}\n"
            running.start()
            assert process.stdout.readline() == f"{OK}\n"
        process.stdout.close()
        change(running)
        eventually(lambda: process.poll() is not None, "it has ended")
        assert process.returncode in (0, -signal.SIGPIPE)
    finally:
        process.kill()
        process.wait(timeout=10)


def test_it_ends_when_its_output_is_closed_without_a_daemon(running):
    """It is closed while there is none; what comes next is that there is one again."""
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [running.program, "status", "--follow"], env=running.environment, stdin=subprocess.DEVNULL, stdout=writing,
        stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)
    os.close(writing)
    try:
        with open(reading) as output:
            assert output.readline() == f"{OK}\n"
            running.stop()
            assert output.readline() == f"{STOPPED}\n"
        running.start()
        eventually(lambda: process.poll() is not None, "it has ended")
    finally:
        process.kill()
        process.wait(timeout=10)


def test_a_full_disk_is_an_error(running, tmp_path):
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            [running.program, "status", "--follow"], env=running.environment, stdout=full, stderr=subprocess.PIPE,
            timeout=60)
    assert result.returncode == 74
