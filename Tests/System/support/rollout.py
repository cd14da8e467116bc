"""What the README has an administrator do under "For many machines": files in /etc, and the daemon for everybody."""

import json

from aws_home import FIRST_PROFILE
from machine_agent import SERVICE, SOCKET
from waiting import eventually

MODEL = "global.anthropic.claude-opus-4-5-20251101-v1:0"


class Rollout:
    """A machine as its administrator has made it ready, with the sandbox in AWS's place. `undo` takes it back."""

    def __init__(self, machine, sandbox):
        self.machine = machine
        self.sandbox = sandbox
        self.world = {**sandbox.environment, "BROWSER": sandbox.browser(), "DISPLAY": ":99"}
        self.files = []
        self.users = []
        lines = [f'{name}="{value}"\n' for name, value in self.world.items()]
        self.write("environment.d/90-sandbox.conf", "".join(lines))
        machine.root("systemctl", "--global", "enable", "bedrock-agent")

    def write(self, path: str, text: str):
        """A file in /etc that all may read."""
        file = self.machine.files / "etc" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o644)
        self.files.append(file)

    def give_defaults(self, **more):
        self.write("bedrock-agent/config.json", json.dumps({"setup": {
            "profile": "acme", "ssoStartUrl": self.sandbox.start_url, "ssoRegion": "us-east-1", "ssoSession": "acme",
            "accountId": ["999999999999", "123456789012"], "roleName": ["Boss", "Dev"], "region": "us-west-2",
            "model": "claude-opus", "coalesce": True, "statusLine": True, **more}, "locked": ["setup.region"]}))

    def arrive(self):
        """Somebody's first login. The daemon runs by itself, and nothing of theirs has been written."""
        user = self.machine.add_user()
        self.users.append(user)
        user.environment |= self.world
        states = [user.property(unit, "ActiveState") for unit in (SERVICE, SOCKET)]
        assert states == ["active", "active"] and written(user) == set()
        return user

    def is_set_up(self, user):
        """By the defaults, and healthy."""
        wait_until_healthy(user)
        assert user.path(".aws/config").read_text() == FIRST_PROFILE.format(start_url=self.sandbox.start_url)
        settings = json.loads(user.path(".claude/settings.json").read_text())
        assert settings["env"]["ANTHROPIC_MODEL"] == MODEL
        assert settings["awsAuthRefresh"] == "bedrock-agent login --profile acme"

    def undo(self):
        for user in self.users:
            user.remove()
        self.machine.root("systemctl", "--global", "disable", "bedrock-agent", "bedrock-agent.socket")
        for file in self.files:
            file.unlink(missing_ok=True)


def written(user) -> set[str]:
    """What has been written for Claude Code and the AWS tools."""
    folders = (user.path(".aws"), user.path(".claude"), user.path(".config"))
    return {str(file.relative_to(user.path("."))) for folder in folders for file in folder.rglob("*") if file.is_file()}


def status(user) -> dict:
    return json.loads(user.run("bedrock-agent", "status", "--json", check=False).stdout)


def wait_until_healthy(user):
    def is_healthy():
        now = status(user)
        return now["condition"] == "healthy" and not now["findings"]

    eventually(is_healthy, f"{user.name} is healthy")
