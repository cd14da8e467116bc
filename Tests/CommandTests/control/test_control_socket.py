"""Who may use the control socket, and where it cannot be created."""

import os
import stat
import subprocess

import pytest

from calls import GET_INFO
from nobody import NOBODY, as_nobody
from spawning import die_with_parent
from varlink_client import VarlinkClient
from waiting import eventually


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


@pytest.fixture
def nobody_home(runtime):
    """As an ordinary user, because root is not restricted."""
    assert os.geteuid() == 0, "this test runs the daemon as another user: run it as root"
    home = runtime.path / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    return home


def started(public_build, *arguments, **environment):
    return subprocess.Popen(
        [public_build / "bedrock-agent", *arguments], env={"PATH": "/usr/bin:/bin", **environment}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, user=NOBODY, group=NOBODY, extra_groups=[],
        preexec_fn=die_with_parent)


@pytest.mark.parametrize("runtime_dir", ["unset", "missing", "unwritable", "a file"])
def test_no_runtime_folder(public_build, runtime, nobody_home, runtime_dir):
    """As in a container, or after `su`: the socket is among the records."""
    environment = {"HOME": str(nobody_home)}
    folder = runtime.path / "run"
    if runtime_dir == "a file":
        folder.write_text("")
    elif runtime_dir == "unwritable":
        folder.mkdir(mode=0o755)
    if runtime_dir != "unset":
        environment["XDG_RUNTIME_DIR"] = str(folder)
    with started(public_build, "daemon", **environment) as daemon:
        socket = nobody_home / ".local/state/bedrock-agent/run/control.sock"
        eventually(lambda: socket.exists() or daemon.poll() is not None, "it listens")
        assert daemon.poll() is None, daemon.communicate()
        assert stat.S_IMODE(socket.stat().st_mode) == 0o600 and stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        with started(public_build, "status", "--json", **environment) as status:
            assert '"running":true' in status.communicate(timeout=30)[0]
        daemon.terminate()
        assert daemon.wait(timeout=30) == 0
    assert not socket.exists() and not (nobody_home / ".local/state/bedrock-agent/control.sock").is_symlink()


def test_a_runtime_folder_with_somebody_else_s_in_it(public_build, runtime, nobody_home):
    folder = runtime.path / "run"
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    (folder / "bedrock-agent").mkdir(mode=0o777)
    (folder / "bedrock-agent").chmod(0o777)
    with started(public_build, "daemon", HOME=str(nobody_home), XDG_RUNTIME_DIR=str(folder)) as daemon:
        said = daemon.communicate(timeout=30)[1]
    assert daemon.returncode == 1
    assert str(folder) in said and "control socket" in said and said.count("\n") == 1, said
