"""Changes of guarded settings that are not damage: another order, other values, `reset`, another profile."""

import json
import re
import threading

from guarded_settings import MODEL, TEXT, found, good, put, reordered, set_up
from waiting import eventually, stays


def test_another_order_and_spacing(guarded):
    agent = guarded
    text = agent.settings.read_text()
    for turn in range(100):
        put(agent, reordered(text, turn))
    agent.control("Reload")
    assert agent.findings() == [] and agent.status()["condition"] == "healthy"
    assert agent.entries("settings") == []


def test_writes_in_place_that_are_seen_half_done(guarded):
    """As editors do: the file is truncated and then written, again and again; the last state is complete."""
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
            stop.wait(0.1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        stays(lambda: agent.findings() == [] and agent.status()["condition"] == "healthy", "all is well", seconds=8)
    finally:
        stop.set()
        writer.join()
    assert agent.entries("--repair") == [] and agent.entries("resolved:") == []
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
    """For such a profile, `setup` writes no awsAuthRefresh, so none is missing."""
    with home.config.open("a") as config:
        config.write("\n[profile keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = example\n")
    agent.settings.unlink(missing_ok=True)
    set_up(agent, "--profile", "keys", "--region", "us-west-2", "--model", MODEL)
    assert "awsAuthRefresh" not in json.loads(agent.settings.read_text())
    agent.start()
    agent.wait_until("unguarded")
    stays(lambda: [finding["code"] for finding in agent.status()["findings"]] == ["unguarded"], "no damage", seconds=7,
          every=0.5)
