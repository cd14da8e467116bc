"""Several folders of Claude Code's (`CLAUDE_CONFIG_DIR`) with a profile each: all that were set up are guarded."""

import json

import pytest

from waiting import eventually

MODEL = "global.anthropic.claude-sonnet-4-5-20250929-v1:0"


@pytest.fixture
def other(agent, home, raw):
    """Sets up a second folder, which the daemon knows only by what `setup` wrote."""
    home.add_second_employer("eu-west-1")
    home.sign_in(raw)
    home.sign_in(raw, "globex")
    # The usual folder is there, and not used with Bedrock.
    agent.settings.parent.mkdir()
    agent.settings.write_text('{"theme": "dark"}')
    folder = home.path / "globex claude"
    set_up(agent, folder, "globex-dev")
    return folder


def set_up(agent, folder, profile, **exported):
    agent.run("setup", "--profile", profile, "--region", "eu-west-1", "--model", MODEL, "--yes", "--no-enable",
              "--no-login", **at(folder), **exported)


def at(folder) -> dict[str, str]:
    return {"CLAUDE_CONFIG_DIR": str(folder)} if folder else {}


def status(agent, folder=None, **exported) -> dict:
    return json.loads(agent.run("status", "--json", check=False, **at(folder), **exported).stdout)


def session(agent, name) -> dict:
    return next(session for session in status(agent)["sessions"] if session["name"] == name)


def names(status) -> list[str]:
    return sorted(session["name"] for session in status["sessions"])


def codes(status) -> set[str]:
    return {finding["code"] for finding in status["findings"]}


def test_setup_names_the_folder_for_the_daemon(agent, other):
    assert json.loads(agent.config.read_text()) == {"claudeFolders": [str(other)]}
    # Again, nothing changes.
    assert "nothing was changed" in agent.run(
        "setup", "--profile", "globex-dev", "--region", "eu-west-1", "--model", MODEL, "--yes", "--no-enable",
        "--no-login", **at(other)).stdout


def test_each_is_guarded_and_each_status_speaks_of_its_own(agent, other):
    set_up(agent, None, "work-dev")
    agent.start()
    mine, theirs = status(agent), status(agent, other)
    assert names(mine) == names(theirs) == ["corp", "globex"]
    assert (mine["claude"]["profile"], theirs["claude"]["profile"]) == ("work-dev", "globex-dev")
    assert mine["condition"] == theirs["condition"] == "healthy" and not codes(mine) | codes(theirs)
    # One of them is broken: the other is none the worse.
    (other / "settings.json").write_text('{"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "ghost"}}')
    eventually(lambda: "no-such-profile" in codes(status(agent, other)), "ghost is told")
    assert status(agent, other)["condition"] == "misconfigured"
    assert status(agent)["condition"] == "healthy" and not codes(status(agent))
    fixes = [finding["fix"] for finding in status(agent, other)["findings"]]
    assert any("bedrock-agent" in fix for fix in fixes)
    assert all(f"CLAUDE_CONFIG_DIR='{other}' bedrock-agent" in fix for fix in fixes if "bedrock-agent" in fix), fixes
    # Without a folder the daemon tells all.
    assert agent.control("GetStatus")["status"]["condition"] == "misconfigured"


@pytest.mark.parametrize("is_other", [False, True])
def test_each_command_speaks_of_the_folder_that_it_is_called_for(agent, home, other, is_other):
    set_up(agent, None, "work-dev")
    folder, name, profile = (other, "globex", "globex-dev") if is_other else (None, "corp", "work-dev")

    def said(*command: str) -> str:
        result = agent.run(*command, check=False, **at(folder))
        return result.stdout + result.stderr

    assert f"signed in to {name}:" in said("login", "--if-needed")
    assert f"{name} " in said("cover", "1min", "--check")
    assert f"--profile {profile}" in said("approve", "--yes")
    assert profile in next(check["message"] for check in json.loads(said("doctor", "--offline", "--json"))["checks"]
                           if check["code"] == "profile")
    assert f"{profile} already uses {name}" in said("migrate", "--yes", "--no-login")
    home.token_file(name).unlink()
    assert f"nobody is signed in to {name}: bedrock-agent login --profile {profile}" in said("credentials")


def test_a_folder_alone(agent, other):
    agent.start()
    assert status(agent, other)["condition"] == "healthy" and names(status(agent, other)) == ["globex"]
    # Nobody uses the usual one: that is no fault of the daemon's, but true for whoever asks about it.
    assert agent.control("GetStatus")["status"]["condition"] == "healthy"
    assert status(agent)["condition"] == "unguarded" and "unguarded" in codes(status(agent))


def test_each_is_refreshed(agent, home, other):
    set_up(agent, None, "work-dev")
    home.age_token(left=600, key="globex")
    agent.start()
    eventually(lambda: session(agent, "globex").get("lastRefresh", {}).get("result") == "ok", "refreshed")


def test_each_is_signed_in(agent, home, other, sandbox):
    set_up(agent, None, "work-dev")
    sandbox.revoke()
    home.age_token(left=1202, key="globex")
    agent.start()
    eventually(lambda: session(agent, "globex").get("lastSignIn", {}).get("result") == "ok", "signed in")


def test_a_folder_that_nobody_set_up(agent, home, other):
    agent.start()
    folder = home.path / "third"
    folder.mkdir()
    (folder / "settings.json").write_text(json.dumps(
        {"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev"}}))
    told = status(agent, folder)
    assert told["daemon"]["running"] and told["claude"]["profile"] == "work-dev"
    finding = next(finding for finding in told["findings"] if finding["code"] == "folder-unguarded")
    assert finding["fix"] == f"CLAUDE_CONFIG_DIR={folder} bedrock-agent setup"
    set_up(agent, folder, "work-dev")
    eventually(lambda: codes(status(agent, folder)) == set(), "guarded")


def test_reset_undoes_its_own(agent, home, other):
    home_before = home.config.read_text()
    set_up(agent, None, "work-dev")
    agent.start()
    assert "globex claude" in agent.run("reset", "--yes").stdout
    assert home.claude_settings() == {"theme": "dark"}
    assert json.loads((other / "settings.json").read_text())["env"]["AWS_PROFILE"] == "globex-dev"
    eventually(lambda: names(status(agent, other)) == ["globex"], "only the other one is guarded")
    assert status(agent, other)["condition"] == "healthy" and not codes(status(agent, other))
    # The last one takes the rest with it.
    agent.run("reset", "--yes", **at(other))
    assert not other.exists() and not agent.config.exists() and home.config.read_text() == home_before


def test_reset_of_another_one(agent, home, other):
    set_up(agent, None, "work-dev")
    agent.run("reset", "--yes", **at(other))
    assert not other.exists() and not agent.config.exists()
    assert home.claude_settings()["env"]["AWS_PROFILE"] == "work-dev"
    agent.run("reset", "--yes")
    assert home.claude_settings() == {"theme": "dark"}


def test_a_config_that_cannot_be_read_changes_nothing(agent, other):
    agent.start()
    agent.config.write_text("{")
    eventually(lambda: "config-wrong" in codes(status(agent, other)), "told")
    assert names(status(agent, other)) == ["globex"]


def test_two_sessions_of_one_name(agent, home, other):
    """The AWS tools keep one token for both."""
    set_up(agent, None, "work-dev")
    config = home.path / "other-config"
    config.write_text(home.config.read_text().replace("sso_region = us-east-1", "sso_region = eu-west-1"))
    settings = json.loads((other / "settings.json").read_text())
    settings["env"].update(AWS_CONFIG_FILE=str(config), AWS_PROFILE="work-dev")
    (other / "settings.json").write_text(json.dumps(settings))
    agent.start()
    assert "session-twice" in codes(status(agent, other))
    assert "session-twice" not in codes(status(agent))
