"""`bedrock-agent hook`: what Claude Code is told to say, in each state, and that nothing holds it up."""

import json
import os
import re
import socket
import subprocess
from pathlib import Path

import pytest

from claude_settings import write_settings
from waiting import eventually

SESSION = "0f0f0f0f-0000-4000-8000-000000000001"
LOGIN = "bedrock-agent login --profile work-dev"


def hook(agent, event: str, input: dict | bytes | None = None, **exported: str) -> dict:
    """Its output, after it has ended well and said nothing else."""
    given = input if isinstance(input, bytes) else json.dumps({"session_id": SESSION, **(input or {})}).encode()
    result = subprocess.run([agent.program, "hook", event], env={**agent.environment, **exported}, input=given,
                            capture_output=True, timeout=60)
    assert result.returncode == 0 and result.stderr == b"", result
    return json.loads(result.stdout) if result.stdout else {}


def mark(agent) -> Path:
    return agent.state / "bedrock-agent-failure"


def start(agent, **exported: str) -> str | None:
    """What is said at the start of Claude Code, which is to watch the file of failures in any case."""
    told = hook(agent, "session-start", {"source": "startup"}, **exported)
    assert told["hookSpecificOutput"] == {"hookEventName": "SessionStart", "watchPaths": [str(mark(agent))]}
    assert mark(agent).exists()
    return told.get("systemMessage")


def failed(agent, error: str = "cloud_credential_error", session: str = SESSION) -> str | None:
    """What is said after a failure of a session."""
    assert hook(agent, "stop-failure", {"error": error, "session_id": session}) == {}
    return hook(agent, "file-changed", {"file_path": str(mark(agent)), "event": "change"}).get("systemMessage")


def test_silence_when_all_is_well(agent, signed_in):
    agent.start()
    assert start(agent) is None


def test_a_sign_in_is_needed(agent, home):
    agent.open_tabs()
    agent.start(signIn="never")
    said = start(agent)
    assert said.startswith(f"work-dev needs a sign-in: {LOGIN} (") and "signIn is" in said
    assert failed(agent) == said


def test_a_sign_in_waits_and_here_is_its_link(agent, signed_in, sandbox):
    sandbox.revoke()
    signed_in.age_token(left=600)
    agent.open_tabs()
    agent.start()
    agent.wait_until("signing-in")
    eventually(lambda: agent.session()["signIn"].get("url"), "its link is known")
    url = agent.session()["signIn"]["url"]
    assert url.startswith("http") and f"Sign in to work-dev: {url}" in start(agent)


def test_it_is_misconfigured(agent, signed_in):
    agent.use("ghost")
    agent.start()
    said = start(agent)
    assert "ghost" in said and ": " in said and failed(agent) == said


def test_another_folder_of_claude_codes_is_nobodys_business(agent, home, tmp_path):
    agent.start(signIn="never")
    assert start(agent) and start(agent, CLAUDE_CONFIG_DIR=str(tmp_path)) is None


def test_after_a_failure_although_all_is_well(agent, signed_in):
    agent.start()
    assert failed(agent) == "work-dev is signed in: send it again; if that fails too, run bedrock-agent doctor"
    assert failed(agent, session="another") is None


@pytest.mark.parametrize("error", ["rate_limit", "overloaded", "server_error", "unknown", "", 5])
def test_a_failure_that_is_not_about_credentials(agent, signed_in, error):
    agent.start()
    start(agent)
    assert hook(agent, "stop-failure", {"error": error}) == {}
    assert mark(agent).read_bytes() == b""


def test_the_file_is_the_users_own(agent, signed_in):
    failed(agent)
    assert mark(agent).read_text() == SESSION and mark(agent).stat().st_mode & 0o777 == 0o600
    mark(agent).unlink()
    mark(agent).symlink_to(agent.state / "elsewhere")
    failed(agent)
    assert not (agent.state / "elsewhere").exists()


def test_a_name_with_control_characters(agent, signed_in):
    write_settings(signed_in.path, AWS_PROFILE="a\u001b[31m\n")
    assert "\x1b" not in (start(agent) or "") and "\n" not in (start(agent) or "")


# In nobody's way


@pytest.mark.parametrize("signed", [True, False])
def test_without_a_daemon(agent, home, raw, signed):
    """From the disk."""
    agent.use()
    if signed:
        home.sign_in(raw)
    said = start(agent)
    assert said is None if signed else said.startswith(f"work-dev needs a sign-in: {LOGIN}")


@pytest.mark.parametrize("event", ["session-start", "file-changed"])
def test_a_daemon_that_hangs(agent, signed_in, event):
    """It listens and never answers."""
    agent.use()
    path = Path(agent.environment["XDG_RUNTIME_DIR"]) / "bedrock-agent" / "control.sock"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        assert hook(agent, event) == {}
    path.unlink()


@pytest.mark.parametrize("event", ["session-start", "stop-failure", "file-changed", "another", ""])
def test_an_input_without_an_end(agent, signed_in, event):
    agent.start()
    ours, theirs = os.pipe()
    with open(ours, "rb") as input, open(theirs, "wb"):
        result = subprocess.run([agent.program, "hook", event], env=agent.environment, stdin=input, capture_output=True,
                                timeout=60)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")


@pytest.mark.parametrize("input", [b"", b"{", b"[]", b"\xff\xfe", b'{"session_id": 5, "error": []}', b"x" * (1 << 23)])
@pytest.mark.parametrize("event", ["session-start", "stop-failure", "file-changed", "another"])
def test_any_input(agent, signed_in, event, input):
    agent.start()
    assert "systemMessage" not in hook(agent, event, input)


@pytest.mark.parametrize("event", ["session-start", "stop-failure", "file-changed"])
def test_the_kernel_ends_it_after_a_second(agent, signed_in, tmp_path, event):
    """It is told to before anything is waited for, and nothing takes that back."""
    agent.start()
    trace = ["strace", "-qq", "-e", "trace=alarm,setitimer,read,connect", "-e", "signal=none", "-o", tmp_path / "trace"]
    agent.run("hook", event, under=trace)
    calls = (tmp_path / "trace").read_text().splitlines()
    alarms = [at for at, call in enumerate(calls) if call.startswith(("alarm(", "setitimer("))]
    assert len(alarms) == 1 and re.match(r"alarm\(1\)|setitimer\(ITIMER_REAL, .*tv_sec=1, tv_usec=0\}\}, ", calls[alarms[0]])
    assert not [call for call in calls[:alarms[0]] if call.startswith(("read(0", "connect("))], calls


def test_alarms_that_were_blocked(agent, signed_in):
    agent.use()
    ours, theirs = os.pipe()
    with open(ours, "rb") as input, open(theirs, "wb"):
        result = subprocess.run(
            ["/usr/bin/env", "--block-signal=ALRM", agent.program, "hook", "session-start"], env=agent.environment,
            stdin=input, capture_output=True, timeout=60)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")


def test_it_is_not_among_the_commands_for_people(agent):
    assert "hook" not in agent.run("--help").stdout.split("SUBCOMMANDS")[1]
    assert "session-start" in agent.run("hook", "--help").stdout


def test_a_project_has_another_profile(agent, home):
    """Its settings put that into our environment. Of a session that is not guarded nothing is known, so nothing is said."""
    home.add_second_employer()
    agent.open_tabs()
    agent.start(signIn="never")
    assert start(agent, AWS_PROFILE="globex-dev") is None
    assert failed(agent) is not None
    agent.configure(signIn="never", profiles=["globex-dev"])
    said = eventually(lambda: start(agent, AWS_PROFILE="globex-dev"), "it is guarded")
    assert said.startswith("globex-dev needs a sign-in: bedrock-agent login --profile globex-dev")
