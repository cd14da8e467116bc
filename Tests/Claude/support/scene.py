"""A home where Claude Code asks for sign-ins, with a browser that counts its tabs, and a daemon that may run."""

import json
import subprocess
from pathlib import Path

import pytest

from folder import Folder, settings
from herd import Herd
from real_claude import RealClaude
from running_agent import RunningAgent
from tabs import Tabs
from waiting import eventually

# How Claude Code signs in: the AWS CLI's own command, and what setup recommends.
PLAIN, OURS = "aws sso login --profile work-dev", "bedrock-agent login --profile work-dev"
# What the sandbox's models answer.
HELLO = "Hello from the sandbox."
FORMS = pytest.mark.parametrize("command", [PLAIN, OURS], ids=["aws sso login", "bedrock-agent login"])
DAEMON = pytest.mark.parametrize("daemon", [False, True], ids=["no daemon", "daemon"])


class Scene:
    """Signed in, settings written and approved. `daemon.start()` starts the daemon, which has not begun yet."""

    def __init__(self, build: Path, claude: RealClaude, folder: Folder):
        self.folder, self.sandbox, self.claude = folder, folder.sandbox, claude
        self.tabs = Tabs(folder.home.path.parent, folder.sandbox)
        self.daemon = RunningAgent(build, folder.home, folder.sandbox)
        self.daemon.environment.update(BROWSER=self.tabs.command, PATH=f"{build}:/usr/bin:/bin")
        # Whatever Claude Code starts finds the daemon, and what it keeps.
        folder.export(**{name: value for name, value in self.daemon.environment.items()
                         if name.startswith("XDG_") or name.startswith("BEDROCK_AGENT_")
                         or name in ("BROWSER", "DBUS_SYSTEM_BUS_ADDRESS", "DISPLAY", "PATH")})
        self.herd = Herd(claude, folder)

    def settings(self) -> dict:
        """Claude Code's user settings, as they are."""
        return self.folder.home.claude_settings()

    def use(self, command: str, **more: str):
        """Claude Code has run here before. `command` is its awsAuthRefresh; `env` has `more` beside the usual."""
        trusted(self)
        self.folder.put(user={"env": settings(**more), "awsAuthRefresh": command})
        self.daemon.run("approve", "--yes")

    def register(self):
        """Signed in by the AWS CLI, which keeps its client registration for the next time."""
        subprocess.run(
            PLAIN.split(), env={**self.folder.environment(), "BROWSER": self.sandbox.browser()}, check=True,
            capture_output=True, timeout=60)

    def revoke(self):
        """The session, begun ten minutes ago, ends at the service: nothing in the token file says so."""
        self.sandbox.revoke(hard=True)
        self.folder.home.age_token(left=3000)

    def answers(self, seconds: float = 60) -> list[str]:
        """What each of the herd said at its end, while a person presses Allow in every tab that opens."""
        eventually(lambda: self.tabs.allow() or self.herd.have_ended(), "each has ended", seconds)
        return [one.words() for one in self.herd.all]

    def ends_well(self, answers: int, tabs: int):
        """Each of the herd is answered, and that many tabs were opened in all."""
        self.tabs.wait_for(tabs)
        assert self.answers() == [HELLO] * answers
        assert len(self.tabs.opened()) == tabs, "\n".join([*map(str, self.tabs.opened()), self.daemon.journal()])

    def end(self):
        self.herd.end()
        self.daemon.end()


def trusted(scene: Scene):
    """Onboarding and the question about trust are behind the user."""
    file = scene.folder.home.path / ".claude.json"
    file.write_text(json.dumps({
        "hasCompletedOnboarding": True, "theme": "dark",
        "projects": {str(scene.folder.project): {"hasTrustDialogAccepted": True}}}))
