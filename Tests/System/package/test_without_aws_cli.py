"""A whole machine without an AWS CLI: somebody new there gets by with the package alone, from `setup` to `reset`."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from installation import install
from machine import Machine
from machine_agent import SERVICE, SOCKET, MachineAgent
from pty_terminal import END, ENTER, Terminal
from screen import Screen
from spawning import die_with_parent
from waiting import eventually
from whole_machine import booted, sandbox_of

MODEL = "global.anthropic.claude-opus-4-5-20251101-v1:0"
BEFORE = '{\n\t"theme" : "dark"  }'
BROWSER = """#!/bin/sh
echo "$1" >> ~/tabs
exec {browser} "$1" > /dev/null 2>&1
"""
# As a program, or in a shell's command line; not as part of a path or an address.
AWS = re.compile(r'(?<=["/ ;&|(])aws(?=[" ;&|)])')


class WatchedMachine(Machine):
    """A machine without an AWS CLI. `watch` it, and it knows who tried to run one."""

    watcher = None

    def watch(self, trace: Path):
        """From here on: whatever its first process starts, such as the users' service managers, and `command`."""
        assert shutil.which("strace"), "strace is missing: apt-get install strace"
        self.trace = trace
        self.watcher = subprocess.Popen([*self.strace(), "-p", str(self.leader)], preexec_fn=die_with_parent)
        eventually(lambda: "TracerPid:\t0\n" not in Path(f"/proc/{self.leader}/status").read_text(), "it is watched")

    def strace(self) -> list[str]:
        return ["strace", "-f", "-qq", "-s", "10000", "-e", "trace=execve,execveat", "-e", "signal=none", "-A", "-o",
                str(self.trace)]

    def command(self, *command: str) -> list[str]:
        return [*(self.strace() if self.watcher else []), *super().command(*command)]

    def tried(self) -> list[str]:
        """Each time that somebody ran, or tried to run, `aws`."""
        return [line for line in self.trace.read_text().splitlines() if AWS.search(line)]

    def end(self):
        super().end()
        if self.watcher:
            self.watcher.wait(timeout=10)


@pytest.fixture
def machine(build, package, tmp_path):
    """A machine of its own, since the others need their AWS CLI. The test joins its network."""
    def prepare(machine):
        for folder in ("usr/bin", "usr/local/bin"):
            (machine.files / folder / "aws").unlink(missing_ok=True)
        install(machine, package)

    with booted(build, prepare, WatchedMachine) as machine:
        machine.watch(tmp_path / "run")
        yield machine


@pytest.fixture
def sandbox(machine, build):
    with sandbox_of(machine, build) as sandbox:
        yield sandbox


@pytest.fixture
def newcomer(machine, sandbox):
    """Somebody at the screen who has Claude Code, a browser in which they press Allow, and no AWS configuration."""
    user = machine.add_user()
    agent = MachineAgent(user, sandbox)
    shutil.rmtree(user.path(".aws"))
    agent.arrive()
    user.write("browser", BROWSER.format(browser=sandbox.browser().removesuffix(" %s")), 0o700)
    user.write("bin/claude", "#!/bin/sh\necho '2.1.332 (Claude Code)'\n", 0o755)
    user.write(".claude/settings.json", BEFORE)
    user.systemctl("set-environment", f"BROWSER={user.home}/browser")
    user.environment |= {"BROWSER": f"{user.home}/browser", "DISPLAY": ":99", "PATH": f"{user.home}/bin:/usr/bin:/bin"}
    Screen(user)
    return agent


def files(user) -> dict:
    """Every file of the user's, but what is the agent's own, what the session needs, and what the browser wrote."""
    own = (".local/state/bedrock-agent", ".aws/sso", "tabs")
    home = user.path(".")
    return {name: (path.lstat().st_mode, path.is_symlink() or path.read_bytes()) for path in sorted(home.rglob("*"))
            if not path.is_dir() and not (name := str(path.relative_to(home))).startswith(own)}


def tabs(user) -> int:
    file = user.path("tabs")
    return len(file.read_text().splitlines()) if file.exists() else 0


def walk(user, start_url: str) -> Terminal:
    """`setup`, from a start URL to the end."""
    terminal = Terminal(["/usr/bin/env", *user.command("bedrock-agent", "setup", TERM="xterm")], dict(os.environ))
    try:
        for words, keys in (
            (("the AWS CLI (aws) is not in PATH; bedrock-agent signs in", "> Go on without it"), (ENTER,)),
            (("no profiles yet", "Start URL:"), (start_url, ENTER)),
            (("Which region is your Identity Center in?", "> us-east-1"), (ENTER,)),
            (("signed in to sandbox", "Which account?"), ("1234", ENTER)),
            (("Which role?",), ("Dev", ENTER)),
            (("Profile name: Dev-123456789012",), ("\x15", "work", ENTER)),
            (("Which region do you use Bedrock in?",), ("us-west-2", ENTER)),
            (("Which model?", f"> {MODEL}"), (ENTER,)),
            (("Claude Code's status line?",), (END, ENTER)),
            (("when to sign in?",), (END, ENTER)),
            (("Apply?", '+    "awsAuthRefresh" : "bedrock-agent login --profile work"'), (ENTER,)),
        ):
            terminal.wait_for(*words)
            terminal.press(*keys)
        assert terminal.wait() == 0, terminal.text()
    finally:
        terminal.end()
    return terminal


def test_somebody_new_gets_by_without_it(newcomer, machine, sandbox):
    agent, user = newcomer, newcomer.user
    before = files(user)

    said = walk(user, sandbox.start_url).text()
    assert "RESTART REQUIRED" in said and "How should Claude Code sign in?" not in said, said
    assert json.loads(user.path(".claude/settings.json").read_text()) == {
        "theme": "dark",
        "env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work", "AWS_REGION": "us-west-2",
                "ANTHROPIC_MODEL": MODEL},
        "awsAuthRefresh": "bedrock-agent login --profile work"}
    assert [user.systemctl("is-enabled", unit).stdout for unit in (SERVICE, SOCKET)] == ["enabled\n"] * 2
    assert agent.wait_until("healthy")["findings"] == []
    assert (tabs(user), sandbox.prompts()) == (1, 1)

    sandbox.revoke()
    old = agent.home.token("sandbox")["refreshToken"]
    agent.home.age_token(left=600, key="sandbox")
    eventually(lambda: agent.home.token("sandbox").get("refreshToken") != old, "somebody has signed in")
    assert agent.wait_until("healthy")["findings"] == []
    assert len(user.messages(SERVICE, "signing in (automatically)")) == 1, user.messages(SERVICE)
    assert (tabs(user), sandbox.prompts()) == (2, 2)

    # What this sign-in left can be refreshed.
    agent.home.age_token(left=600, key="sandbox")
    eventually(lambda: user.messages(SERVICE, "sandbox: refreshed until"), "a refresh")
    assert len(sandbox.record("CreateToken", grantType="refresh_token", status=200)) == 1
    assert agent.wait_until("healthy")["findings"] == []
    assert (tabs(user), sandbox.prompts()) == (2, 2)

    report = json.loads(user.run("bedrock-agent", "doctor", "--json").stdout)
    checks = {check["code"]: check for check in report["checks"]}
    assert {check["result"] for check in checks.values()} == {"pass"}, checks
    assert "no AWS CLI is needed" in checks["aws-cli"]["message"]

    assert "RESTART REQUIRED" in user.run("bedrock-agent", "reset", "--yes").stdout
    assert files(user) == before
    assert user.property(SERVICE, "ActiveState") == user.property(SOCKET, "ActiveState") == "inactive"

    assert machine.tried() == []
    # It would have been seen, at the terminal and in a service.
    user.write("bin/tries", "#!/bin/sh\nexec env aws\n", 0o755)
    for words in (), ("systemd-run", "--user", "--wait", "--quiet"):
        seen = len(machine.tried())
        user.run(*words, f"{user.home}/bin/tries", check=False)
        assert len(machine.tried()) > seen, words
