"""How the agent reads a home: by what `status` and `doctor` say, and by what `bedrock-agent-net` is told to ask."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from drawn_home import DrawnHome
from programs import write_program
from running_daemon import RunningDaemon, RuntimeFolder
from waiting import eventually

# Takes down what it is told to ask, and asks nobody.
ASKING = """printf '%s\\0' "$@" END >> "$BEDROCK_ASKED\""""


@dataclass
class View:
    """`session` is as `status --json` gives it; `asked` are the options that `bedrock-agent-net` got, by command."""

    condition: str
    profile: str | None
    region: str | None
    session: dict | None
    findings: list[dict]
    # Account and role.
    role: tuple[str, str] | None = None
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def codes(self) -> set[str]:
        return {finding["code"] for finding in self.findings}

    def finding(self, *codes: str) -> dict | None:
        return next((finding for finding in self.findings if finding["code"] in codes), None)

    @property
    def token_file(self) -> str | None:
        return os.path.basename(self.asked["accounts"]["token-file"]) if "accounts" in self.asked else None

    def endpoint(self, exchange: str) -> str | None:
        return self.asked.get(exchange, {}).get("endpoint")


class LookingAgent:
    """The built program, beside an exchange program that only takes down."""

    def __init__(self, build: Path, folder: Path):
        self.program = folder / "bin" / "bedrock-agent"
        self.asked = folder / "asked"
        self.errors = folder / "errors"
        write_program(self.program.with_name("bedrock-agent-net"), ASKING)
        shutil.copy(build / "bedrock-agent", self.program)
        self.runtime = RuntimeFolder()

    def end(self):
        self.runtime.remove()

    def status(self, home: DrawnHome, where: Path) -> View:
        """What `status` says, from this folder."""
        status = self.run(home, where, "status", "--json")
        claude, sessions = status["claude"], status["sessions"]
        return View(
            status["condition"], claude.get("profile"), claude.get("region"), sessions[0] if sessions else None,
            status["findings"])

    def look(self, home: DrawnHome, where: Path) -> View:
        """All of it."""
        self.asked.unlink(missing_ok=True)
        view = self.status(home, where)
        for check in self.run(home, where, "doctor", "--json")["checks"]:
            way = re.search("role (.*) in account (.*)", check["message"], re.DOTALL)
            if way and check["code"] == "profile":
                view.role = way[2], way[1]
            # Only who asks the portal needs its address.
            if check["code"] == "models-unknown":
                view.findings.append({**check, "severity": check["result"]})
        # Nothing is planned for later, so it is due.
        is_due = view.session and view.session["refreshable"] and "next" not in view.session
        if is_due and "endpoint-wrong" not in view.codes():
            self.refresh(home)
        view.asked = self.exchanges()
        return view

    def environment(self, home: DrawnHome) -> dict[str, str]:
        other = home.other
        return {
            **home.environment(), "PATH": str(other), "CLAUDE_CODE_USE_BEDROCK": "1", "BEDROCK_ASKED": str(self.asked),
            "BEDROCK_AGENT_MANAGED_ROOT": str(other), "XDG_STATE_HOME": str(other / "state"),
            "XDG_CONFIG_HOME": str(other / "config"), **self.runtime.environment}

    def sign_in(self, home: DrawnHome, where: Path):
        """`login`, by the AWS CLI that is in PATH."""
        subprocess.run(
            [self.program, "login"], env=self.environment(home), cwd=where, capture_output=True, timeout=60,
            stdin=subprocess.DEVNULL)

    def run(self, home: DrawnHome, where: Path, *arguments: str) -> dict:
        result = subprocess.run(
            [self.program, *arguments], env=self.environment(home), cwd=where, capture_output=True, timeout=60,
            stdin=subprocess.DEVNULL)
        assert result.stdout, result.stderr
        return json.loads(result.stdout)

    def refresh(self, home: DrawnHome):
        """As the daemon would."""
        daemon = RunningDaemon(self.program, self.environment(home), self.runtime, self.errors)
        daemon.launch()
        try:
            eventually(lambda: "refresh" in self.exchanges(), "the daemon refreshes", every=0.005)
        finally:
            daemon.kill()

    def exchanges(self) -> dict[str, dict[str, str]]:
        if not self.asked.exists():
            return {}
        found = {}
        for line in self.asked.read_bytes().decode(errors="surrogateescape").split("\0END\0")[:-1]:
            words = line.split("\0")
            options = {}
            for index, word in enumerate(words[1:], 1):
                if word.startswith("--"):
                    name, _, value = word[2:].partition("=")
                    options[name] = value or (words[index + 1] if index + 1 < len(words) else "")
            found[words[0]] = options
        return found
