"""`setup --guard`: a profile that other programs use is guarded from then on; `reset` takes back exactly that."""

import json

import pytest

from waiting import eventually

MODEL = "global.anthropic.claude-sonnet-4-5-20250929-v1:0"
ODD = '{ "signIn" : "ask",\r\n\n"notify":\t"x" , "profiles":[ "old-profile" ]   }'


def guard(agent, profile="work-dev", *more, status=0, **exported):
    result = agent.run("setup", "--guard", profile, "--yes", *more, check=False, **exported)
    assert result.returncode == status, result.stdout + result.stderr
    return result.stdout + result.stderr


def set_up(agent, **exported):
    agent.run("setup", "--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--yes", "--no-enable",
              "--no-login", **exported)


def config(agent):
    return json.loads(agent.config.read_text())


def test_the_first_one(agent, signed_in):
    agent.start(claude=False)
    said = guard(agent)
    assert config(agent) == {"profiles": ["work-dev"]}
    assert not agent.settings.exists() and not agent.settings.parent.exists()
    assert '+  "profiles": ["work-dev"]' in said and "bedrock-agent reset --guard work-dev" in said
    assert "Sign in:" not in said and "RESTART" not in said
    # The daemon hears of it by itself.
    agent.wait_until("healthy")
    assert agent.session()["profiles"] == ["work-dev"]


def test_who_has_no_token_is_told_how_to_sign_in(agent):
    assert "Sign in:           bedrock-agent login --profile chained" in guard(agent, "chained")


def test_everything_else_stays_byte_for_byte(agent):
    agent.config.parent.mkdir(parents=True)
    agent.config.write_bytes(ODD.encode())
    guard(agent)
    assert agent.config.read_bytes() == ODD.replace('[ "old-profile" ]', '["old-profile", "work-dev"]').encode()
    guard(agent, "work-unscoped")
    assert config(agent)["profiles"] == ["old-profile", "work-dev", "work-unscoped"]
    # One goes; then all that was added.
    agent.run("reset", "--guard", "work-dev", "--yes")
    assert config(agent)["profiles"] == ["old-profile", "work-unscoped"]
    agent.run("reset", "--yes")
    assert config(agent) == json.loads(ODD)
    agent.run("reset", "--guard", "old-profile", "--yes")
    assert config(agent) == {"signIn": "ask", "notify": "x"}


def test_again_changes_nothing(agent):
    guard(agent)
    before = agent.config.stat().st_mtime_ns, agent.config.read_bytes()
    said = guard(agent)
    assert "already guarded" in said and "nothing was changed" in said
    assert (agent.config.stat().st_mtime_ns, agent.config.read_bytes()) == before


def test_what_would_change_is_only_shown(agent):
    said = guard(agent, "work-dev", "--dry-run")
    assert '+  "profiles": ["work-dev"]' in said and "nothing was written" in said
    assert not agent.config.exists() and not agent.state.exists()


def test_nobody_can_be_asked(agent):
    result = agent.run("setup", "--guard", "work-dev", check=False)
    assert result.returncode == 1 and "pass --yes" in result.stderr and not agent.config.exists()


@pytest.mark.parametrize("profile, words", [
    ("work-dve", ['no profile "work-dve"', '"work-dev"']),
    ("work-keys", ['profile "work-keys" uses access keys', "no session to guard", '"work-dev"']),
    ("keys-only", ['profile "work-keys" uses access keys', "no session to guard"]),
    ("lost", ["source_profile", "does not exist"]),
])
def test_what_has_no_session_is_refused(agent, home, profile, words):
    home.config.write_text(home.config.read_text() + """
[profile work-keys]
aws_access_key_id = a
aws_secret_access_key = b

[profile keys-only]
role_arn = arn:aws:iam::210987654321:role/Deploy
source_profile = work-keys

[profile lost]
role_arn = arn:aws:iam::210987654321:role/Deploy
source_profile = nowhere
""")
    said = guard(agent, profile, status=1)
    assert all(word in said for word in words), said
    assert not agent.config.exists() and not agent.state.exists()


@pytest.mark.parametrize("text, words", [
    ("{", "config.json"), ('{"profiles": "work-dev"}', "key profiles"), ('{"profils": []}', "did you mean profiles?"),
])
def test_a_config_that_is_wrong_is_left_alone(agent, text, words):
    agent.config.parent.mkdir(parents=True)
    agent.config.write_text(text)
    assert words in guard(agent, status=1)
    assert agent.config.read_text() == text


@pytest.mark.parametrize("other", [
    ["--profile", "work-dev"], ["--region", "us-west-2"], ["--model", "x"], ["--repair"], ["--json"], ["--coalesce"],
    ["--status-line"], ["--device-code"], ["--force"],
])
def test_it_stands_alone(agent, other):
    assert "--guard" in guard(agent, "work-dev", *other, status=64)


# Back


def test_reset_takes_back_exactly_that(agent):
    guard(agent)
    said = agent.run("reset", "--yes").stdout
    # No folder is left that was made for it.
    assert not agent.config.parent.exists() and "RESTART" not in said and "Claude" not in said
    assert "nothing to undo" in agent.run("reset", "--yes").stdout


def test_reset_takes_back_both(agent, home):
    set_up(agent)
    guard(agent, "work-unscoped")
    agent.run("reset", "--yes")
    assert not agent.config.exists() and not agent.settings.exists()


def test_one_is_taken_out_beside_claude_code(agent):
    set_up(agent)
    guard(agent, "work-unscoped")
    before = agent.settings.read_bytes()
    said = agent.run("reset", "--guard", "work-unscoped", "--yes").stdout
    assert not agent.config.exists() and agent.settings.read_bytes() == before and "RESTART" not in said
    agent.run("reset", "--yes")
    assert not agent.settings.exists()


def test_what_is_not_guarded_cannot_be_taken_out(agent):
    guard(agent)
    result = agent.run("reset", "--guard", "work-dve", "--yes", check=False)
    assert result.returncode == 1 and 'did you mean "work-dev"?' in result.stderr and config(agent)
    assert "cannot be combined" in agent.run("reset", "--guard", "x", "--command-only", check=False).stderr


def test_it_outlives_the_reset_of_one_of_two_folders(agent, home):
    other = home.path / "second claude"
    set_up(agent)
    set_up(agent, CLAUDE_CONFIG_DIR=str(other))
    guard(agent, "work-unscoped")
    agent.run("reset", "--yes", CLAUDE_CONFIG_DIR=str(other))
    assert config(agent) == {"profiles": ["work-unscoped"]}


# Where the shell is not as the daemon's


def test_what_the_shell_exports_is_kept(agent, home, signed_in):
    """The daemon finds the profile where this shell has it, whichever of Claude Code's folders it names."""
    elsewhere = home.path / "aws-config"
    home.config.rename(elsewhere)
    agent.start(claude=False)
    guard(agent, AWS_CONFIG_FILE=str(elsewhere), CLAUDE_CONFIG_DIR=str(home.path / "second"))
    eventually(lambda: agent.status()["sessions"], f"guarded {agent.status()}")
    agent.run("reset", "--yes")
    assert not list((agent.state / "exported").glob("*"))


def test_it_says_how_to_start_the_daemon_where_no_manager_does(agent):
    assert "nohup bedrock-agent daemon" in guard(agent)
    assert "nohup" not in guard(agent, "work-unscoped", "--no-enable")
