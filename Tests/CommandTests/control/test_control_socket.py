"""Who may use the control socket, and where it cannot be created."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from calls import GET_INFO
from nobody import NOBODY, as_nobody
from varlink_client import VarlinkClient


def test_modes(agent):
    assert stat.S_IMODE(agent.socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(agent.socket.parent.stat().st_mode) == 0o700
    assert stat.S_ISSOCK(agent.socket.stat().st_mode)


def test_a_folder_that_was_open_is_closed(start_agent, home, runtime):
    runtime.socket.parent.mkdir(mode=0o755)
    agent = start_agent()
    assert stat.S_IMODE(agent.socket.parent.stat().st_mode) == 0o700


def test_another_user_is_not_answered(agent):
    """With all file permissions opened, so that only the check of the peer remains."""
    agent.runtime.path.chmod(0o755)
    agent.socket.parent.chmod(0o755)
    agent.socket.chmod(0o666)

    def ask():
        with VarlinkClient(agent.socket) as raw:
            return raw.call(**GET_INFO)["parameters"]["product"]

    assert as_nobody(lambda: os.getuid()) == str(NOBODY)
    assert as_nobody(ask) in ("ConnectionResetError", "BrokenPipeError")
    assert ask() == "bedrock-agent"


def daemon(build, environment, **more):
    result = subprocess.run(
        [build / "bedrock-agent", "daemon"], env={**environment, **more}, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, timeout=30)
    assert result.returncode not in (0, 64), result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr


def test_a_socket_path_that_is_too_long(build, environment, runtime):
    folder = runtime.path / ("x" * 100)
    folder.mkdir()
    said = daemon(build, environment, XDG_RUNTIME_DIR=str(folder))
    assert "107" in said and "XDG_RUNTIME_DIR" in said and str(folder) in said
    # No socket can be created there, so no daemon runs.
    status = subprocess.run(
        [build / "bedrock-agent", "status"], env={**environment, "XDG_RUNTIME_DIR": str(folder)},
        capture_output=True, text=True, timeout=30)
    assert status.returncode == 3, status.stderr


@pytest.fixture
def public_build(build, runtime):
    """The daemon's program in a place where every user can run it."""
    runtime.path.chmod(0o755)
    copy = runtime.path / "bin"
    copy.mkdir()
    os.link(build / "bedrock-agent", copy / "bedrock-agent") if os.stat(build).st_dev == os.stat(copy).st_dev else None
    if not (copy / "bedrock-agent").exists():
        (copy / "bedrock-agent").write_bytes((build / "bedrock-agent").read_bytes())
    (copy / "bedrock-agent").chmod(0o755)
    return copy


@pytest.mark.parametrize("runtime_dir", ["unset", "unwritable", "a file", "somebody else's"])
def test_no_runtime_folder(public_build, runtime, runtime_dir):
    """As an ordinary user, because root is not restricted."""
    assert os.geteuid() == 0, "this test runs the daemon as another user: run it as root"
    home = runtime.path / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    folder = runtime.path / "run"
    expected = folder
    if runtime_dir == "unset":
        expected = Path(f"/run/user/{NOBODY}")
    elif runtime_dir == "a file":
        folder.write_text("")
    else:
        folder.mkdir(mode=0o755)
        if runtime_dir == "somebody else's":
            (folder / "bedrock-agent").mkdir(mode=0o777)
            (folder / "bedrock-agent").chmod(0o777)
    if runtime_dir != "unset":
        environment["XDG_RUNTIME_DIR"] = str(folder)
    result = subprocess.run(
        [public_build / "bedrock-agent", "daemon"], env=environment, capture_output=True, text=True, timeout=30,
        user=NOBODY, group=NOBODY, extra_groups=[])
    assert result.returncode not in (0, 64)
    assert str(expected) in result.stderr and "XDG_RUNTIME_DIR" in result.stderr, result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
