"""The agent as a service of one user of the machine."""

import json
import re

from machine_home import MachineHome
from machine_sandbox import MachineSandbox
from machine_user import User
from raw_client import RawClient
from waiting import eventually

SERVICE = "bedrock-agent.service"
SOCKET = "bedrock-agent.socket"


class MachineAgent:
    """`guard` gives it a session to guard; `enable` starts it as a user does."""

    def __init__(self, user: User, sandbox: MachineSandbox):
        self.user = user
        self.sandbox = sandbox
        self.home = MachineHome(user, sandbox.start_url)
        self.socket = user.runtime / "bedrock-agent" / "control.sock"

    def arrive(self):
        """Uses the sandbox as AWS, with a browser that presses Allow."""
        self.user.systemctl(
            "set-environment", "DISPLAY=:99", f"BROWSER={self.sandbox.browser()}",
            *(f"{name}={value}" for name, value in self.sandbox.environment.items()))
        self.user.environment |= self.sandbox.environment | {"BROWSER": self.sandbox.browser()}

    def guard(self, profile: str = "work-dev"):
        """Writes Claude Code's settings with an approved command, and signs in."""
        self.arrive()
        self.user.write(".claude/settings.json", json.dumps({
            "env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": profile, "AWS_REGION": "us-west-2"},
            "awsAuthRefresh": f"aws sso login --profile {profile}"}))
        self.user.run("bedrock-agent", "approve", "--yes")
        self.home.sign_in(RawClient(self.sandbox))
        self.home.client = self.sandbox.record("CreateToken")[-1]["used"][0]

    def enable(self):
        self.user.systemctl("enable", "--now", "bedrock-agent")

    def refreshes(self) -> list[dict]:
        """The refreshes of this user's session, found by the tokens issued to its client."""
        client = self.home.client
        return [entry for entry in self.sandbox.record("CreateToken", grantType="refresh_token")
                if client in entry["used"]]

    def pid(self) -> int:
        """The daemon's PID inside the machine; 0 if none runs."""
        return int(self.user.property(SERVICE, "MainPID"))

    def kill(self, signal: str):
        self.user.systemctl("kill", f"--signal={signal}", "--kill-whom=main", SERVICE)

    def status(self) -> dict:
        """`status --json`, with its exit status as `exit` and its stderr as `complaints`."""
        result = self.user.run("bedrock-agent", "status", "--json", check=False)
        assert result.stdout, result.stderr
        return {**json.loads(result.stdout), "exit": result.returncode, "complaints": result.stderr}

    def wait_until(self, condition: str, seconds: float = 20) -> dict:
        """Waits until the daemon reports this overall condition."""
        def status():
            now = self.status()
            return now if now["daemon"]["running"] and now["condition"] == condition else None

        try:
            return eventually(status, f"condition {condition}", seconds)
        except AssertionError as error:
            said = "\n".join(self.user.messages(SERVICE))
            raise AssertionError(f"{error}\n{json.dumps(self.status(), indent=1)}\n{said}") from None


def exposures(user: User) -> dict[str, float]:
    """The exposure level of every service that the user manager has loaded."""
    lines = user.run("systemd-analyze", "--user", "security", "--no-pager").stdout.splitlines()
    found = (re.match(r"(\S+\.service)\s+(\d+\.\d)", line) for line in lines)
    return {match[1]: float(match[2]) for match in found if match}
