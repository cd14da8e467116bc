"""`setup`, a change of the settings, and `reset` under a real systemd: what happens to a user's service."""

import json

from machine_agent import SERVICE, SOCKET, MachineAgent
from raw_client import RawClient
from waiting import eventually

BEFORE = '{\n  "theme": "dark"\n}\n'
CHOICE = ("--profile", "work-dev", "--region", "us-west-2", "--model", "global.anthropic.claude-opus-4-5-20251101-v1:0")


def enabled(user) -> list[str]:
    return [user.systemctl("is-enabled", unit, check=False).stdout.strip() for unit in (SERVICE, SOCKET)]


def test_set_up_damaged_repaired_and_taken_back(user, sandbox):
    agent = MachineAgent(user, sandbox)
    agent.arrive()
    agent.home.sign_in(RawClient(sandbox))
    user.write(".claude/settings.json", BEFORE)
    config = user.path(".aws/config").read_bytes()
    report = json.loads(user.run("bedrock-agent", "setup", *CHOICE, "--yes", "--json").stdout)
    assert report["changed"] and report["service"] == "enabled" and enabled(user) == ["enabled", "enabled"]
    agent.wait_until("healthy")

    # Another program empties the settings.
    user.write(".claude/settings.json", "{}")
    finding = eventually(
        lambda: next((found for found in agent.status()["findings"] if found["code"] == "settings-empty"
                      and found["severity"] == "error"), None), "the damage is told of")
    assert finding["fix"] == "bedrock-agent setup --repair"
    user.run(*finding["fix"].split(), "--yes")
    settings = json.loads(user.path(".claude/settings.json").read_text())
    assert settings["theme"] == "dark" and settings["env"]["AWS_PROFILE"] == "work-dev"
    assert agent.wait_until("healthy")["findings"] == []
    assert len(user.messages(SERVICE, "setup --repair")) == 1, user.messages(SERVICE)

    shown = user.run("bedrock-agent", "reset", "--yes").stdout
    assert "RESTART REQUIRED" in shown
    # Another program wrote the file in between, so only its keys are the same.
    assert json.loads(user.path(".claude/settings.json").read_text()) == json.loads(BEFORE)
    assert user.path(".aws/config").read_bytes() == config
    assert enabled(user) == ["disabled", "disabled"] and user.property(SERVICE, "ActiveState") == "inactive"
    assert len(user.messages(SERVICE, "setup --repair")) == 1
    assert user.run("bedrock-agent", "reset", "--yes").stdout == "nothing to undo\n"
