"""The status line that `setup` wrote, before a daemon: without it nothing is damaged, and a repair keeps it or brings it
back."""

import json

import pytest

from guarded_settings import found, good, put, run_fix, set_up
from waiting import eventually, stays

LINE = "bedrock-agent status --line"


@pytest.fixture(params=[None, "mine"], ids=["alone", "above another's"])
def shown(guarded, request):
    """Settings with it, of which the daemon has a copy."""
    if request.param:
        put(guarded, json.dumps({**json.loads(guarded.settings.read_text()),
                                 "statusLine": {"type": "command", "command": request.param}}, indent=4))
    set_up(guarded, "--status-line")
    assert LINE in json.loads(guarded.settings.read_text())["statusLine"]["command"]
    copied(guarded)
    return guarded


def copied(agent):
    text = agent.settings.read_text()
    eventually(lambda: text in [file.read_text() for file in good(agent)], "the daemon has kept it")


@pytest.mark.parametrize("change", [None, {"type": "command", "command": "mine"}], ids=["removed", "another's"])
def test_without_it_nothing_is_damaged(shown, change):
    agent = shown
    now = json.loads(agent.settings.read_text())
    del now["statusLine"]
    put(agent, json.dumps({**now, **({"statusLine": change} if change else {})}))
    copied(agent)
    stays(lambda: agent.findings() == [] and agent.status()["condition"] == "healthy", "all is well")
    assert not agent.entries("--repair")
    before = agent.settings.read_bytes()
    assert "nothing to repair" in agent.run("setup", "--repair", "--yes").stdout
    assert agent.settings.read_bytes() == before


@pytest.mark.parametrize("code, damage", [
    ("settings-keys-gone", lambda text: text.replace('"AWS_REGION"', '"AWS_REGION_OLD"')),
    ("settings-empty", lambda text: "{}"), ("settings-not-json", lambda text: text[:len(text) // 2])])
def test_a_repair_keeps_it(shown, code, damage):
    agent = shown
    before = json.loads(agent.settings.read_text())
    put(agent, damage(agent.settings.read_text()))
    run_fix(agent, found(agent, code))
    assert json.loads(agent.settings.read_text())["statusLine"] == before["statusLine"]
    agent.run("reset", "--yes")
    assert LINE not in agent.settings.read_text()
