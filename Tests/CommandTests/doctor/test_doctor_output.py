"""The text output of `bedrock-agent doctor`: lines, colors, totals and exit statuses."""

import os
import pty
import re
import signal
import subprocess
from pathlib import Path

import pytest

from patient import OPUS, ill
from waiting import eventually


def on_a_terminal(patient, **environment) -> str:
    """The output on a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ["sh", "-c", "exec bedrock-agent doctor --offline"], env={**patient.environment, "TERM": "xterm", **environment},
        cwd=patient.project, stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.STDOUT)
    os.close(theirs)
    said = b""
    while True:
        try:
            more = os.read(ours, 65536)
        except OSError:
            break
        if not more:
            break
        said += more
    os.close(ours)
    process.wait(timeout=60)
    return said.decode().replace("\r\n", "\n")


def test_all_is_well(patient):
    patient.start()
    result = patient.bedrock_agent("doctor")
    assert result.returncode == 0, result.stdout
    lines = result.stdout.splitlines()
    assert lines[-1] == "doctor: all is well" and result.stderr == ""
    assert [line for line in lines if line and not line.startswith(" ")][:-1] == [
        "programs", "files", "settings", "profile", "session", "network", "service"]
    assert all(re.match(r"  pass  \S|        \S", line) for line in lines if line.startswith(" "))
    assert "~/.claude/settings.json" in result.stdout and str(patient.home.path) + "/.aws" not in result.stdout


def test_what_is_ill_has_its_fix_below_it(patient):
    patient.settings(remove=("AWS_REGION",))
    patient.home.token_file().chmod(0o644)
    result = patient.bedrock_agent("doctor", "--offline")
    assert result.returncode == 2 and "\x1b" not in result.stdout
    lines = result.stdout.splitlines()
    assert lines[-1] == "doctor: 1 failure, 2 warnings"
    fixes = [line for line in lines if line.startswith("        fix: ")]
    assert len(fixes) == 3
    fix = next(line for line in fixes if "chmod" in line).removeprefix("        fix: ")
    assert fix == f"chmod go= ~/.aws/sso/cache/{patient.home.token_file().name}"
    assert patient.shell(fix).returncode == 0 and patient.home.token_file().stat().st_mode & 0o777 == 0o600
    assert sum(line.startswith("  FAIL  ") for line in lines) == 1
    assert sum(line.startswith("  warn  ") for line in lines) == 2
    # Wrapped text fits; a fix is never wrapped, nor is a single word.
    assert all(len(line) <= 80 or "fix: " in line or line.count(" ") <= 9 for line in lines)


def test_exit_statuses(patient):
    assert patient.bedrock_agent("doctor", "--offline").returncode == 1
    assert patient.bedrock_agent("doctor", "--nothing").returncode == 64
    patient.settings(ANTHROPIC_MODEL=OPUS.replace("4-5", "4-6"))
    assert patient.bedrock_agent("doctor").returncode == 2


def test_colours_are_for_terminals(patient):
    said = on_a_terminal(patient)
    assert "\x1b[32mpass\x1b[0m" in said and "\x1b[33mwarn\x1b[0m" in said
    plain = re.sub(r"\x1b\[\d+m", "", said)
    assert on_a_terminal(patient, NO_COLOR="1") == plain == on_a_terminal(patient, TERM="dumb")
    assert "\x1b[32m" in on_a_terminal(patient, NO_COLOR="")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted_it_leaves_nothing_behind(patient, number):
    """During a program that does not end. SIGHUP means that the terminal was closed."""
    mark = patient.home.path / "begun"
    patient.tool("claude", f"echo $$ > {mark}; exec sleep 600")
    process = subprocess.Popen(
        ["sh", "-c", "exec bedrock-agent doctor --offline"], env=patient.environment, cwd=patient.project,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    pid = int(eventually(lambda: mark.exists() and mark.read_text(), "the program has begun"))
    process.send_signal(number)
    assert process.wait(timeout=20) == -number
    assert not Path(f"/proc/{pid}").exists()


def test_settings_that_write_to_the_terminal(patient):
    """Control characters from files do not reach the terminal."""
    patient.settings(AWS_REGION="us-west-2\x1b[2J", ANTHROPIC_MODEL="a\u202eb.c")
    said = patient.bedrock_agent("doctor", "--offline").stdout
    assert "\x1b" not in said and "\u202e" not in said


def test_on_a_home_where_nothing_is_set_up(patient):
    for folder in (patient.home.path / ".aws", patient.settings_file.parent, patient.state):
        subprocess.run(["rm", "-r", folder], check=True)
    answer = patient.doctor()
    assert "unguarded" in ill(answer) and answer["exit"] == 1
