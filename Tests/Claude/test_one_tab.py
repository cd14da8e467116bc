"""How many tabs open when the session has ended: one, however many of the real Claude Code ask at once.

The program waits for its other processes by itself, by lock files in its configuration folder. These tests hold what it
does by itself (by the AWS CLI's own command), and that there is one tab with `bedrock-agent login`.
"""

import pytest

from scene import OURS, PLAIN
from waiting import eventually

HELLO = "Hello from the sandbox."
FORMS = pytest.mark.parametrize("command", [PLAIN, OURS], ids=["aws sso login", "bedrock-agent login"])
DAEMON = pytest.mark.parametrize("daemon", [False, True], ids=["no daemon", "daemon"])


@FORMS
@DAEMON
def test_ten_at_once(scene, command, daemon):
    scene.use(command)
    if daemon:
        scene.daemon.start()
    scene.revoke()
    scene.herd.start(10)
    scene.herd.wait_until_they_check()
    scene.tabs.wait_for(1)
    scene.tabs.allow()
    assert scene.herd.answers() == [HELLO] * 10
    assert len(scene.tabs.opened()) == 1, scene.tabs.opened()


@FORMS
@DAEMON
def test_ten_at_once_without_the_lock(scene, command, daemon):
    """By itself, each of them then opens a tab. (Each starts an AWS CLI: fewer of them show it as well.)"""
    number, tabs = (10, 1) if command == OURS else (3, 3)
    scene.use(command)
    if daemon:
        scene.daemon.start()
    scene.revoke()
    scene.herd.start(number, CLAUDE_CODE_DISABLE_AUTH_REFRESH_LOCK="1")
    eventually(lambda: scene.herd.runs() == number, "each runs its command", 60)
    scene.tabs.wait_for(tabs)
    scene.tabs.allow()
    assert scene.herd.answers() == [HELLO] * number
    assert len(scene.tabs.opened()) == tabs, scene.tabs.opened()


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
    scene.tabs.wait_for(tabs)
    scene.tabs.allow()
    assert scene.herd.answers() == [HELLO] * 10
    assert len(scene.tabs.opened()) == tabs, scene.tabs.opened()


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
    scene.tabs.wait_for(tabs)
    scene.tabs.allow()
    assert scene.herd.answers() == [HELLO] * 4
    assert len(scene.tabs.opened()) == tabs, scene.tabs.opened()
