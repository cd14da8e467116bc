"""The interactive `setup` at a real pseudo-terminal, with the real AWS CLI: four typical runs."""

import pytest

from aws_cli import lists_models, version
from claude_settings import COMMAND
from programs import write_program
from pty_terminal import DOWN, END, ENTER, ESC
from walking import NEWEST, leave_extras


def test_a_first_profile_from_a_start_url(walk, nothing, sandbox, aws):
    home = nothing
    terminal = walk("--no-enable")
    terminal.wait_for("no profiles yet", "of your access portal", "Start URL:")
    terminal.type(home.start_url)
    shown = terminal.wait_for("Which region is your Identity Center in?", "> us-east-1", "N. Virginia", "? shows help")
    # Nobody can know it.
    assert "recommended" not in shown
    terminal.press(ENTER)
    # The sign-in, then the portal's accounts to choose from.
    terminal.wait_for("signed in to sandbox", "Which account?", "123456789012", "210987654321")
    assert sandbox.url in terminal.text()
    terminal.press("1234", ENTER)
    # An administrator's role, often the first by its name, is not taken by Enter alone.
    assert ">" not in terminal.wait_for("Which role?", "arrow keys, then Enter").split("Which role?")[1]
    terminal.press(ENTER, "Dev", ENTER)
    terminal.wait_for("Profile name: Dev-123456789012")
    terminal.press("\x15")
    terminal.type("work")
    terminal.wait_for("Which region do you use Bedrock in?", "> us-west-2", "Oregon", "recommended")
    terminal.press(ENTER)
    terminal.wait_for("Which model?", f"> {NEWEST}", "Claude Opus 4.5", "any region with capacity")
    terminal.press(ENTER)
    terminal.wait_for("How should Claude Code sign in?", "> bedrock-agent login --profile work", "aws sso login")
    terminal.press(ENTER)
    leave_extras(terminal)
    shown = terminal.wait_for("Apply?")
    for line in ("+[profile work]", "+sso_session = sandbox", "+[sso-session sandbox]", '"AWS_PROFILE": "work"'):
        assert line in shown, shown
    for line in ("Profile      work", "Account      123456789012", "Role         Dev", "Region       us-west-2",
                 f"Model        {NEWEST}"):
        assert line in shown, shown
    assert not (home.path / ".claude").exists() and not home.config.exists()
    terminal.press(ENTER)
    shown = terminal.wait_for_next("RESTART REQUIRED").split("✓", 1)[1]
    assert str(home.config) in shown.replace("\n", "") and "settings.json" in shown and "Account      123456789012" in shown
    assert terminal.wait() == 0
    assert home.claude_settings() == {
        "env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work", "AWS_REGION": "us-west-2",
                "ANTHROPIC_MODEL": NEWEST},
        "awsAuthRefresh": "bedrock-agent login --profile work"}
    assert "AccessKeyId" in aws("configure", "export-credentials", "--profile", "work").stdout
    assert sandbox.prompts() == 1


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
    terminal.wait_for("How should Claude Code sign in?")
    terminal.press(DOWN, ENTER)
    leave_extras(terminal)
    terminal.wait_for("Apply?")
    terminal.press(ENTER)
    assert terminal.wait() == 0, terminal.text()
    assert home.claude_settings()["awsAuthRefresh"] == COMMAND
    assert home.claude_settings()["env"]["ANTHROPIC_MODEL"].startswith("global.anthropic.claude-sonnet-4-5")
    assert sandbox.prompts() == 0
    # Repeating it: nothing to change, and how to sign in is not asked again.
    terminal = walk("--no-enable")
    for _ in ("profile", "region", "model", "status line", "hooks"):
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
    terminal.wait_for("Which region")
    terminal.press(ENTER)
    terminal.wait_for("Which model?")
    terminal.press(ENTER)
    leave_extras(terminal)
    terminal.wait_for("Apply?")
    assert home.config.read_text() == before
    terminal.press(ENTER)
    assert terminal.wait() == 0, terminal.text()
    assert home.claude_settings()["awsAuthRefresh"] == "bedrock-agent login --profile old-profile"
    aws("configure", "export-credentials", "--profile", "old-profile")
    status = aws("configure", "get", "sso_session", "--profile", "old-profile")
    assert home.token(status.stdout.strip())["refreshToken"]



def test_a_sign_in_that_is_denied_may_be_tried_again(walk, home, sandbox, tmp_path):
    # A browser that denies the first request.
    browser = write_program(tmp_path / "browser", f"""
        if [ -e "{tmp_path}/denied" ]; then exec {sandbox.program} browser "$1"; fi
        touch "{tmp_path}/denied"
        exec {sandbox.program} browser --deny "$1\"""")
    terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--no-enable", BROWSER=f"{browser} %s")
    terminal.wait_for("access for corp was denied on the sign-in page", "> Try again")
    terminal.press(ENTER)
    terminal.wait_for("signed in to corp", "Which model?")
    terminal.press(ENTER)
    terminal.wait_for("How should Claude Code sign in?")
    terminal.press(ENTER)
    leave_extras(terminal)
    terminal.wait_for("Apply?")
    terminal.press(ENTER)
    assert terminal.wait() == 0 and home.claude_settings()["env"]["AWS_PROFILE"] == "work-dev"


def test_a_profile_for_claude_code_alone(walk, home, raw):
    home.sign_in(raw)
    terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--no-enable")
    terminal.wait_for("Which model?")
    terminal.press(ENTER)
    terminal.wait_for("How should Claude Code sign in?", "the first, for Claude Code alone")
    terminal.press(END, ENTER)
    leave_extras(terminal)
    terminal.wait_for("its shell has no AWS_PROFILE", "Apply?")
    terminal.press(ENTER)
    assert terminal.wait() == 0, terminal.text()
    settings = home.claude_settings()
    assert "AWS_PROFILE" not in settings["env"] and settings["awsAuthRefresh"].endswith("--profile work-dev --if-needed")
    assert settings["awsCredentialExport"] == "bedrock-agent credentials --profile work-dev --format export --login"


def test_a_session_that_was_ended_elsewhere(walk, home, sandbox, raw):
    """The token's timestamps cannot show it; the portal rejects the token, and a sign-in follows."""
    home.sign_in(raw)
    sandbox.revoke(hard=True)
    terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--no-enable")
    terminal.wait_for("signed in to corp", "Which model?")
    assert sandbox.prompts() == 1
    terminal.press(ESC)
    assert terminal.wait() == 130


def test_a_session_that_was_ended_elsewhere_in_a_dry_run(walk, home, sandbox, raw):
    home.sign_in(raw)
    sandbox.revoke(hard=True)
    terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--dry-run")
    terminal.wait_for("could not list the models", "Model (inference profile ID)")
    assert sandbox.prompts() == 0
    terminal.press(ESC)
    assert terminal.wait() == 130


def test_a_token_that_is_over_is_refreshed_without_asking(walk, home, sandbox, raw):
    home.sign_in(raw)
    home.age_token(left=-60)
    terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--no-enable")
    terminal.wait_for("Which model?", NEWEST)
    assert sandbox.prompts() == 0
    terminal.press(ESC)
    assert terminal.wait() == 130


@pytest.mark.parametrize("profile, words", [
    ("no-bedrock", ["bedrock:ListInferenceProfiles", "signing in again does not help"]),
    ("not-assigned", ["Administrator", "ask your"]),
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
    terminal.wait_for("How should Claude Code sign in?")
    terminal.press(ENTER)
    leave_extras(terminal)
    terminal.wait_for("Apply?")
    terminal.press(ENTER)
    assert terminal.wait() == 0
    assert home.claude_settings()["env"]["ANTHROPIC_MODEL"] == "us.anthropic.claude-opus-4-8"
    assert sandbox.prompts() == 0


def test_a_profile_with_keys(walk, home):
    """There is no session, so no awsAuthRefresh. The model is typed: the AWS CLI lists none."""
    with home.config.open("a") as config:
        config.write("\n[profile keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = example\n")
    terminal = walk()
    terminal.wait_for("Which profile", "access keys")
    terminal.press("keys", ENTER)
    terminal.wait_for("does not use an Identity Center session", "use Bedrock in?")
    terminal.press(ENTER)
    terminal.wait_for("UnrecognizedClientException" if lists_models() else "no bedrock command",
                      "Model (inference profile ID)")
    terminal.type("us.anthropic.claude-opus-4-8")
    terminal.wait_for("Apply?")
    terminal.press(ENTER)
    assert terminal.wait() == 0
    assert "awsAuthRefresh" not in home.claude_settings() and home.claude_settings()["env"]["AWS_PROFILE"] == "keys"
    assert "AKIAEXAMPLE" not in terminal.text()


def test_the_aws_cli_may_be_installed_meanwhile(walk, home, raw, aws_cli, tmp_path):
    home.sign_in(raw)
    tools = tmp_path / "tools"
    old = write_program(tools / "aws", "echo aws-cli/1.22.34 Python/3.10")
    terminal = walk("--no-enable", PATH=str(tools))
    shown = terminal.wait_for("> Go on without it", "Enter selects")
    words = " ".join(shown.split())
    assert "which is too old to sign in with; bedrock-agent signs in without it" in words
    assert "install 2.9 or later (sudo apt-get install awscli), and put it first in PATH" in words
    terminal.press(DOWN, ENTER)
    terminal.wait_for("Go on without the AWS CLI?")
    old.unlink()
    terminal.press(DOWN, ENTER)
    terminal.wait_for("the AWS CLI (aws) is not in PATH", "Enter selects")
    old.symlink_to(aws_cli)
    terminal.press(DOWN, ENTER)
    terminal.wait_for(version(), "Which profile")
    terminal.press(ESC)
    assert terminal.wait() == 130


def test_without_an_aws_cli(walk, home, sandbox, tmp_path):
    """What signs in is clear then, and not asked."""
    (tmp_path / "tools").mkdir()
    terminal = walk("--profile", "work-dev", "--region", "us-west-2", "--no-enable", PATH=str(tmp_path / "tools"))
    terminal.wait_for("bedrock-agent signs in without it", "> Go on without it")
    terminal.press(ENTER)
    terminal.wait_for("signed in to corp", "Which model?")
    terminal.press(ENTER)
    leave_extras(terminal)
    terminal.wait_for("Apply?", '"awsAuthRefresh": "bedrock-agent login --profile work-dev"')
    terminal.press(ENTER)
    assert terminal.wait() == 0 and sandbox.prompts() == 1
