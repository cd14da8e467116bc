"""How many tabs open when the session has ended: one, however many of the real Claude Code ask at once.

The program waits for its other processes by itself, by lock files in its configuration folder. These tests hold what it
does by itself (by the AWS CLI's own command), and that there is one tab with `bedrock-agent login`.
"""

import os

import pytest

from scene import DAEMON, FORMS, HELLO, OURS, PLAIN
from waiting import eventually

# What takes minutes, because the program's own waits cannot be shortened.
LONG = bool(os.environ.get("BEDROCK_LONG"))
# How many ask at once where each of them waits for minutes, or starts an AWS CLI.
FEW = int(os.environ.get("BEDROCK_HERD", 3))
# How many questions are asked while the daemon refreshes.
RUNS = int(os.environ.get("BEDROCK_RUNS", 10))


@FORMS
@DAEMON
def test_ten_at_once(scene, command, daemon):
    scene.use(command)
    if daemon:
        scene.daemon.start()
    scene.revoke()
    scene.herd.start(10)
    scene.herd.wait_until_they_check()
    scene.ends_well(answers=10, tabs=1)


@FORMS
@DAEMON
def test_ten_at_once_without_the_lock(scene, command, daemon):
    """By itself, each of them then opens a tab."""
    number, tabs = (10, 1) if command == OURS else (FEW, FEW)
    scene.use(command)
    # Several AWS CLIs that register at once may read each other's half-written registration.
    scene.register()
    if daemon:
        scene.daemon.start()
    scene.revoke()
    scene.herd.start(number, CLAUDE_CODE_DISABLE_AUTH_REFRESH_LOCK="1")
    eventually(lambda: scene.herd.runs() == number, "each runs its command", 60)
    scene.ends_well(answers=number, tabs=tabs)


@FORMS
def test_the_daemon_signs_in_already(scene, command):
    """Claude Code cannot know, so that its own `aws sso login` opens a second tab."""
    scene.use(command)
    scene.daemon.start()
    scene.folder.expire("corp")
    scene.tabs.wait_for(1)
    scene.herd.start(10)
    tabs = 1 if command == OURS else 2
    eventually(lambda: scene.herd.runs() == 1, "one of them runs its command", 60)
    scene.ends_well(answers=10, tabs=tabs)


@FORMS
def test_claude_code_signs_in_already(scene, command):
    """The daemon learns after that, that a sign-in is needed."""
    scene.use(command)
    scene.daemon.start()
    scene.revoke()
    scene.herd.start(2)
    scene.tabs.wait_for(1)
    scene.folder.home.age_token(left=-60)
    eventually(lambda: scene.daemon.status()["condition"] in ("sign-in-needed", "signing-in"), "the daemon knows")
    assert scene.answers() == [HELLO] * 2
    assert len(scene.tabs.opened()) == 1, scene.tabs.opened()


@DAEMON
def test_the_session_ends_right_after_its_sign_in(scene, daemon):
    """A sign-in of some seconds ago is none that helps."""
    scene.use(OURS)
    if daemon:
        scene.daemon.start()
    scene.sandbox.revoke(hard=True)
    scene.herd.start(2)
    scene.ends_well(answers=2, tabs=1)


@FORMS
@DAEMON
def test_two_profiles_of_one_session(scene, command, daemon):
    """The program's lock is one for each profile."""
    scene.use(command)
    other = scene.folder.project.parent / "other"
    scene.folder.write(other / ".claude" / "settings.json", {"env": {"AWS_PROFILE": "placeless"}})
    if daemon:
        scene.daemon.start()
    scene.revoke()
    scene.herd.start(2)
    scene.herd.start(2, cwd=other)
    eventually(lambda: scene.herd.runs() == 2, "one of each runs its command", 60)
    tabs = 1 if command == OURS else 2
    scene.ends_well(answers=4, tabs=tabs)


@DAEMON
def test_nobody_signs_in(scene, daemon):
    """There is one tab in all, and everybody is told."""
    scene.use(OURS)
    if not LONG:
        scene.daemon.configure(signInTimeout="20s")
    if daemon:
        scene.daemon.start()
    scene.revoke()
    scene.herd.start(5)
    scene.tabs.wait_for(1)
    answers = scene.herd.answers(seconds=170)
    assert all("Bedrock" in answer or "AWS" in answer for answer in answers), answers
    assert len(scene.tabs.opened()) == 1, scene.tabs.opened()


@pytest.mark.skipif(not LONG, reason="each tab is there for three minutes: BEDROCK_LONG=1")
@DAEMON
def test_nobody_signs_in_by_the_aws_cli(scene, daemon):
    """By itself, the program lets one after the other open a tab, and wait in vain."""
    scene.use(PLAIN)
    if daemon:
        scene.daemon.start()
    scene.revoke()
    scene.herd.start(FEW)
    scene.herd.answers(seconds=200 * FEW)
    assert len(scene.tabs.opened()) == FEW, scene.tabs.opened()


@FORMS
def test_no_tab_while_the_daemon_refreshes(scene, command):
    """Access tokens of some seconds. Claude Code refreshes them, too: it and the daemon are after the same."""
    scene.use(command)
    scene.sandbox.settings(accessToken="8s", roleCredentials="8s")
    scene.folder.sign_in("corp")
    scene.daemon.start(refreshAhead="4s")
    for _ in range(RUNS // 5):
        before = len(scene.daemon.requests())
        scene.herd.start(5)
        assert set(scene.herd.answers()) == {HELLO}
        eventually(lambda: len(scene.daemon.requests()) > before, "the daemon refreshes")
    assert scene.tabs.opened() == [] and scene.herd.runs() == 0
