"""Claude Code's settings as `setup` writes them, and the user's approval of the command in them."""

import json
from pathlib import Path

from replacing import replace

COMMAND = "aws sso login --profile work-dev"


def settings(command: str | None = COMMAND, **env: str) -> dict:
    """Settings with these additional variables."""
    made = {"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "AWS_REGION": "us-west-2",
                    "ANTHROPIC_MODEL": "global.anthropic.claude-opus-4-5-20251101-v1:0", **env}}
    return made if command is None else {**made, "awsAuthRefresh": command}


def write_settings(home: Path, *arguments, **env):
    replace(home / ".claude" / "settings.json", json.dumps(settings(*arguments, **env)))


def approve(home: Path, *commands: str):
    folder = home / ".local" / "state" / "bedrock-agent"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "approvals.json").write_text(json.dumps(list(commands)))
