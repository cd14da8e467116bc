"""Root's `config.json`: whose it must be, what is wrong with it, and that a running daemon hears of it."""

import json
import os

import pytest

from administrator import Administrator
from nobody import NOBODY
from waiting import eventually


@pytest.fixture
def admin(agent, home):
    return Administrator(home)


def found(agent) -> dict:
    return {each["code"]: each for each in agent.status()["findings"]}


def test_a_running_daemon_follows_it(agent, admin, signed_in):
    agent.start(claude=False)
    assert agent.status()["sessions"] == []
    admin.write(profiles=["work-dev"])
    agent.wait_until("healthy")
    # One that is wrong changes nothing, and is told with the nearest key.
    admin.write(profile=["work-dev"])
    finding = eventually(lambda: found(agent).get("config-wrong"), "it is told")
    assert finding["message"] == f"{admin.config}: line 2: unknown key profile; did you mean profiles?"
    assert len(agent.status()["sessions"]) == 1
    # Nor does the user's own, when that is wrong.
    admin.write(profiles=["work-dev"])
    eventually(lambda: "config-wrong" not in found(agent), "it is mended")
    agent.configure(signin="ask")
    eventually(lambda: "config-wrong" in found(agent), "that is told, too")
    assert len(agent.status()["sessions"]) == 1
    admin.config.unlink()
    eventually(lambda: agent.status()["sessions"] == [], "it is gone")


@pytest.mark.parametrize("place", ["folder", "file", "owner"])
def test_what_others_can_write_does_not_count(agent, admin, signed_in, place):
    admin.write(profiles=["work-dev"], setup={"region": "us-west-2"})
    path = admin.folder if place == "folder" else admin.config
    if place == "owner":
        os.chown(path, NOBODY, -1)
    else:
        path.chmod(0o777)
    finding = found(agent)["config-untrusted"]
    assert finding["message"] == f"{admin.config} does not count: {path} can be written by others"
    assert finding["fix"] == f"sudo chown root {path} && sudo chmod go-w {path}"
    assert agent.status()["sessions"] == []
    said = agent.run("setup", "--dry-run", "--yes", check=False)
    assert "does not count" in said.stdout and "no Bedrock region" in said.stderr
    # Its fix works.
    os.system(finding["fix"].replace("sudo ", ""))
    assert agent.session()["profiles"] == ["work-dev"]


def test_a_notify_of_root_s_needs_no_approval(agent, admin, home):
    told = home.path / "told"
    admin.write(notify=f"cat > {told}", profiles=["work-dev"])
    assert "already approved" in agent.run("approve", "--yes").stdout
    agent.start(claude=False, signIn="ask")
    eventually(told.exists, "it is run")
    assert "AWS sign-in needed" in eventually(told.read_text, "the message")
    assert json.loads(admin.config.read_text())["notify"] not in agent.journal()


def test_setup_needs_it_to_be_right(agent, admin):
    admin.write(setup={"regoin": "us-west-2"})
    result = agent.run("setup", "--yes", check=False)
    assert result.returncode == 1 and "did you mean setup.region?" in result.stderr
