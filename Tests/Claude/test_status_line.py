"""The real Claude Code and the status line that setup writes: it accepts the settings, and shows both lines."""

import json

import pytest

from folder import MODEL, settings
from programs import write_program
from scene import trusted
from session import Session
from waiting import stays

LINE = "bedrock-agent status --line"


def put(scene, line: dict | None, **more):
    """As setup leaves it, over a status line that was there or not."""
    trusted(scene)
    scene.folder.put(user=json.dumps({**({"statusLine": line} if line else {}), **more}, indent=2))
    scene.daemon.run("setup", "--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--status-line", "--yes",
                     "--no-login", "--no-enable")


@pytest.mark.parametrize("there", [None, {"type": "command", "command": "cat", "padding": 2}], ids=["none", "another's"])
def test_the_file_counts(scene, both, there):
    put(scene, there)
    answer = both.agree(scene.folder)
    assert (answer.provider, answer.session, answer.dropped) == ("bedrock", "corp", {})


@pytest.fixture
def session(scene):
    """Starts an interactive session."""
    started = []

    def start(**exported: str) -> Session:
        started.append(Session(scene, "session", **exported))
        return started[-1]

    yield start
    for one in started:
        one.end()


def test_it_is_shown_and_follows_the_session(scene, session):
    scene.daemon.start()
    put(scene, None)
    scene.daemon.wait_until("healthy")
    one = session()
    assert "work-dev ok\n" in one.wait_for("work-dev ok")
    assert "Settings Error" not in one.text()


@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash", "/usr/bin/false"])
def test_both_are_shown_and_theirs_gets_its_input(scene, session, tmp_path, shell):
    """/bin/sh runs them, whatever the user's shell is."""
    mine = write_program(tmp_path / "mine", f"""
        tr '\\0' '\\n' < /proc/$PPID/cmdline > "{tmp_path}/shell"
        echo "mine: $(tr -d '\\n' | cut -c 1-13)"
        """)
    put(scene, {"type": "command", "command": f"true; {mine}"})
    one = session(SHELL=shell)
    one.wait_for("work-dev ok", 'mine: {"session_id"')
    rows = [row.strip() for row in one.rows()]
    below = rows.index('mine: {"session_id"')
    assert rows[below - 1].startswith("work-dev ok"), rows
    assert (tmp_path / "shell").read_text().splitlines()[:2] == ["/bin/sh", "-c"]


def test_hooks_that_are_disabled_hide_it(scene, session):
    put(scene, None, disableAllHooks=True)
    one = session().begin()
    stays(lambda: "work-dev ok" not in one.text(), "no status line is shown")
