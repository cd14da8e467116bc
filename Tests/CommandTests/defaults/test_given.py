"""`setup` with what root's `config.json` gives: no flag is needed, and at a terminal only the rest is asked."""

import json

from administrator import MODEL
from aws_cli import AWS
from aws_home import FIRST_PROFILE
from pty_terminal import ENTER

YES = ("setup", "--yes", "--no-enable")


def profile(home) -> str:
    return FIRST_PROFILE.format(start_url=home.start_url)


def test_no_flag_is_needed(run, admin, first_day, sandbox):
    admin.write(setup=admin.setup)
    said = run(*YES).stdout
    assert first_day.config.read_text() == profile(first_day)
    settings = first_day.claude_settings()
    assert settings["env"] == {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "acme", "AWS_REGION": "us-west-2",
                               "ANTHROPIC_MODEL": MODEL}
    assert settings["awsAuthRefresh"] == "bedrock-agent login --profile acme"
    assert "status --line" in settings["statusLine"]["command"] and "hooks" not in settings
    # Where each comes from.
    for key in ("ssoStartUrl", "accountId", "roleName", "region", "model", "coalesce", "statusLine"):
        assert f"({admin.config}, line {admin.line(key)})" in said, said
    assert sandbox.prompts() == 1
    # Again, it changes nothing and asks AWS nothing new.
    assert "nothing was changed" in run(*YES).stdout


def test_flags_come_first_and_then_the_user_s_own_file(run, admin, first_day):
    admin.write(setup=admin.setup)
    own = first_day.path / ".config" / "bedrock-agent" / "config.json"
    own.parent.mkdir(parents=True)
    own.write_text(json.dumps({"setup": {"region": "eu-west-1", "profile": "mine", "coalesce": False}}))
    said = run(*YES, "--account-id", "210987654321", "--role-name", "ReadOnly", "--region", "us-east-1").stdout
    settings = first_day.claude_settings()
    assert settings["env"]["AWS_REGION"] == "us-east-1" and settings["env"]["AWS_PROFILE"] == "mine"
    assert settings["awsAuthRefresh"] == "aws sso login --profile mine" and AWS.exists()
    assert "sso_role_name = ReadOnly" in first_day.config.read_text()
    assert f'setup.profile "mine" ({own}, line 1)' in said and "setup.region" not in said


def test_what_is_set_up_stays(run, admin, home, signed_in):
    run("setup", "--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--yes", "--no-enable")
    before = (home.path / ".claude" / "settings.json").read_bytes()
    admin.write(setup={**admin.setup, "region": "eu-west-1", "model": "claude-sonnet"})
    assert "nothing was changed" in run(*YES).stdout
    assert (home.path / ".claude" / "settings.json").read_bytes() == before


def test_a_profile_that_is_there_is_used(run, admin, home, signed_in):
    admin.write(setup={**admin.setup, "profile": "work-dev"})
    before = home.config.read_bytes()
    run(*YES)
    assert home.claude_settings()["env"]["AWS_PROFILE"] == "work-dev" and home.config.read_bytes() == before


def test_another_profile_of_that_name_is_not_taken(run, admin, home, signed_in):
    home.config.write_text(home.config.read_text() + "\n[profile acme]\naws_access_key_id = AKIAEXAMPLE\n"
                           "aws_secret_access_key = none\n")
    admin.write(setup=admin.setup)
    said = run(*YES, status=1).stderr
    assert "profile acme is there already, and is another one: its ssoStartUrl is none" in said
    assert f'({admin.config}, line {admin.line("ssoStartUrl")})' in said or str(admin.config) in said
    assert "pass --profile" in said and not (home.path / ".claude").exists()


def test_a_region_that_was_mistyped(run, admin, first_day):
    admin.write(setup={**admin.setup, "region": "us-west2"})
    said = run(*YES, status=1).stderr
    assert f"setup.region ({admin.config}, line {admin.line('region')}): us-west2 is not a region" in said
    assert "did you mean us-west-2?" in said


def test_none_of_those_given_is_the_person_s(run, admin, first_day):
    admin.write(setup={**admin.setup, "accountId": ["999999999999", "888888888888"]})
    said = run(*YES, status=1).stderr
    assert f'{admin.config}, line {admin.line("accountId")}' in said and "123456789012, 210987654321" in said
    admin.write(setup={**admin.setup, "roleName": ["Boss", "Chief"]})
    assert "you have Dev, NoBedrock" in run(*YES, status=1).stderr
    admin.write(setup={**admin.setup, "model": ["claude-opus-9", "claude-haiku-9"]})
    said = run(*YES, status=1).stderr
    assert "has none of them in us-west-2" in said and "pass --model" in said
    assert not first_day.config.exists()


def test_at_a_terminal_only_the_rest_is_asked(walk, admin, first_day):
    del admin.setup["region"], admin.setup["hooks"]
    admin.write(setup=admin.setup)
    terminal = walk("--no-enable")
    terminal.wait_for("given", "setup.ssoStartUrl", "Which region do you use Bedrock in?", "> us-west-2")
    terminal.press(ENTER)
    terminal.wait_for("Say in Claude Code when to sign in?")
    terminal.press(ENTER)
    shown = terminal.wait_for("Apply?")
    for question in ("Start URL:", "Which account?", "Which role?", "Profile name", "Which model?", "How should",
                     "status line?"):
        assert question not in shown, shown
    terminal.press(ENTER)
    assert terminal.wait() == 0, terminal.text()
    assert first_day.config.read_text() == profile(first_day)


def test_half_a_profile_is_refused_as_before(run, admin, first_day):
    assert "--sso-start-url" in run("setup", "--role-name", "Dev", "--yes", status=64).stderr
    assert "--sso-start-url" in run("setup", "--sso-region", "us-east-1", "--yes", status=64).stderr
