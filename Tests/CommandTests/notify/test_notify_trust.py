"""A file that others can write says nothing of what is to be run."""

import os
import subprocess

import pytest

from nobody import NOBODY
from waiting import eventually

READS = 0o755


@pytest.fixture
def places(asking) -> dict:
    """The file, and folders on the way to it, none of which others can write to."""
    folder = asking.config.parent
    made = {"file": asking.config, "folder": folder, "above": folder.parent, "home": asking.home.path}
    made["file"].chmod(0o644)
    for place in ("folder", "above", "home"):
        made[place].chmod(READS)
    return made


def finding(agent) -> dict | None:
    return next((each for each in agent.status()["findings"] if each["code"].startswith("notify-")), None)


def refuse(agent, chat, place):
    """Its command is not run, and the finding says for which place."""
    found = eventually(lambda: finding(agent), "that is a finding")
    assert found["code"] == "notify-untrusted" and found["subject"] == str(agent.config)
    assert found["message"] == f"notify ({agent.config}, line 1) is not run: others can write {place}"
    chat.no_more(0)
    return found


@pytest.mark.parametrize("place", ["file", "folder", "above", "home"])
@pytest.mark.parametrize("mode", [0o002, 0o020], ids=["others", "group"])
def test_others_can_write_it(asking, chat, places, place, mode):
    """The fix is to be run as it is printed: then it is told of the need that is still there."""
    path = places[place]
    path.chmod(path.stat().st_mode | mode)
    if mode == 0o020:
        # No private group of the owner's.
        os.chown(path, -1, NOBODY)
    asking.start()
    asking.wait_until("sign-in-needed")
    found = refuse(asking, chat, path)
    subprocess.run(["sh", "-c", found["fix"]], check=True, timeout=20, env=asking.environment)
    asking.control("Reload")
    chat.wait_for()
    assert not finding(asking)


@pytest.mark.parametrize("place", ["file", "folder"])
def test_it_is_somebody_elses(asking, chat, places, place):
    """They can write it whenever they like."""
    os.chown(places[place], NOBODY, NOBODY)
    asking.start()
    asking.wait_until("sign-in-needed")
    found = refuse(asking, chat, places[place])
    assert "chown" in found["fix"]
    os.chown(places[place], os.geteuid(), os.getegid())
    asking.control("Reload")
    chat.wait_for()


def test_others_can_write_it_later(agent, chat, need, signed_in):
    """What is approved is not run any more."""
    chat.use(signIn="ask")
    agent.start()
    agent.wait_until("healthy")
    agent.config.chmod(0o666)
    refuse(agent, chat, agent.config)
    need.begin()
    agent.wait_until("sign-in-needed")
    refuse(agent, chat, agent.config)


def test_a_link_to_a_file_that_others_can_write(asking, chat, tmp_path):
    there = tmp_path / "there" / "config.json"
    there.parent.mkdir()
    asking.config.rename(there)
    asking.config.symlink_to(there)
    there.chmod(0o666)
    asking.start()
    asking.wait_until("sign-in-needed")
    refuse(asking, chat, asking.config)


def test_a_link_into_a_folder_that_others_can_write(asking, chat, tmp_path):
    there = tmp_path / "there" / "config.json"
    there.parent.mkdir()
    asking.config.rename(there)
    asking.config.symlink_to(there)
    there.parent.chmod(0o777)
    asking.start()
    asking.wait_until("sign-in-needed")
    refuse(asking, chat, there.parent)


def test_a_link_that_others_can_replace(asking, chat, places, tmp_path):
    """By another to a file of the user's that says something else."""
    there = tmp_path / "there" / "config.json"
    there.parent.mkdir()
    asking.config.rename(there)
    asking.config.symlink_to(there)
    places["folder"].chmod(0o777)
    asking.start()
    asking.wait_until("sign-in-needed")
    refuse(asking, chat, places["folder"])


def test_a_link_that_nobody_else_can_replace(asking, chat, tmp_path):
    """As home directories from a repository have them."""
    there = tmp_path / "there" / "config.json"
    there.parent.mkdir()
    asking.config.rename(there)
    asking.config.symlink_to(there)
    asking.start()
    chat.wait_for()


def test_a_folder_where_nobody_can_replace_what_is_not_theirs(asking, chat, places):
    """Like /tmp."""
    places["above"].chmod(0o1777)
    asking.start()
    chat.wait_for()


def test_approve_shows_no_command_that_others_could_have_written(asking, places):
    places["file"].chmod(0o666)
    said = asking.run("approve", "--yes").stdout
    assert "chat" not in said.replace("already approved: echo run", "")
    assert said.startswith("already approved: echo run")


def test_what_else_the_file_says_still_holds(asking, chat, places):
    """Only the command is not run: nobody signs in by themselves."""
    places["file"].chmod(0o666)
    asking.start()
    asking.wait_until("sign-in-needed")
    refuse(asking, chat, places["file"])
    assert asking.sign_ins() == 0
