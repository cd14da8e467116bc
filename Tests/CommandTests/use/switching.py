"""The profiles to switch between, and what is then in Claude Code's settings and in our records."""

import json
import subprocess
import sys

from spawning import die_with_parent

OPUS_41 = "us.anthropic.claude-opus-4-1-20250805-v1:0"
EU_OPUS_41 = OPUS_41.replace("us.", "eu.")
NEWEST = "global.anthropic.claude-opus-4-5-20251101-v1:0"
TEAM = "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/a1b2c3d4e5f6"
PROFILES = """
[profile globex]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Dev
region = eu-central-1

[profile no-region]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Dev
"""


def values(home) -> tuple:
    """The profile, the region and the model."""
    env = home.claude_settings()["env"]
    return tuple(env.get(name) for name in ("AWS_PROFILE", "AWS_REGION", "ANTHROPIC_MODEL"))


def state(home):
    return home.path / ".local" / "state" / "bedrock-agent"


def approved(home) -> list:
    file = state(home) / "approvals.json"
    return json.loads(file.read_text()) if file.exists() else []


def previous(home) -> list:
    """The records of what there is to go back to."""
    return [file for file in (state(home) / "previous").rglob("*") if file.is_file()]


# As Claude Code writes: it reads the file, changes a key of its own, and renames a complete new file into place, until
# its input is closed; then it says how often. What it does not find as it left it is a loss. It takes no lock: a change
# of ours between its look and its rename is lost. That is not what this is about: it looks once more before it renames.
WRITER = """
import json, os, select, sys
path = sys.argv[1]
number = 0
while not select.select([sys.stdin], [], [], 0.02)[0]:
    with open(path) as file:
        read = os.fstat(file.fileno()).st_ino
        settings = json.load(file)
    assert settings.get("counter", 0) == number, f"round {number}: the counter is {settings.get('counter')}"
    missing = [key for key in range(max(1, number - 200), number + 1) if f"key {key}" not in settings]
    assert not missing, f"round {number}: lost {missing}"
    number += 1
    settings["counter"] = number
    settings[f"key {number}"] = number
    settings.pop(f"key {number - 201}", None)
    temporary = f"{path}.tmp.{os.getpid()}"
    with open(temporary, "w") as file:
        json.dump(settings, file, indent=2)
    if os.stat(path).st_ino == read:
        os.rename(temporary, path)
    else:
        os.unlink(temporary)
        number -= 1
print(number)
"""


class Writer:
    """Another program that rewrites Claude Code's settings all the time, from `with` to its end."""

    def __init__(self, path):
        self.path = path
        self.written = 0

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", WRITER, self.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
        return self

    def __exit__(self, failed, *_):
        said, errors = self.process.communicate(timeout=60)
        if not failed:
            assert self.process.returncode == 0, errors
            self.written = int(said)
            assert self.written > 0
