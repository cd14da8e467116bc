"""The exit statuses that the manual has for every command: 64 where the command line is wrong, 74 where the output cannot
be written."""

import os
import subprocess
import time

import pytest

from journal_files import JournalFiles, entry

MODEL = "global.anthropic.claude-opus-4-5-20251101-v1:0"
# Each prints something, in a home that is set up and signed in.
COMMANDS = {
    "setup": ["--dry-run"],
    "status": [],
    "login": [],
    "use": ["no-bedrock", "--yes", "--no-login"],
    "cover": ["1h", "--check"],
    "credentials": [],
    "doctor": ["--offline"],
    "log": ["--directory", "{journal}"],
    "migrate": ["--profile", "old-profile", "--yes", "--no-login"],
    "approve": ["--yes"],
    "reset": ["--dry-run"],
    "fleet": ["--directory", "{journal}"],
}


@pytest.fixture
def set_up(agent, signed_in):
    agent.run("setup", "--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--yes", "--no-enable", "--coalesce")
    return agent


def test_each_command_is_here(agent):
    assert set(agent.commands()) - {"daemon"} == COMMANDS.keys()


@pytest.mark.parametrize("command", [*COMMANDS, "daemon"])
def test_a_wrong_command_line(agent, command):
    result = agent.run(command, *COMMANDS.get(command, []), "--no-such-flag", check=False)
    assert (result.returncode, result.stdout) == (64, "") and f"Usage: bedrock-agent {command}" in result.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_an_output_that_cannot_be_written(set_up, tmp_path, command):
    if command in ("log", "fleet"):
        journal = JournalFiles(tmp_path / "journal")
        journal.write(entry("something", int(time.time()) - 60, _MACHINE_ID=f"{1:032x}", _HOSTNAME="host",
                            _SYSTEMD_OWNER_UID=str(os.getuid()), BEDROCK_VERSION="0.2.0"))
        journal.close()
    arguments = [word.format(journal=tmp_path / "journal") for word in COMMANDS[command]]
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            [set_up.program, command, *arguments], env=set_up.environment, stdin=subprocess.DEVNULL, stdout=full,
            stderr=subprocess.PIPE, text=True, timeout=60)
    assert result.returncode == 74, result.stderr
    assert "cannot write to standard output: No space left on device" in result.stderr.splitlines()[-1]
