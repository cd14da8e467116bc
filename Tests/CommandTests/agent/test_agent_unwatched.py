"""Files that inotify can no longer watch: reported, read periodically, and watched again as soon as possible."""

import subprocess

import pytest

from programs import write_program
from waiting import eventually

LIMIT = "/proc/sys/user/max_inotify_watches"


@pytest.fixture
def crowded(agent, home, signed_in):
    """A daemon whose user has no watches left. The limit is that of a separate namespace, so nobody else runs out."""
    program = agent.program
    agent.program = write_program(
        home.path / "tools" / "crowded",
        f"exec unshare --user --map-root-user sh -c 'echo 1 > {LIMIT} && exec {program} \"$@\"' crowded \"$@\"")
    agent.start(refreshAhead="40s", signIn="never")
    agent.program = program
    return agent


def test_they_are_told_and_read_by_timer(crowded):
    status = crowded.status()
    found = [finding for finding in status["findings"] if finding["code"] == "files-unwatched"]
    assert len(found) == 1 and "max_user_watches" in found[0]["fix"] and status["exit"] == 1, status
    crowded.config.write_text('{"unheardOf": 1}')
    eventually(lambda: "config-wrong" in crowded.findings(), "the change is seen")
    # Once, not at every attempt.
    assert len(crowded.entries("cannot watch")) == 1, crowded.journal()


def test_they_are_watched_again(crowded):
    subprocess.run(
        ["nsenter", "--target", str(crowded.process.pid), "--user", "--preserve-credentials", "sh", "-c",
         f"echo 1000 > {LIMIT}"], check=True)
    eventually(lambda: "files-unwatched" not in crowded.findings(), "all files are watched")
