"""A home, a shell and a network without problems, for `bedrock-agent doctor` to examine, and ways to break them."""

import json
import os
import pty
import pwd
import re
import subprocess
from pathlib import Path

from aws_cli import AWS, version
from aws_home import Home
from claude_settings import COMMAND
from programs import write_program
from running_daemon import RunningDaemon, RuntimeFolder
from running_sandbox import RunningSandbox

OPUS = "global.anthropic.claude-opus-4-5-20251101-v1:0"
CLAUDE = "2.1.332 (Claude Code)"
# Commands that ask for confirmation: the test adds --yes.
ASKING = re.compile(r"bedrock-agent (setup|approve|migrate)\b[^;&]*$")


class Patient(RunningDaemon):
    """Everything in it belongs to the test. `doctor` examines it; `treat` applies a check's fix and examines it again.
    """

    def __init__(self, build: Path, home: Home, sandbox: RunningSandbox, raw):
        self.build, self.home, self.sandbox, self.raw = build, home, sandbox, raw
        runtime = RuntimeFolder()
        self.settings_file = home.path / ".claude" / "settings.json"
        self.managed = home.path / "managed"
        self.project = home.path / "project"
        self.state = home.path / ".local" / "state" / "bedrock-agent"
        self.tools = home.path / "tools"
        for folder in (self.managed, self.project, self.tools, self.settings_file.parent):
            folder.mkdir()
        environment = home.environment(
            sandbox.environment, PATH=f"{self.tools}:/usr/bin:/bin", BEDROCK_AGENT_MANAGED_ROOT=str(self.managed),
            BROWSER=sandbox.browser(), DISPLAY=":99", SHELL="/bin/sh", USER=pwd.getpwuid(os.geteuid()).pw_name)
        super().__init__(build / "bedrock-agent", environment, runtime, home.path / "errors")
        (self.tools / "bedrock-agent").symlink_to(build / "bedrock-agent")
        # There is no service manager here: enabling the service succeeds, but does nothing.
        self.tool("systemctl", "exit 0")
        self.tool("sudo", 'exec "$@"')
        self.claude(CLAUDE)
        # The real AWS CLI takes half a second to print its version, which every examination asks for.
        self.tool("aws", f'[ "$1" = --version ] && {{ echo aws-cli/{version()} Python/3; exit; }}; exec {AWS} "$@"')
        self.settings()
        self.bedrock_agent("approve", "--yes")
        home.sign_in(raw)
        home.path.joinpath(".aws").chmod(0o755)

    # Its contents

    def tool(self, name: str, script: str):
        write_program(self.tools / name, script)

    def claude(self, version: str):
        self.tool("claude", f"echo '{version}'")

    def settings(self, remove: tuple = (), top: dict | None = None, **env: str):
        """Claude Code's settings as `setup` writes them, with these changes."""
        made = {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "AWS_REGION": "us-west-2",
                "ANTHROPIC_MODEL": OPUS, **env}
        whole = {"env": made, "awsAuthRefresh": COMMAND, **(top or {})}
        for name in remove:
            made.pop(name, None)
            whole.pop(name, None)
        self.write(self.settings_file, whole)

    def write(self, file: Path, content):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content, indent=2))

    def config(self, old: str, new: str):
        text = self.home.config.read_text()
        assert old in text
        self.home.config.write_text(text.replace(old, new))

    # Actions

    def bedrock_agent(self, *arguments: str) -> subprocess.CompletedProcess:
        return self.shell("exec bedrock-agent " + " ".join(arguments))

    def shell(self, script: str) -> subprocess.CompletedProcess:
        """With a terminal on stdin at which nobody types; the output is captured."""
        ours, theirs = pty.openpty()
        try:
            return subprocess.run(
                ["sh", "-c", script], env=self.environment, cwd=self.project, capture_output=True, text=True,
                timeout=120, stdin=theirs)
        finally:
            os.close(ours)
            os.close(theirs)

    def doctor(self, *arguments: str, before: str = ":") -> dict:
        """The checks by code, failed ones first; `exit` is the exit status. `before` runs in the same shell."""
        result = self.shell(f"{{ {before}\n}} >&2\nexec bedrock-agent doctor --json {' '.join(arguments)}")
        assert result.stdout, result.stderr
        answer = json.loads(result.stdout)
        assert answer["version"] == 1
        for check in answer["checks"]:
            assert set(check) == {"code", "result", "subject", "message", "fix"}
            assert check["message"] and bool(check["fix"]) == (check["result"] != "pass"), check
        self.secrets_stay_secret(result.stdout + result.stderr)
        worst = {"pass": 0, "warning": 1, "failure": 2}
        assert result.returncode == max(worst[check["result"]] for check in answer["checks"]), result.stderr
        return {"exit": result.returncode, "said": result.stderr, "checks": answer["checks"]}

    def treat(self, check: dict, *arguments: str) -> dict:
        """Runs the fix in the user's shell as printed, and examines the home again."""
        fix = check["fix"]
        if ASKING.search(fix) and "--yes" not in fix:
            fix += " --yes"
        return self.doctor(*arguments, before=fix)

    def secrets_stay_secret(self, text: str):
        for file in self.home.cache.glob("*.json"):
            try:
                token = json.loads(file.read_text())
            except ValueError:
                continue
            for name in ("accessToken", "refreshToken", "clientSecret"):
                assert not token.get(name) or token[name] not in text

    def end(self):
        if self.process:
            self.kill()
        self.runtime.remove()


def ill(answer: dict) -> dict:
    """The checks that did not pass, by code."""
    return {check["code"]: check for check in answer["checks"] if check["result"] != "pass"}


def well(answer: dict) -> list[str]:
    return [check["code"] for check in answer["checks"] if check["result"] == "pass"]
