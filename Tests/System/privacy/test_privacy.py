"""A user's data is inaccessible to other users, to the same user's sandboxed processes, and to a debugger."""

import pytest

CONNECT = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"


@pytest.fixture
def files(running) -> list[str]:
    """Everything that contains the user's session."""
    home, runtime = running.user.home, running.user.runtime
    return [str(path) for path in (
        runtime / "bedrock-agent", running.socket, home / ".local/state/bedrock-agent", home / ".aws/sso/cache",
        "/" / running.home.token_file().relative_to(running.user.machine.files))]


def test_other_user_reaches_nothing(running, other, files):
    assert "Permission" in other.run("python3", "-c", CONNECT, str(running.socket), check=False).stderr
    for file in files:
        for command in ("ls", "cat", "touch"):
            assert "Permission denied" in other.run(command, file, check=False).stderr


def test_what_lies_open_has_modes_of_its_own(running):
    """But for the link to the control socket: links have none, and its folder is closed."""
    for path in (running.user.runtime / "bedrock-agent", running.user.home / ".local/state/bedrock-agent"):
        for found in running.user.run("find", str(path), "!", "-type", "l", "-printf", "%m %y %p\n").stdout.splitlines():
            mode, kind, _ = found.split(maxsplit=2)
            assert mode == ("700" if kind == "d" else "600"), found


@pytest.mark.parametrize("option", ["InaccessiblePaths", "TemporaryFileSystem"])
def test_sandboxed_process_of_the_same_user_cannot_connect(running, option):
    def run(*options: str):
        return running.user.run(
            "systemd-run", "--user", "--wait", "--pipe", "--quiet", *options, "python3", "-c", CONNECT,
            str(running.socket), check=False)

    assert run("-p", "PrivateUsers=yes").returncode == 0
    hidden = run("-p", "PrivateUsers=yes", "-p", f"{option}={running.socket.parent}")
    assert hidden.returncode == 1 and ("Permission" in hidden.stderr or "No such file" in hidden.stderr)


@pytest.mark.parametrize("file", ["mem", "environ", "maps", "smaps", "stack", "auxv"])
def test_memory_is_closed_to_the_user_themselves(running, file):
    assert "Permission denied" in running.user.run("cat", f"/proc/{running.pid()}/{file}", check=False).stderr


def test_descriptors_are_closed_to_the_user_themselves(running):
    assert "Permission denied" in running.user.run("ls", f"/proc/{running.pid()}/fd", check=False).stderr


def test_killed_as_a_crash_it_leaves_no_core(running):
    before = running.pid()
    running.kill("SEGV")
    status = running.wait_until("healthy")
    assert status["daemon"]["pid"] != before
    ended = running.user.messages("bedrock-agent", "Main process exited")
    assert ended == ["bedrock-agent.service: Main process exited, code=killed, status=11/SEGV"]
