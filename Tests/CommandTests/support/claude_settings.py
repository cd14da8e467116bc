"""Claude Code's settings as `setup` writes them, and the user's approval of the command in them."""

import json
from pathlib import Path

COMMAND = "aws sso login --profile work-dev"


def settings(command: str | None = COMMAND, **env: str) -> dict:
    """Settings with these additional variables."""
    made = {"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "AWS_REGION": "us-west-2",
                    "ANTHROPIC_MODEL": "global.anthropic.claude-opus-4-5-20251101-v1:0", **env}}
    return made if command is None else {**made, "awsAuthRefresh": command}


def write_settings(home: Path, *arguments, **env):
    """Atomically, so that no reader sees a half-written file."""
    path = home / ".claude" / "settings.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(json.dumps(settings(*arguments, **env)))
    temporary.rename(path)


def approve(home: Path, *commands: str):
    folder = home / ".local" / "state" / "bedrock-agent"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "approvals.json").write_text(json.dumps(list(commands)))
