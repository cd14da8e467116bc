"""`status --line` and `--waybar`: one short line for a bar, whatever the state; their exit status says nothing."""

import json
import subprocess

import pytest

from claude_settings import write_settings
from waiting import eventually

CLASSES = {"healthy", "refreshing", "expiring", "offline", "signing-in", "unguarded", "misconfigured", "sign-in-needed"}


def line(agent, **exported) -> str:
    """The line, which is one, with nothing beside it."""
    result = agent.run("status", "--line", **exported)
    assert result.stdout.count("\n") == 1 and result.stdout.endswith("\n") and result.stderr == ""
    return result.stdout.removesuffix("\n")


def waybar(agent) -> dict:
    result = agent.run("status", "--waybar")
    assert result.stdout.count("\n") == 1 and result.stderr == ""
    told = json.loads(result.stdout)
    assert set(told) == {"text", "tooltip", "class", "alt"}
    assert told["class"] == told["alt"] and told["class"] in CLASSES
    return told


def test_healthy(agent, signed_in):
    agent.start()
    assert line(agent) == "work-dev ok"
    told = waybar(agent)
    assert (told["text"], told["class"]) == ("work-dev ok", "healthy")
    assert told["tooltip"].startswith("healthy: work-dev") and "corp  healthy" in told["tooltip"]
    assert not told["tooltip"].endswith("\n")


def test_it_starts_no_other_program(agent, signed_in, tmp_path):
    """It is asked at each prompt. `Tests/Benchmarks/run` measures it beside `ssh-add -l`."""
    agent.start()
    trace = ["strace", "-ff", "-qq", "-e", "trace=process", "-e", "signal=none", "-o", tmp_path / "trace"]
    assert agent.run("status", "--line", under=trace).stdout == "work-dev ok\n"
    (file,) = tmp_path.glob("trace.*")
    assert file.read_text().count("execve(") == 1


def test_the_tooltip_is_what_status_says(agent, signed_in):
    agent.start()
    agent.use("old-profile")
    told = eventually(lambda: agent.status()["condition"] != "healthy" and waybar(agent), "another profile")
    first = agent.run("status", check=False).stdout.splitlines()[0]
    assert told["tooltip"].splitlines()[0] == first


def test_a_sign_in_is_needed(agent, home):
    agent.open_tabs()
    agent.start(signIn="never")
    assert agent.status()["condition"] == "sign-in-needed"
    assert line(agent) == "work-dev needs a sign-in: bedrock-agent login --profile work-dev"
    assert waybar(agent)["class"] == "sign-in-needed"


def test_warnings_are_counted(agent, home, raw):
    home.sign_in(raw)
    agent.use(approve=False)
    agent.start()
    status = agent.status()
    warnings = [finding for finding in status["findings"] if finding["severity"] != "info"]
    assert status["condition"] == "healthy" and len(warnings) == 1
    assert line(agent) == "work-dev ok, 1 warning: bedrock-agent status"
    assert waybar(agent)["text"] == line(agent)


def test_misconfigured(agent, signed_in):
    agent.use("ghost")
    agent.start()
    assert agent.status()["exit"] == 4
    assert line(agent).endswith(" misconfigured: bedrock-agent doctor")
    assert waybar(agent)["class"] == "misconfigured"


def test_nothing_to_guard(agent, home):
    agent.settings.parent.mkdir()
    agent.settings.write_text("{}")
    agent.start()
    assert agent.status()["exit"] == 4
    assert line(agent).endswith(" not guarded") and waybar(agent)["class"] == "unguarded"


@pytest.mark.parametrize("signed", [True, False])
def test_without_a_daemon(agent, home, raw, signed):
    """From the disk, and it says so."""
    agent.use()
    if signed:
        home.sign_in(raw)
    assert agent.status()["exit"] == 3
    said = line(agent)
    assert said.startswith("work-dev ok" if signed else "work-dev needs a sign-in")
    assert said.endswith(" (daemon stopped)") and waybar(agent)["text"] == said


def test_of_this_folder(agent, signed_in, tmp_path):
    agent.start()
    assert line(agent) == "work-dev ok"
    assert "work-dev" not in line(agent, CLAUDE_CONFIG_DIR=str(tmp_path))


def test_a_name_with_markup_and_control_characters(agent, signed_in):
    """No profile's name breaks the line, or the object."""
    name = "a\u001b[31m <b>&\n"
    write_settings(signed_in.path, AWS_PROFILE=name)
    assert "\x1b" not in line(agent)
    told = waybar(agent)
    assert "\x1b" not in told["text"] + told["tooltip"] and "\n" not in told["text"]


@pytest.mark.parametrize("flags", [("--json", "--line"), ("--line", "--waybar"), ("--json", "--waybar", "--follow")])
def test_they_exclude_each_other(agent, flags):
    result = agent.run("status", *flags, check=False)
    assert result.returncode == 64 and "exclude each other" in result.stderr and result.stdout == ""


@pytest.mark.parametrize("flag", ["--line", "--waybar"])
def test_an_output_that_cannot_be_written(agent, signed_in, flag):
    agent.start()
    with open("/dev/full", "w") as full:
        result = subprocess.run([agent.program, "status", flag], env=agent.environment, stdout=full, timeout=60)
    assert result.returncode == 74
