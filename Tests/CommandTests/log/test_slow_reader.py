"""A command's output is complete, however slowly it is read; if that is impossible, the command reports an error."""

import fcntl
import json
import os
import select
import subprocess
from pathlib import Path

import pytest

from aws_home import Home
from journal_files import JournalFiles, entry
from waiting import eventually

# The default capacity of a pipe, and the smallest possible one.
PIPE, SMALL = 1 << 16, 1 << 12
URL = "https://corp.awsapps.com/start"


@pytest.fixture
def read_slowly(build):
    """Runs a command on a nonblocking pipe that is not read until it is full. Returns the whole output."""

    def run(*arguments: str, room: int = PIPE, environment: dict | None = None) -> tuple[bytes, int]:
        reading, writing = os.pipe2(os.O_CLOEXEC)
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, room)
        os.set_blocking(writing, False)
        process = subprocess.Popen(
            [build / "bedrock-agent", *arguments], stdout=writing, stderr=subprocess.PIPE, env=environment)
        with os.fdopen(reading, "rb") as pipe:
            try:
                eventually(lambda: not select.select([], [writing], [], 0)[1], "the pipe is full")
                os.close(writing)
                output = pipe.read()
                _, errors = process.communicate(timeout=20)
            finally:
                process.kill()
                process.wait()
        assert errors == b""
        return output, process.returncode

    return run


@pytest.fixture
def many(tmp_path) -> dict:
    """The environment of a home whose status is longer than a pipe's capacity."""
    home = Home(tmp_path / "home", URL)
    names = [f"work-{number}" for number in range(400)]
    with home.config.open("a") as config:
        for name in names:
            config.write(
                f"\n[sso-session {name}]\nsso_start_url = {URL}\nsso_region = us-east-1\n\n[profile {name}]\n"
                f"sso_session = {name}\nsso_account_id = 123456789012\nsso_role_name = Dev\n")
    ours = home.path / ".config" / "bedrock-agent" / "config.json"
    ours.parent.mkdir(parents=True)
    ours.write_text(json.dumps({"profiles": names}))
    return home.environment(XDG_RUNTIME_DIR=str(tmp_path))


def test_a_long_status(read_slowly, many):
    output, code = read_slowly("status", "--json", environment=many)
    assert code == 3 and len(output) > 2 * PIPE
    assert len(json.loads(output)["sessions"]) == 400


def test_the_same_for_people(read_slowly, build, many):
    whole = subprocess.run(
        [build / "bedrock-agent", "status"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=many).stdout
    output, code = read_slowly("status", room=SMALL, environment=many)
    assert code == 3 and len(whole) > SMALL and output == whole


def test_a_long_log(read_slowly, tmp_path):
    journal = JournalFiles(tmp_path / "journal")
    journal.write(*(entry(f"{number} " + "x" * 400, 1_000_000_000 + number) for number in range(300)))
    journal.close()
    output, code = read_slowly("log", "--directory", str(journal.folder), "-n", "300")
    assert code == 0 and len(output.splitlines()) == 300


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_what_the_argument_parser_prints(read_slowly, build, shell):
    command = ["--generate-completion-script", shell]
    whole = subprocess.run([build / "bedrock-agent", *command], capture_output=True, check=True).stdout
    assert len(whole) > SMALL and read_slowly(*command, room=SMALL) == (whole, 0)


@pytest.mark.parametrize("arguments", [("status",), ("status", "--json"), ("--help",), ("doctor", "--offline")])
def test_what_cannot_be_printed_is_an_error(build, many, arguments):
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [build / "bedrock-agent", *arguments], stdout=full, stderr=subprocess.PIPE, text=True, env=many, timeout=60)
    assert result.returncode == 74
    assert result.stderr.splitlines()[-1] == (
        "bedrock-agent: cannot write to standard output: No space left on device (free some space there)")


def test_who_has_seen_enough_is_told_nothing(build, many):
    """`head` closes its end: no message and, if SIGPIPE is ignored, no different exit status."""
    reading, writing = os.pipe2(os.O_CLOEXEC)
    os.set_blocking(writing, False)
    process = subprocess.Popen(
        ["/bin/sh", "-c", "trap '' PIPE; exec \"$0\" status --json", build / "bedrock-agent"], stdout=writing,
        stderr=subprocess.PIPE, env=many)
    os.close(writing)
    assert select.select([reading], [], [], 20)[0] and os.read(reading, 100)
    os.close(reading)
    _, errors = process.communicate(timeout=20)
    assert errors == b"" and process.returncode == 3
