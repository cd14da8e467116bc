"""The whole interactive setup at a real pseudo-terminal, with the real AWS CLI: four people's ways through it."""

import re
import signal
import subprocess

import pytest

from control_agent import COMMAND
from pty_terminal import CTRL_C, DOWN, ENTER, ESC, Terminal
from waiting import eventually

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


def test_a_first_profile_from_a_start_url(walk, nothing, sandbox, aws):
    home = nothing
    terminal = walk("--no-enable")
    terminal.wait_for("no profiles yet", "of your access portal", "Start URL:")
    terminal.type(home.start_url)
    terminal.wait_for("Which region is your Identity Center in?", "> us-east-1", "recommended")
    terminal.press(ENTER)
    # The sign-in, then what the portal lists, to be chosen.
    terminal.wait_for("signed in to sandbox", "Which account?", "123456789012", "210987654321")
    assert sandbox.url in terminal.text() and "code" in terminal.text()
    terminal.press("1234", ENTER)
    terminal.wait_for("Which role?")
    terminal.press("Dev", ENTER)
    terminal.wait_for("Profile name: Dev-123456789012")
    terminal.press("\x15")
    terminal.type("work")
    terminal.wait_for("Which region do you use Bedrock in?", "> us-east-1")
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
    assert home.claude_settings() == {
        "env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work", "AWS_REGION": "us-west-2",
                "ANTHROPIC_MODEL": NEWEST},
        "awsAuthRefresh": "aws sso login --profile work"}
    assert "AccessKeyId" in aws("configure", "export-credentials", "--profile", "work").stdout
    assert len(sandbox.record("StartDeviceAuthorization")) == 1


def test_an_existing_good_profile(walk, home, sandbox, raw):
    home.sign_in(raw)
    terminal = walk("--no-enable")
    shown = terminal.wait_for("Which profile should Claude Code use?", "> work-dev", "Enter selects")
    for line in ("sso-session corp", "legacy, expires after 8 h", "role via work-dev", "123456789012  Dev"):
        assert line in shown, shown
    terminal.press(ENTER)
    terminal.wait_for("Which region do you use Bedrock in?", "> us-west-2")
    terminal.press(ENTER)
    terminal.wait_for("signed in to corp", "Which model?")
    terminal.press(DOWN, ENTER)
    terminal.wait_for("Apply?")
    terminal.press(ENTER)
    assert terminal.wait() == 0, terminal.text()
    assert home.claude_settings()["awsAuthRefresh"] == COMMAND
    assert home.claude_settings()["env"]["ANTHROPIC_MODEL"].startswith("global.anthropic.claude-sonnet-4-5")
    assert sandbox.record("StartDeviceAuthorization", client="aws-cli") == []
    # Again: nothing to change, and nothing to ask at the end.
    terminal = walk("--no-enable")
    for _ in ("profile", "region", "model"):
        terminal.press(ENTER)
    assert "nothing was changed" in terminal.wait_for("Everything is already set up")
    assert terminal.wait() == 0


def test_a_legacy_profile_migrated(walk, home, sandbox, aws):
    before = home.config.read_text()
    terminal = walk("--no-enable", "--coalesce")
    terminal.wait_for("Which profile")
    terminal.press("old-profile", ENTER)
    terminal.wait_for("expires after 8 hours", "Convert it to an sso-session?")
    terminal.press(ENTER)
    terminal.wait_for("In which region")
    terminal.press(ENTER)
    terminal.wait_for("Which model?")
    terminal.press(ENTER)
    terminal.wait_for("Apply?")
    assert home.config.read_text() == before
    terminal.press(ENTER)
    assert terminal.wait() == 0, terminal.text()
    assert home.claude_settings()["awsAuthRefresh"] == "bedrock-agent login --profile old-profile"
    aws("configure", "export-credentials", "--profile", "old-profile")
    status = aws("configure", "get", "sso_session", "--profile", "old-profile")
    assert home.token(status.stdout.strip())["refreshToken"]


WAYS = {
    "new": [("Which profile", "new", ENTER), ("Start URL", "{start_url}", ENTER), ("Identity Center?", ENTER),
            ("Which account?", ENTER), ("Which role?", ENTER), ("Profile name", ENTER),
            ("Bedrock used?", ENTER), ("Which model?", ENTER), ("Apply?",)],
    "existing": [("Which profile", ENTER), ("Bedrock used?", ENTER), ("Which model?", ENTER), ("Apply?",)],
    "legacy": [("Which profile", "old-profile", ENTER), ("Rewrite it", ENTER), ("Bedrock used?", ENTER),
               ("Which model?", ENTER), ("Apply?",)],
}


@pytest.mark.parametrize(
    "way, stop, key",
    [(way, stop, key) for way, steps in WAYS.items() for stop in range(len(steps))
     for key in ([CTRL_C, ESC] if way == "new" else [CTRL_C])])
def test_leaving_at_any_prompt_leaves_every_file_as_it_was(walk, home, raw, way, stop, key):
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
    assert "Nothing was changed." in terminal.text()
    assert files(home) == before


def test_leaving_in_the_middle_of_the_sign_in(walk, home, sandbox):
    """The page is open and nobody has pressed anything."""
    before = files(home)
    terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--no-enable", browser=("--look",))
    terminal.wait_for("sign-in", sandbox.url, "code")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130, terminal.text()
    assert "Nothing was changed." in terminal.text()
    after = files(home)
    # The CLI keeps its client registration; it stands for nobody, and was not there before.
    assert after == before


def test_leaving_after_a_sign_in_that_another_asked_for(walk, build, home, sandbox):
    """What it signed in to stays: somebody waits for it."""
    login = subprocess.Popen(
        [build / "bedrock-agent", "login", "--profile", "work-dev"], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=home.environment(sandbox.environment, {"BROWSER": sandbox.browser("--look"), "DISPLAY": ":0"}))
    try:
        eventually(lambda: sandbox.record("StartDeviceAuthorization"), "it signs in")
        terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--no-enable", browser=("--look",))
        terminal.wait_for(sandbox.url, "code")
        sandbox.approve()
        terminal.wait_for("signed in to corp", "Which model?")
        assert login.wait(timeout=60) == 0
        assert len(sandbox.record("StartDeviceAuthorization")) == 1
        token = home.token()
        terminal.press(ESC)
        assert terminal.wait() == 130
        assert home.token() == token
    finally:
        login.kill()
        login.wait()


def test_leaving_while_aws_is_asked(walk, home, sandbox):
    """Signed in already, and the list of models takes its time."""
    before = files(home)
    sandbox.fault("ListInferenceProfiles", "delay", delay="10min")
    terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--no-enable")
    terminal.wait_for("signed in to corp")
    eventually(lambda: sandbox.record("GetRoleCredentials"), "AWS is asked")
    terminal.press(CTRL_C)
    assert terminal.wait() == 130, terminal.text()
    assert files(home) == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_ended_by_a_signal_at_a_prompt(walk, home, raw, number):
    home.sign_in(raw)
    before = files(home)
    terminal = walk("--no-enable")
    terminal.wait_for("Which profile", "Enter selects")
    terminal.kill(number)
    assert terminal.wait() == 130, terminal.text()
    assert files(home) == before


def test_a_sign_in_that_is_denied_may_be_tried_again(walk, home, sandbox, tmp_path):
    browser = tmp_path / "browser"
    # Denies once.
    browser.write_text(f'#!/bin/sh\nif [ -e "{tmp_path}/denied" ]; then exec {sandbox.program} browser "$1"; fi\n'
                       f'touch "{tmp_path}/denied"\nexec {sandbox.program} browser --deny "$1"\n')
    browser.chmod(0o755)
    terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--no-enable", BROWSER=f"{browser} %s")
    terminal.wait_for("aws sso login exited with status", "> Try again")
    terminal.press(ENTER)
    terminal.wait_for("signed in to corp", "Which model?")
    terminal.press(ENTER)
    terminal.wait_for("Apply?")
    terminal.press(ENTER)
    assert terminal.wait() == 0 and home.claude_settings()["env"]["AWS_PROFILE"] == "work-dev"


def test_a_session_that_was_ended_elsewhere(walk, home, sandbox, raw):
    """The token's clocks cannot know it: the portal says so, and a sign-in follows."""
    home.sign_in(raw)
    sandbox.revoke(hard=True)
    terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--no-enable")
    terminal.wait_for("signed in to corp", "Which model?")
    assert len(sandbox.record("StartDeviceAuthorization", client="aws-cli")) == 1
    terminal.press(ESC)
    assert terminal.wait() == 130


def test_a_session_that_was_ended_elsewhere_in_a_dry_run(walk, home, sandbox, raw):
    home.sign_in(raw)
    sandbox.revoke(hard=True)
    terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--dry-run")
    terminal.wait_for("could not list the models", "Model (inference profile ID)")
    assert sandbox.record("StartDeviceAuthorization", client="aws-cli") == []
    terminal.press(ESC)
    assert terminal.wait() == 130


def test_a_token_that_is_over_is_refreshed_without_asking(walk, home, sandbox, raw):
    home.sign_in(raw)
    home.age_token(left=-60)
    terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--no-enable")
    terminal.wait_for("Which model?", NEWEST)
    assert sandbox.record("StartDeviceAuthorization", client="aws-cli") == []
    terminal.press(ESC)
    assert terminal.wait() == 130


@pytest.mark.parametrize("profile, words", [
    ("no-bedrock", ["bedrock:ListInferenceProfiles", "signing in again does not help"]),
    ("not-assigned", ["Administrator", "ask the administrator"]),
])
def test_models_that_cannot_be_listed_are_typed(walk, home, sandbox, raw, profile, words):
    home.sign_in(raw)
    terminal = walk("--profile", profile, "--region", "us-west-2", "--no-enable")
    shown = " ".join(terminal.wait_for("Model (inference profile ID)").split())
    for word in words:
        assert word in shown, shown
    terminal.type("two words")
    terminal.wait_for("An ID contains no spaces.")
    terminal.press("\x15")
    terminal.type("us.anthropic.claude-opus-4-8")
    terminal.wait_for("Apply?")
    terminal.press(ENTER)
    assert terminal.wait() == 0
    assert home.claude_settings()["env"]["ANTHROPIC_MODEL"] == "us.anthropic.claude-opus-4-8"
    assert sandbox.record("StartDeviceAuthorization", client="aws-cli") == []


def test_a_profile_with_keys(walk, home):
    """Nothing to sign in to, so no awsAuthRefresh; the model is typed, for this AWS CLI has no bedrock command."""
    with home.config.open("a") as config:
        config.write("\n[profile keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = example\n")
    terminal = walk()
    terminal.wait_for("Which profile", "access keys")
    terminal.press("keys", ENTER)
    terminal.wait_for("no session that could be kept", "Bedrock used?")
    terminal.press(ENTER)
    terminal.wait_for("no bedrock command", "Model (inference profile ID)")
    terminal.type("us.anthropic.claude-opus-4-8")
    terminal.wait_for("Apply?")
    terminal.press(ENTER)
    assert terminal.wait() == 0
    assert "awsAuthRefresh" not in home.claude_settings() and home.claude_settings()["env"]["AWS_PROFILE"] == "keys"
    assert "AKIAEXAMPLE" not in terminal.text()


def test_the_aws_cli_may_be_installed_meanwhile(walk, home, raw, aws_cli, tmp_path):
    home.sign_in(raw)
    tools = tmp_path / "tools"
    tools.mkdir()
    old = tools / "aws"
    old.write_text("#!/bin/sh\necho aws-cli/1.22.34 Python/3.10\n")
    old.chmod(0o755)
    terminal = walk("--no-enable", PATH=str(tools))
    shown = terminal.wait_for("> Check again", "Enter selects")
    assert "which cannot sign in: install 2.9 or later (sudo apt-get install awscli), and put it first" in " ".join(shown.split())
    terminal.press(ENTER)
    terminal.wait_for("Is it installed now?")
    old.unlink()
    terminal.press(ENTER)
    terminal.wait_for("the AWS CLI (aws) is not in PATH", "Enter selects")
    old.symlink_to(aws_cli)
    terminal.press(ENTER)
    terminal.wait_for("2.9.19", "Which profile")
    terminal.press(ESC)
    assert terminal.wait() == 130


def test_a_dumb_terminal_gets_plain_lines(walk, home, raw):
    home.sign_in(raw)
    terminal = walk("--no-enable", term="dumb")
    terminal.wait_for("Which profile", "1. work-dev", "Number [1]:")
    terminal.type("99")
    terminal.wait_for("99 is not a number from 1 to")
    terminal.type("")
    terminal.wait_for("Bedrock used?", "1. us-west-2")
    terminal.type("")
    terminal.wait_for("Which model?", f"1. {NEWEST}")
    terminal.type("2")
    terminal.wait_for("Apply?", "1. Apply", "2. Leave everything as it is")
    terminal.type("1")
    assert terminal.wait() == 0 and home.claude_settings()["awsAuthRefresh"] == COMMAND
    assert b"\x1b" not in terminal.output


@pytest.mark.parametrize("key", [CTRL_C, "\x04", ESC + "\n"], ids=["Ctrl-C", "end of input", "Esc"])
def test_leaving_a_dumb_terminal(walk, home, raw, key):
    home.sign_in(raw)
    before = files(home)
    terminal = walk("--no-enable", term="dumb")
    terminal.wait_for("Number [1]:")
    terminal.press(key)
    assert terminal.wait() == 130
    assert files(home) == before


def test_without_colour(walk, home, raw):
    home.sign_in(raw)
    terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--no-enable", NO_COLOR="1")
    terminal.wait_for("Which model?")
    terminal.press(ENTER)
    terminal.wait_for("Apply?")
    terminal.press(ESC)
    assert terminal.wait() == 130
    assert not re.search(rb"\x1b\[[0-9;]+m", terminal.output)


def test_long_lists_are_searched(walk, home, start_sandbox, raw):
    """A hundred profiles; what is typed leaves those that hold it."""
    home.sign_in(raw)
    with home.config.open("a") as config:
        for number in range(100):
            config.write(f"\n[profile team-{number:02}]\nsso_session = corp\nsso_account_id = 123456789012\n"
                         "sso_role_name = Dev\n")
    terminal = walk("--no-enable")
    terminal.wait_for("Which profile", "in all, type to search")
    assert len([row for row in terminal.rows() if "team-" in row]) < 20
    terminal.press("team-77x")
    terminal.wait_for('nothing holds "team-77x"')
    terminal.press(ENTER, "\x7f")
    terminal.wait_for("> team-77")
    terminal.press(ENTER)
    terminal.wait_for("team-77 → corp", "Bedrock used?")
    terminal.press(ESC)
    assert terminal.wait() == 130


def test_a_settings_file_that_is_not_json_is_refused_before_anything_is_asked_for_nothing(walk, home, raw):
    home.sign_in(raw)
    file = home.path / ".claude" / "settings.json"
    file.parent.mkdir()
    file.write_bytes(b'{"env": {,}}')
    terminal = walk("--no-enable")
    assert terminal.wait() == 1
    assert "line 1, column 10" in terminal.text() and "Which profile" not in terminal.text()
    assert file.read_bytes() == b'{"env": {,}}'
