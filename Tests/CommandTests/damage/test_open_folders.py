"""A folder or a link on the way to the settings that others can write or replace: the command in them is not run,
`status` names the place, and the fix mends it."""

import json
import os
import subprocess

import pytest

from claude_settings import approve, settings
from nobody import NOBODY
from programs import write_program
from running_daemon import RunningDaemon
from waiting import eventually, stays

OTHER = 12345


def write(mode: int, *path: str):
    def make(place):
        place.path.joinpath(*path).chmod(mode)
        return place.path.joinpath(*path)
    return make


def above(place):
    place.path.parent.chmod(0o777)
    return place.path.parent


def of_somebody(place):
    folder = place.path / ".claude"
    os.chown(folder, OTHER, OTHER)
    return folder


def for_a_group(place):
    folder = place.path / ".claude"
    os.chown(folder, NOBODY, 100)
    folder.chmod(0o775)
    return folder


def of_root_for_a_group(place):
    folder = place.path / ".claude"
    os.chown(folder, 0, 100)
    folder.chmod(0o775)
    return folder


def link_of_somebody(place):
    """In a folder like /tmp, where nobody can take away the link itself."""
    folder = place.path / ".claude"
    folder.rename(place.path / "real")
    folder.symlink_to(place.path / "real")
    os.chown(folder, OTHER, OTHER, follow_symlinks=False)
    return folder


def behind_a_link(place):
    dotfiles = place.path / "dotfiles"
    dotfiles.mkdir()
    place.settings.rename(dotfiles / "settings.json")
    place.settings.symlink_to(dotfiles / "settings.json")
    os.chown(dotfiles, NOBODY, NOBODY)
    os.chown(place.settings, NOBODY, NOBODY, follow_symlinks=False)
    dotfiles.chmod(0o777)
    return dotfiles


OPEN = {
    "its folder": write(0o777, ".claude"), "the home": write(0o757), "above the home": above,
    "somebody else's": of_somebody, "a group": for_a_group, "root's, and a group": of_root_for_a_group,
    "a link of somebody's": link_of_somebody, "behind a link": behind_a_link}


def sticky_above(place):
    place.path.parent.chmod(0o1777)


def of_root(place):
    os.chown(place.path.parent, 0, 0)
    os.chown(place.path / ".claude", 0, 0)


def linked_by_root(place):
    (place.path / ".claude").rename(place.path / "real")
    (place.path / ".claude").symlink_to(place.path / "real")


CLOSED = {"like /tmp": sticky_above, "root's": of_root, "a link of root's": linked_by_root}


@pytest.fixture
def ended(place, tmp_path):
    """Its session has ended, and each sign-in is counted. The user is none of root's."""
    place.runs = place.path / "runs"
    command = f"echo run >> {place.runs}; exit 1"
    place.settings.write_text(json.dumps(settings(command)))
    approve(place.path, command)
    place.write_token(hours=-1, refreshToken=None)
    place.give_to(NOBODY)
    os.chown(place.path.parent, NOBODY, NOBODY)
    write_program(tmp_path / "tools" / "id", f'case "$1" in -u|-g|-un) echo {NOBODY};; *) exec /usr/bin/id "$@";; esac')
    write_program(tmp_path / "tools" / "sudo", 'exec "$@"')
    place.tools = tmp_path / "tools"
    return place


class AsNobody(RunningDaemon):
    def launch(self):
        with self.errors.open("a") as errors:
            self.process = subprocess.Popen(
                [self.program, "daemon"], env=self.environment, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                user=NOBODY, group=NOBODY, extra_groups=[])


def daemon(place) -> AsNobody:
    daemon = AsNobody(place.program, place.variables(DISPLAY=":0"), place.runtime, place.errors)
    daemon.start()
    return daemon


def sign_ins(place) -> int:
    return len(place.runs.read_text().splitlines()) if place.runs.exists() else 0


def findings(place) -> dict:
    """The daemon answers its own user only."""
    status = json.loads(place.run("status", "--json", user=NOBODY).stdout)
    assert status["daemon"]["running"]
    return {finding["code"]: finding for finding in status["findings"]}


@pytest.mark.parametrize("name", OPEN)
def test_it_is_not_run(ended, name):
    open_place = OPEN[name](ended)
    running = daemon(ended)
    try:
        found = findings(ended)
        for code in ("settings-writable-by-others", "command-untrusted"):
            assert str(open_place) in found[code]["message"] and str(open_place) in found[code]["fix"], found[code]
        stays(lambda: sign_ins(ended) == 0, "it is not run", seconds=0.5)
        fix = found["command-untrusted"]["fix"]
        who = {} if fix.startswith("sudo ") else {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        subprocess.run(
            ["sh", "-c", fix], check=True, cwd="/", env={"PATH": f"{ended.tools}:/usr/bin:/bin"}, **who)
        eventually(lambda: "command-untrusted" not in findings(ended), "the fix works")
        eventually(lambda: sign_ins(ended) == 1, "it is run then")
    finally:
        assert running.stop() == 0


@pytest.mark.parametrize("name", CLOSED)
def test_it_is_run(ended, name):
    CLOSED[name](ended)
    running = daemon(ended)
    try:
        eventually(lambda: sign_ins(ended) == 1, "it is run")
        assert "settings-writable-by-others" not in findings(ended)
    finally:
        assert running.stop() == 0


def test_it_is_not_approved_either(ended):
    folder = OPEN["its folder"](ended)
    ended.settings.write_text(json.dumps(settings("another")))
    result = ended.run("approve", "--yes", user=NOBODY)
    assert result.returncode == 1 and str(folder) in result.stderr and "chmod" in result.stderr
    assert "another" not in (ended.state / "approvals.json").read_text()
