"""What is only exported in a shell: the daemon has another environment."""

import json

import pytest

from waiting import eventually

MODEL = "global.anthropic.claude-sonnet-4-5-20250929-v1:0"
FLAGS = ("--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--yes", "--no-enable", "--no-login")


@pytest.fixture
def moved(agent, home, raw):
    """The AWS config is where only AWS_CONFIG_FILE says."""
    home.sign_in(raw)
    return {"AWS_CONFIG_FILE": str(home.config.rename(home.path / "aws config"))}


def status(agent, **exported) -> dict:
    return json.loads(agent.run("status", "--json", check=False, **exported).stdout)


def finding(status, code) -> dict | None:
    return next((finding for finding in status["findings"] if finding["code"] == code), None)


def test_setup_keeps_it_for_the_daemon(agent, moved):
    assert "kept for the daemon as this shell exports them: AWS_CONFIG_FILE" in agent.run("setup", *FLAGS, **moved).stdout
    agent.start()
    told = status(agent, **moved)
    assert told["condition"] == "healthy" and not told["findings"]
    assert "nothing was changed" in agent.run("setup", *FLAGS, **moved).stdout


def test_setup_beside_a_daemon_that_runs_already(agent, moved):
    agent.settings.parent.mkdir()
    agent.settings.write_text('{"theme": "dark"}')
    agent.start()
    assert status(agent)["condition"] == "unguarded"
    agent.run("setup", *FLAGS, **moved)
    eventually(lambda: status(agent, **moved)["condition"] == "healthy", "it has read what was kept")


def test_a_proxy_with_a_password(agent, home, raw):
    """It is used, and told nowhere."""
    home.sign_in(raw)
    home.age_token(left=600)
    proxy = "http://user:s3cret@127.0.0.1:1"
    said = agent.run("setup", *FLAGS, HTTPS_PROXY=proxy, http_proxy=proxy)
    assert "HTTPS_PROXY" in said.stdout and "s3cret" not in said.stdout + said.stderr
    agent.start()
    eventually(lambda: status(agent)["sessions"][0]["condition"] == "offline", "the proxy is asked")
    assert "s3cret" not in agent.journal() + json.dumps(status(agent))
    kept = list((agent.state / "exported").iterdir())
    assert [file.stat().st_mode & 0o777 for file in kept] == [0o600]
    # Without it in the shell, setup forgets it.
    assert "HTTPS_PROXY" not in agent.run("setup", *FLAGS).stdout
    agent.control("Refresh")
    eventually(lambda: status(agent)["condition"] == "healthy", "refreshed")


def test_what_was_exported_before_setup_was_run(agent, home, raw):
    """Bedrock and the profile by the shell alone: whoever asks is told what the daemon misses."""
    home.sign_in(raw)
    agent.settings.parent.mkdir()
    agent.settings.write_text("{}\n")
    agent.start()
    exported = {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev"}
    told = finding(status(agent, **exported), "environment-differs")
    assert "CLAUDE_CODE_USE_BEDROCK and AWS_PROFILE are exported here" in told["message"]
    assert "no Bedrock" in told["message"]
    assert told["fix"].startswith("bedrock-agent setup --profile work-dev,")
    agent.run("setup", *FLAGS, **exported)
    eventually(lambda: not finding(status(agent, **exported), "environment-differs"), "it is guarded")


def test_another_config_file_in_this_shell(agent, home, raw):
    home.sign_in(raw)
    agent.run("setup", *FLAGS)
    agent.start()
    other = home.path / "other-config"
    other.write_text(home.config.read_text().replace("corp", "globex"))
    told = finding(status(agent, AWS_CONFIG_FILE=str(other)), "environment-differs")
    assert "AWS_CONFIG_FILE is exported here" in told["message"] and "session globex" in told["message"]
    doctor = agent.run("doctor", check=False, AWS_CONFIG_FILE=str(other)).stdout
    assert "AWS_CONFIG_FILE is exported here" in doctor
    assert not finding(status(agent), "environment-differs")


def test_what_the_settings_set_is_no_difference(agent, home, raw):
    home.sign_in(raw)
    agent.run("setup", *FLAGS)
    agent.start()
    told = status(agent, AWS_PROFILE="no-bedrock", CLAUDE_CODE_USE_BEDROCK="0")
    assert told["condition"] == "healthy" and not told["findings"]
