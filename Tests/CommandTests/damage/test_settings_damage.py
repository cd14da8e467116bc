"""Settings damaged after `setup`: the daemon reports it once, and the fix that it prints restores them."""

import json
import re
import stat

import pytest

from guarded_settings import MODEL, OURS, TEXT, USERS, begin, found, good, put, run_fix, set_up
from waiting import eventually, stays


DAMAGES = {
    "an empty object": ("settings-empty", lambda text: "{}"),
    "an empty env": ("settings-empty", lambda text: '{"env":{}}\n'),
    "nothing": ("settings-empty", lambda text: ""),
    "half of it": ("settings-not-json", lambda text: text[:len(text) // 2]),
    "a trailing comma": ("settings-not-json", lambda text: text.rstrip()[:-1] + ",}"),
    "a list": ("settings-not-object", lambda text: "[]"),
    "no file": ("settings-gone", None),
    "a state from before": ("settings-keys-gone", lambda text: TEXT),
    "one key": ("settings-keys-gone", lambda text: text.replace('"AWS_REGION"', '"AWS_REGION_OLD"')),
    "Bedrock off": ("settings-keys-gone", lambda text: text.replace('"CLAUDE_CODE_USE_BEDROCK": "1"',
                                                                    '"CLAUDE_CODE_USE_BEDROCK": ""')),
}


@pytest.mark.parametrize(("code", "damage"), DAMAGES.values(), ids=DAMAGES.keys())
def test_each_damage_is_told_once_and_mended_by_what_is_told(guarded, code, damage):
    agent = guarded
    before = agent.settings.read_text()
    eventually(lambda: [file.read_text() for file in good(agent)] == [before], "the copy")
    if damage:
        put(agent, damage(before))
    else:
        agent.settings.unlink()
    finding = found(agent, code)
    assert finding["fix"] == "bedrock-agent setup --repair" and str(agent.settings) in finding["message"]
    agent.control("Reload")
    stays(lambda: len(agent.entries("setup --repair")) == 1, "told once", seconds=1)
    # Without a daemon, the same is reported.
    shown = agent.run("setup", "--repair", "--dry-run").stdout
    assert "users-own-secret" not in shown and "dry run" in shown
    run_fix(agent, finding)
    agent.wait_until("healthy")
    eventually(lambda: agent.findings() == [], "no finding")
    now = json.loads(agent.settings.read_text())
    assert all(now[key] == value for key, value in json.loads(before).items() if key != "env")
    assert {key: now["env"][key] for key in json.loads(before)["env"]} == json.loads(before)["env"]
    if code != "settings-keys-gone":
        assert agent.settings.read_text() == before, "to the byte"
    assert "nothing to repair" in agent.run("setup", "--repair", "--yes").stdout


def test_what_was_broken_is_kept(guarded):
    agent = guarded
    put(agent, '{"theme": "light", }')
    finding = found(agent, "settings-not-json")
    said = run_fix(agent, finding).stdout
    backup = re.search(r"backup +(\S+)", said)[1]
    with open(backup) as file:
        assert file.read() == '{"theme": "light", }'


def test_the_copy_is_of_the_last_good_state(guarded):
    """What the user and Claude Code have changed since `setup` is restored too."""
    agent = guarded
    changed = json.loads(agent.settings.read_text())
    changed["env"]["ANTHROPIC_MODEL"] = "global.anthropic.claude-opus-5"
    changed["outputStyle"] = "terse"
    put(agent, json.dumps(changed))
    eventually(lambda: [json.loads(file.read_text()) for file in good(agent)] == [changed], "the new copy")
    [copy] = good(agent)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert agent.findings() == []
    put(agent, "{}")
    run_fix(agent, found(agent, "settings-empty"))
    assert json.loads(agent.settings.read_text()) == changed


def test_the_copy_is_what_counts_after_a_repair_too(guarded):
    """The backup made by a repair is newer than the daemon's copy, but damaged."""
    whole = guarded.settings.read_text().replace(MODEL, "chosen-since")
    put(guarded, whole)
    eventually(lambda: [file.read_text() for file in good(guarded)] == [whole], "the daemon has kept it")
    lost = json.loads(whole)
    last = list(lost)[-1]
    assert last == "awsAuthRefresh", last
    put(guarded, whole[:whole.rindex(",", 0, whole.rindex(f'"{last}"'))] + "\n}\n")
    run_fix(guarded, found(guarded, "settings-keys-gone"))
    assert guarded.settings.read_text() == whole
    put(guarded, "{}")
    run_fix(guarded, found(guarded, "settings-empty"))
    assert guarded.settings.read_text() == whole


def test_a_value_that_is_there_stays(guarded):
    agent = guarded
    before = json.loads(agent.settings.read_text())
    put(agent, json.dumps({"theme": "light", "env": {"MY_TOKEN": "another", "NEW": "1"}}))
    run_fix(agent, found(agent, "settings-keys-gone"))
    assert json.loads(agent.settings.read_text()) == {
        **before, "theme": "light", "env": {**before["env"], "MY_TOKEN": "another", "NEW": "1"}}


def test_without_any_copy_ours_come_back(agent, home, raw):
    """The daemon never ran: our keys are in the record, the user's settings in the backup from before `setup`."""
    home.sign_in(raw)
    agent.settings.parent.mkdir()
    agent.settings.write_text(TEXT)
    set_up(agent)
    for file in good(agent):
        file.unlink()
    agent.settings.write_text("{")
    assert "--repair" in json.dumps(json.loads(agent.run("status", "--json", check=False).stdout)["findings"])
    agent.run("setup", "--repair", "--yes")
    now = json.loads(agent.settings.read_text())
    assert now["env"] == {"MY_TOKEN": "users-own-secret", **OURS} and now["hooks"] == USERS["hooks"]
    assert now["awsAuthRefresh"] == "aws sso login --profile work-dev"


def test_what_setup_never_wrote_is_not_repaired(agent):
    agent.use()
    result = agent.run("setup", "--repair", "--yes", check=False)
    assert result.returncode == 1 and "bedrock-agent setup" in result.stderr
    agent.settings.write_text("{}")
    findings = json.loads(agent.run("status", "--json", check=False).stdout)["findings"]
    assert "settings-empty" in [finding["code"] for finding in findings]
    assert "--repair" not in json.dumps(findings)


@pytest.mark.parametrize("damage", ["the link is gone", "a plain file is there", "the link leads nowhere"])
def test_settings_behind_a_link(agent, home, raw, damage):
    """As with a folder of dotfiles. Claude Code has been seen to delete the link."""
    real = home.path / "dotfiles" / "claude.json"
    real.parent.mkdir()
    real.write_text(TEXT)
    agent.settings.parent.mkdir()
    agent.settings.symlink_to(real)
    begin(agent, home, raw)
    before = agent.settings.read_text()
    if damage == "the link leads nowhere":
        real.unlink()
    else:
        agent.settings.unlink()
    if damage == "a plain file is there":
        put(agent, "{}")
    finding = found(agent, "settings-empty" if damage == "a plain file is there" else "settings-gone")
    run_fix(agent, finding)
    agent.wait_until("healthy")
    eventually(lambda: agent.findings() == [], "no finding")
    assert agent.settings.read_text() == before
    assert agent.settings.is_symlink() == (damage != "a plain file is there")
