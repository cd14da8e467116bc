"""One tab, although the session that asked for the sign-in ends, or hands it over to another one.

The program then kills the command that it ran: of `aws sso login`, the tab is dead, and the next one opens its own.
"""

import os
import signal

import pytest

from scene import DAEMON, FORMS, HELLO, OURS, PLAIN
from session import ENTER, ESC, Session
from waiting import eventually

WAITS = "Another Claude Code process is running your awsAuthRefresh command"
RUNS = "Running AWS auth refresh command"


@pytest.fixture
def two(scene):
    """Two sessions that run, and then the sign-in has ended: the first asks, and the second waits for it."""
    sessions = []

    def begin(command: str, daemon: bool):
        scene.use(command)
        if daemon:
            scene.daemon.start()
        for name in ("first", "second"):
            sessions.append(Session(scene, name).begin())
        scene.revoke()
        first, second = sessions
        first.say("hi")
        scene.tabs.wait_for(1)
        second.say("hi")
        second.wait_for(WAITS)
        return first, second

    yield begin
    for session in sessions:
        session.end()


@FORMS
@DAEMON
def test_somebody_stops_and_asks_again_in_the_second(scene, two, command, daemon):
    first, second = two(command, daemon)
    second.press(ESC)
    eventually(lambda: WAITS not in second.text(), "it has stopped, and given the question back")
    second.press(ENTER)
    eventually(lambda: RUNS in second.log, "the second has taken the sign-in over")
    finish(scene, command, first, second)


def test_the_second_waited_for_a_minute(scene, two):
    first, second = two(OURS, False)
    eventually(lambda: RUNS in second.log, "the second has taken the sign-in over", 90)
    finish(scene, OURS, first, second)


def finish(scene, command: str, *sessions: Session):
    tabs = 1 if command == OURS else 2
    scene.tabs.wait_for(tabs)
    for session in sessions:
        eventually(lambda: scene.tabs.allow() or HELLO in session.text(), f"it is answered:\n{session.text()}", 60)
    assert len(scene.tabs.opened()) == tabs, scene.tabs.opened()


@FORMS
@DAEMON
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["ended", "killed"])
def test_the_one_that_asked_ends(scene, command, daemon, number):
    """Ended, it takes its command with it. Killed, it leaves it behind, and the program waits for that by itself."""
    scene.use(command)
    if daemon:
        scene.daemon.start()
    scene.revoke()
    scene.herd.start(3)
    scene.herd.wait_until_they_check()
    scene.tabs.wait_for(1)
    [asked] = [one for one in scene.herd.all if one.runs()]
    os.kill(asked.process.pid, number)
    asked.process.wait(timeout=20)
    scene.herd.all.remove(asked)
    tabs = 2 if command == PLAIN and number == signal.SIGTERM else 1
    if number == signal.SIGTERM:
        eventually(lambda: scene.herd.runs() == 1, "another one runs the command", 60)
    scene.ends_well(answers=2, tabs=tabs)


@FORMS
@DAEMON
def test_the_window_of_the_one_that_asked_is_closed(scene, command, daemon):
    scene.use(command)
    if daemon:
        scene.daemon.start()
    session = Session(scene, "left").begin()
    scene.revoke()
    try:
        session.say("hi")
        scene.tabs.wait_for(1)
        session.kill(signal.SIGHUP)
        session.wait()
    finally:
        session.end()
    scene.herd.start(2)
    eventually(lambda: scene.herd.runs() == 1, "another one runs the command", 60)
    tabs = 2 if command == PLAIN else 1
    scene.ends_well(answers=2, tabs=tabs)


@DAEMON
def test_the_sign_in_goes_on_without_the_one_that_asked(scene, daemon):
    """Nobody else has asked yet when somebody presses Allow."""
    scene.use(OURS)
    if daemon:
        scene.daemon.start()
    scene.revoke()
    file = scene.folder.home.token_file()
    before = file.read_bytes()
    [asked] = scene.herd.start(1)
    scene.tabs.wait_for(1)
    os.kill(asked.process.pid, signal.SIGTERM)
    asked.process.wait(timeout=20)
    scene.herd.all.remove(asked)
    scene.tabs.allow()
    # The AWS CLI truncates it before it writes.
    eventually(lambda: before != file.read_bytes() and file.read_bytes().endswith(b"}"), "the session is signed in")
    scene.herd.start(1)
    assert scene.herd.answers() == [HELLO]
    assert len(scene.tabs.opened()) == 1, scene.tabs.opened()
