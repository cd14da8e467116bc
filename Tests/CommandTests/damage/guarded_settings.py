"""Settings that `setup` wrote and a daemon guards: changes to them, and what the daemon then reports."""

import json
import shlex

from waiting import eventually

MODEL = "global.anthropic.claude-opus-4-5-20251101-v1:0"
USERS = {"hooks": {"Stop": [{"command": "echo \u00e9"}]}, "permissions": {"allow": ["Bash(ls)"]}, "theme": "dark"}
OURS = {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "AWS_REGION": "us-west-2", "ANTHROPIC_MODEL": MODEL}
TEXT = json.dumps({"theme": "dark", "env": {"MY_TOKEN": "users-own-secret"}, **USERS}, indent=4) + "\n"



def begin(agent, home, raw):
    """Sets up and starts the agent, so that the current settings get our keys and are guarded."""
    home.sign_in(raw)
    set_up(agent)
    agent.start()
    agent.wait_until("healthy")


def set_up(agent, *more):
    choice = more or ("--profile", "work-dev", "--region", "us-west-2", "--model", MODEL)
    agent.run("setup", *choice, "--yes", "--no-login", "--no-enable")


def good(agent) -> list:
    return list((agent.state / "good").glob("settings-*.json"))


def put(agent, text: str):
    """As Claude Code writes: a complete new file that is renamed."""
    new = agent.settings.with_suffix(".json.tmp")
    new.write_text(text)
    new.rename(agent.settings)


def found(agent, code: str) -> dict:
    """Waits until this is the only finding; returns it."""
    def only():
        findings = agent.status()["findings"]
        return findings if [finding["code"] for finding in findings] == [code] else None

    try:
        return eventually(only, f"{code}, and no other finding")[0]
    except AssertionError as error:
        raise AssertionError(f"{error}\n{agent.status()['findings']}\n{agent.journal()}") from None


def run_fix(agent, finding: dict):
    program, *arguments = shlex.split(finding["fix"])
    assert program == "bedrock-agent"
    return agent.run(*arguments, "--yes")


def reordered(text: str, turn: int) -> str:
    values = list(json.loads(text).items())
    turned = dict(values[turn % len(values):] + values[:turn % len(values)])
    return json.dumps(turned, indent=turn % 5 or None)
