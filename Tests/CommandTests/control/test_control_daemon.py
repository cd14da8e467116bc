"""How the daemon starts, reloads, and stops."""

import json
import mmap
import signal
import subprocess
from pathlib import Path

from calls import GET_STATUS, control
from claude_settings import COMMAND, approve, settings, write_settings
from notify_socket import NotifySocket
from spawning import die_with_parent
from varlink_client import VarlinkClient, listens
from waiting import eventually


def test_term_ends_it_and_removes_the_socket(agent):
    assert agent.socket.exists()
    assert agent.stop() == 0
    assert not agent.socket.exists()


def test_int_ends_it_too(agent):
    assert agent.stop(signal.SIGINT) == 0
    assert not agent.socket.exists()


def test_a_socket_left_by_a_killed_daemon_is_replaced(agent, start_agent):
    agent.kill()
    assert agent.socket.exists()
    result = agent.run("status", check=False)
    assert result.returncode == 3 and "daemon is not running" in result.stdout
    assert start_agent().status()["version"] == 1


def test_hup_reads_everything_again(agent, home):
    path = home.path / ".claude" / "settings.json"
    assert agent.status()["claude"]["region"] == "us-west-2"
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        # A write through mapped memory raises no inotify event; only a reload can find it.
        start = memory.find(b"us-west-2")
        memory[start:start + 9] = b"eu-west-1"
        assert agent.status()["claude"]["region"] == "us-west-2"
        agent.process.send_signal(signal.SIGHUP)
        eventually(lambda: agent.status()["claude"]["region"] == "eu-west-1", "the file was read again")
        memory[start:start + 9] = b"us-east-1"
        with control(agent) as connection:
            assert connection.Reload() == {}
            assert connection.GetStatus()["status"]["claude"]["region"] == "us-east-1"


def test_a_folder_above_that_is_swapped_is_followed(start_agent, home):
    """When a parent folder is renamed, nothing changes in the folder itself."""
    above = home.path / "dotfiles"
    (above / "claude" / "now").mkdir(parents=True)
    (above / "claude" / "now" / "settings.json").write_text(json.dumps(settings()))
    agent = start_agent(CLAUDE_CONFIG_DIR=str(above / "claude" / "now"))
    assert agent.status()["claude"]["region"] == "us-west-2"
    above.rename(home.path / "dotfiles.old")
    (above / "claude" / "now").mkdir(parents=True)
    (above / "claude" / "now" / "settings.json").write_text(json.dumps(settings(AWS_REGION="eu-west-1")))
    eventually(lambda: agent.status()["claude"].get("region") == "eu-west-1", "the new folder is read")


def test_a_second_daemon_gives_way(agent):
    before = agent.socket.stat().st_ino
    result = agent.run("daemon", check=False)
    assert result.returncode not in (0, 64)
    assert "already running" in result.stderr and str(agent.socket) in result.stderr
    assert agent.socket.stat().st_ino == before
    assert agent.status()["daemon"]["pid"] == agent.process.pid


def test_tells_the_service_manager(start_agent, home, runtime):
    write_settings(home.path)
    approve(home.path, COMMAND)
    notify = NotifySocket(runtime.path / "notify")
    agent = start_agent(NOTIFY_SOCKET=str(runtime.path / "notify"))
    ready = notify.until("READY")[-1]
    assert ready["READY"] == "1" and "sign-in-needed" in ready["STATUS"]
    agent.process.send_signal(signal.SIGHUP)
    assert any(said.get("RELOADING") == "1" for said in notify.until("READY"))
    with control(agent) as connection:
        assert connection.SignIn()["state"] == "healthy"
    while "healthy" not in notify.until("STATUS")[-1]["STATUS"]:
        pass
    assert agent.stop() == 0
    assert notify.until("STOPPING")[-1]["STOPPING"] == "1"


def test_feeds_the_watchdog(start_agent, runtime):
    notify = NotifySocket(runtime.path / "notify")
    start_agent(NOTIFY_SOCKET=str(runtime.path / "notify"), WATCHDOG_USEC="400000")
    for _ in range(3):
        notify.until("WATCHDOG")


def test_socket_activation(build, home, environment, runtime, tmp_path):
    activate = Path("/usr/bin/systemd-socket-activate")
    assert activate.exists(), f"{activate} is missing: apt-get install systemd"
    write_settings(home.path)
    runtime.socket.parent.mkdir(mode=0o700)
    passed = {**environment, "XDG_RUNTIME_DIR": str(runtime.path)}
    process = subprocess.Popen(
        [activate, f"--listen={runtime.socket}", *(f"--setenv={name}" for name in passed),
         build / "bedrock-agent", "daemon"], env=passed, stderr=(tmp_path / "errors").open("w"),
        preexec_fn=die_with_parent)
    eventually(lambda: listens(runtime.socket), "the manager listens")
    inode = runtime.socket.stat().st_ino
    with VarlinkClient(runtime.socket) as raw:
        status = raw.call(**GET_STATUS)["parameters"]["status"]
        assert status["daemon"]["pid"] == process.pid
    assert runtime.socket.stat().st_ino == inode
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0, (tmp_path / "errors").read_text()
    # The socket belongs to the service manager, which may start the daemon again with it.
    assert runtime.socket.stat().st_ino == inode
