"""The whole interactive setup at a real pseudo-terminal, with the real AWS CLI: four people's ways through it."""

import json

import pytest

from aws_home import stamp
from control_agent import COMMAND
from pty_terminal import CTRL_C, DOWN, ENTER, ESC, Terminal

NEWEST = "global.anthropic.claude-opus-4-5-20251101-v1:0"


@pytest.fixture
def walk(build, aws_cli, home, sandbox, tmp_path):
    """Starts `setup` at a terminal."""
    started = []

    def start(*arguments: str, term: str = "xterm", browser: tuple = (), columns: int = 80, **environment: str):
        terminal = Terminal(
            [build / "bedrock-agent", "setup", *arguments],
            home.environment(sandbox.environment, {"BROWSER": sandbox.browser(*browser), "DISPLAY": ":0"},
                             **environment), columns=columns, term=term)
        started.append(terminal)
        return terminal

    yield start
    for terminal in started:
        terminal.end()


@pytest.fixture
def nothing(home):
    """A home without any AWS configuration."""
    home.config.unlink()
    return home


def files(home) -> dict:
    """Every file below the home but what is ours, with its bytes."""
    return {str(path.relative_to(home.path)): path.read_bytes() for path in sorted(home.path.rglob("*"))
            if path.is_file() and ".local/state/bedrock-agent" not in str(path)}


def settings_of(home) -> dict:
    return json.loads((home.path / ".claude" / "settings.json").read_text())


def test_a_first_profile_from_a_start_url(walk, nothing, sandbox, aws):
    home = nothing
    terminal = walk("--no-enable")
    terminal.wait_for("has none yet", "Start URL of the access portal")
    terminal.type(home.start_url)
    terminal.wait_for("In which region is this Identity Center?", "> us-east-1", "recommended")
    terminal.press(ENTER)
    # The sign-in, then what the portal lists, to be chosen.
    terminal.wait_for("signed in to sandbox", "Which account?", "123456789012", "210987654321")
    assert sandbox.url in terminal.text() and "code" in terminal.text()
    terminal.press("1234", ENTER)
    terminal.wait_for("Which role?")
    terminal.press("Dev", ENTER)
    terminal.wait_for("Name of the profile: Dev-123456789012")
    terminal.press("\x15")
    terminal.type("work")
    terminal.wait_for("In which region is Bedrock used?", "> us-east-1")
    terminal.press("us-west-2", ENTER)
    terminal.wait_for("Which model?", f"> {NEWEST}")
    terminal.press(ENTER)
    shown = terminal.wait_for("Apply?")
    for line in ("+[profile work]", "+sso_session = sandbox", "+[sso-session sandbox]", '"AWS_PROFILE": "work"'):
        assert line in shown, shown
    assert not (home.path / ".claude").exists() and not home.config.exists()
    terminal.press(ENTER)
    terminal.wait_for("RESTART REQUIRED")
    assert terminal.wait() == 0
    assert settings_of(home) == {
        "env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work", "AWS_REGION": "us-west-2",
                "ANTHROPIC_MODEL": NEWEST},
        "awsAuthRefresh": "aws sso login --profile work"}
    assert "AccessKeyId" in aws("configure", "export-credentials", "--profile", "work").stdout
    assert len(sandbox.record("StartDeviceAuthorization")) == 1


def test_an_existing_good_profile(walk, home, sandbox, raw):
    home.sign_in(raw)
    terminal = walk("--no-enable")
    shown = terminal.wait_for("Which profile will Claude Code use?", "> work-dev", "Enter takes one")
    for line in ("sso-session corp", "legacy, ends after 8 h", "role through work-dev", "123456789012  Dev"):
        assert line in shown, shown
    terminal.press(ENTER)
    terminal.wait_for("In which region is Bedrock used?", "> us-west-2")
    terminal.press(ENTER)
    terminal.wait_for("signed in to corp", "Which model?")
    terminal.press(DOWN, ENTER)
    terminal.wait_for("Apply?")
    terminal.press(ENTER)
    assert terminal.wait() == 0, terminal.text()
    assert settings_of(home)["awsAuthRefresh"] == COMMAND
    assert settings_of(home)["env"]["ANTHROPIC_MODEL"].startswith("global.anthropic.claude-sonnet-4-5")
    assert sandbox.record("StartDeviceAuthorization", client="aws-cli") == []
    # Again: nothing to change, and nothing to ask at the end.
    terminal = walk("--no-enable")
    for _ in ("profile", "region", "model"):
        terminal.press(ENTER)
    assert "nothing was changed" in terminal.wait_for("all is set")
    assert terminal.wait() == 0


def test_a_legacy_profile_migrated(walk, home, sandbox, aws):
    before = home.config.read_text()
    terminal = walk("--no-enable", "--coalesce")
    terminal.wait_for("Which profile")
    terminal.press("old-profile", ENTER)
    terminal.wait_for("ends after 8 hours", "Rewrite it as an sso-session?")
    terminal.press(ENTER)
    terminal.wait_for("In which region")
    terminal.press(ENTER)
    terminal.wait_for("Which model?")
    terminal.press(ENTER)
    terminal.wait_for("Apply?")
    assert home.config.read_text() == before
    terminal.press(ENTER)
    assert terminal.wait() == 0, terminal.text()
    assert settings_of(home)["awsAuthRefresh"] == "bedrock-agent login --profile old-profile"
    aws("configure", "export-credentials", "--profile", "old-profile")
    status = aws("configure", "get", "sso_session", "--profile", "old-profile")
    assert home.token(status.stdout.strip())["refreshToken"]


WAYS = {
    "new": [("Which profile", "new", ENTER), ("Start URL", "{start_url}", ENTER), ("Identity Center?", ENTER),
            ("Which account?", ENTER), ("Which role?", ENTER), ("Name of the profile", ENTER),
            ("Bedrock used?", ENTER), ("Which model?", ENTER), ("Apply?",)],
    "existing": [("Which profile", ENTER), ("Bedrock used?", ENTER), ("Which model?", ENTER), ("Apply?",)],
    "legacy": [("Which profile", "old-profile", ENTER), ("Rewrite it", ENTER), ("Bedrock used?", ENTER),
               ("Which model?", ENTER), ("Apply?",)],
}


@pytest.mark.parametrize("key", [CTRL_C, ESC], ids=["Ctrl-C", "Esc"])
@pytest.mark.parametrize("way, stop", [(way, stop) for way, steps in WAYS.items() for stop in range(len(steps))])
def test_leaving_at_any_prompt_leaves_every_file_as_it_was(walk, home, raw, key, way, stop):
    (home.path / ".claude").mkdir()
    (home.path / ".claude" / "settings.json").write_bytes(b'{ "model":"opus",\r\n"env":{}}')
    home.sign_in(raw)
    before = files(home)
    terminal = walk("--no-enable")
    for question, *keys in WAYS[way][:stop]:
        terminal.wait_for(question)
        terminal.press(*(text.format(start_url=home.start_url) for text in keys))
    terminal.wait_for(WAYS[way][stop][0])
    terminal.press(key)
    assert terminal.wait() == 130, terminal.text()
    assert "everything is as it was" in terminal.text()
    assert files(home) == before
