"""Settings that break after setup: the daemon says so once, and the fix that it prints brings them back."""

import json
import re
import shlex
import stat
import threading

import pytest

from waiting import eventually, stays

MODEL = "global.anthropic.claude-opus-4-8"
USERS = {"hooks": {"Stop": [{"command": "echo \u00e9"}]}, "permissions": {"allow": ["Bash(ls)"]}, "theme": "dark"}
OURS = {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "AWS_REGION": "us-west-2", "ANTHROPIC_MODEL": MODEL}
TEXT = json.dumps({"theme": "dark", "env": {"MY_TOKEN": "users-own-secret"}, **USERS}, indent=4) + "\n"


@pytest.fixture
def guarded(agent, home, raw):
    """A daemon that guards a session, with settings that setup wrote among those of the user."""
    home.sign_in(raw)
    agent.settings.parent.mkdir()
    agent.settings.write_text(TEXT)
    set_up(agent)
    agent.start()
    agent.wait_until("healthy")
    return agent


def set_up(agent, *more):
    choice = more or ("--profile", "work-dev", "--region", "us-west-2", "--model", MODEL)
    agent.run("setup", *choice, "--yes", "--no-login", "--no-enable")


def good(agent) -> list:
    return list((agent.state / "good").glob("settings-*.json"))


def put(agent, text: str):
    """As Claude Code writes: whole, by a new name."""
    new = agent.settings.with_suffix(".json.tmp")
    new.write_text(text)
    new.rename(agent.settings)


def found(agent, code: str) -> dict:
    """Waits for the only finding; returns it."""
    def only():
        findings = agent.status()["findings"]
        return findings if [finding["code"] for finding in findings] == [code] else None

    try:
        return eventually(only, f"{code}, and no other finding", seconds=30)[0]
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
    # Without a daemon the same is told.
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
    """What the user and Claude Code have changed since setup comes back too."""
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
    """What was displaced by a repair is newer, and damaged."""
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
    """The daemon never ran: our keys are in the record, the user's in the backup from before."""
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
    """As in a folder of dotfiles; a worker has been seen to delete the link."""
    home.sign_in(raw)
    real = home.path / "dotfiles" / "claude.json"
    real.parent.mkdir()
    real.write_text(TEXT)
    agent.settings.parent.mkdir()
    agent.settings.symlink_to(real)
    set_up(agent)
    agent.start()
    agent.wait_until("healthy")
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


# What is no damage


def test_another_order_and_spacing(guarded):
    agent = guarded
    text = agent.settings.read_text()
    for turn in range(100):
        put(agent, reordered(text, turn))
    agent.control("Reload")
    assert agent.findings() == [] and agent.status()["condition"] == "healthy"
    assert agent.entries("settings") == []


def test_writes_in_place_that_are_seen_half_done(guarded):
    """As editors do: emptied, then written, again and again; the last state is whole."""
    agent = guarded
    text = agent.settings.read_text()
    stop = threading.Event()

    def write():
        turn = 0
        while not stop.is_set():
            with agent.settings.open("w") as file:
                for piece in re.findall(r"(?s).{1,40}", reordered(text, turn)):
                    file.write(piece)
                    file.flush()
            turn += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        stays(lambda: agent.findings() == [] and agent.status()["condition"] == "healthy", "all is well", seconds=8)
    finally:
        stop.set()
        writer.join()
    assert agent.entries("--repair") == [] and agent.entries("no longer") == []
    [copy] = good(agent)
    assert json.loads(copy.read_text()) == json.loads(text)


def test_another_profile_model_and_command_are_choices(guarded):
    agent = guarded
    changed = json.loads(agent.settings.read_text())
    changed["env"].update(AWS_PROFILE="no-bedrock", AWS_REGION="eu-west-1", ANTHROPIC_MODEL="x")
    changed["awsAuthRefresh"] = "aws sso login --profile no-bedrock"
    put(agent, json.dumps(changed))
    agent.run("approve", "--yes")
    eventually(lambda: agent.status()["claude"]["profile"] == "no-bedrock", "the other profile")
    eventually(lambda: agent.findings() == [], "no finding")
    assert not agent.entries("--repair")


def test_reset_is_none(guarded):
    agent = guarded
    agent.run("reset", "--yes")
    assert agent.settings.read_text() == TEXT
    eventually(lambda: agent.status()["condition"] == "unguarded", "nothing is guarded")
    stays(lambda: not agent.entries("--repair"), "no damage is told")
    assert "--repair" not in json.dumps(agent.status()["findings"])


# The profile


def test_a_profile_that_was_renamed(guarded, home):
    agent = guarded
    eventually(lambda: "claudeProfile" in json.loads((agent.state / "state.json").read_text()), "its role is noted")
    home.config.write_text(home.config.read_text().replace("[profile work-dev]", "[profile corp-dev]").replace(
        "source_profile = work-dev", "source_profile = corp-dev"))
    finding = found(agent, "no-such-profile")
    assert finding["fix"] == "bedrock-agent setup --repair"
    result = agent.run("setup", "--repair", "--yes", check=False)
    assert result.returncode == 1
    offered = [line.split()[0] for line in result.stdout.splitlines() if line.startswith("  ")]
    assert offered == ["corp-dev"], result.stdout
    assert result.stderr.endswith("bedrock-agent setup --profile corp-dev\n")
    set_up(agent, "--profile", "corp-dev")
    agent.wait_until("healthy")
    eventually(lambda: agent.findings() == [], "no finding")


def test_a_profile_without_a_session_is_no_damage(agent, home):
    """setup writes no awsAuthRefresh for one, so that none is missed."""
    with home.config.open("a") as config:
        config.write("\n[profile keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = example\n")
    agent.settings.unlink(missing_ok=True)
    set_up(agent, "--profile", "keys", "--region", "us-west-2", "--model", MODEL)
    assert "awsAuthRefresh" not in json.loads(agent.settings.read_text())
    agent.start()
    agent.wait_until("unguarded")
    stays(lambda: [finding["code"] for finding in agent.status()["findings"]] == ["unguarded"], "no damage", seconds=7,
          every=0.5)
