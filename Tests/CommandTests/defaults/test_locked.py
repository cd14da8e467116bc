"""Keys that root locks: neither the user's file nor a flag can set them, and the message says where the lock is."""

import json

import pytest

from administrator import MODEL

YES = ("setup", "--yes", "--no-enable", "--no-login")
WORK = ("--profile", "work-dev", "--region", "us-west-2", "--model", MODEL)


def own(home, **config):
    file = home.path / ".config" / "bedrock-agent" / "config.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(config))
    return file


def findings(run) -> dict:
    return {each["code"]: each for each in json.loads(run("status", "--json", status=3).stdout)["findings"]}


@pytest.mark.parametrize("key, value, flags", [
    ("region", "us-west-2", ("--region", "us-east-1")),
    ("profile", "work-dev", ("--profile", "no-bedrock")),
    ("model", ["claude-sonnet"], ("--model", MODEL)),
    ("coalesce", False, ("--coalesce",)),
    ("hooks", False, ("--hooks",)),
    ("roleName", ["Dev"], ("--role-name", "Admin", "--account-id", "123456789012")),
])
def test_a_flag_against_it(run, admin, home, key, value, flags):
    admin.write(setup={key: value}, locked=[f"setup.{key}"])
    said = run(*YES, *flags, status=1).stderr
    assert f"is not allowed: {admin.config}, line {admin.line(f'setup.{key}')}, locks setup.{key}" in said
    assert not (home.path / ".claude").exists()


def test_a_profile_against_it(run, admin, home, signed_in):
    admin.write(setup={"accountId": "210987654321"}, locked=["setup.accountId"])
    said = run(*YES, *WORK, status=1).stderr
    assert f"accountId 123456789012 is not allowed: {admin.config}, line {admin.line('setup.accountId')}" in said


def test_the_locked_profile_needs_no_more_than_what_is_locked(run, admin, home, signed_in):
    """What is merely given is for a profile that is still to be made."""
    run(*YES, *WORK)
    admin.write(setup={"profile": "work-dev", "roleName": "Boss"}, locked=["setup.profile"])
    assert "nothing was changed" in run(*YES).stdout
    admin.write(setup={"profile": "work-dev", "roleName": "Boss"}, locked=["setup"])
    said = run(*YES, status=1).stderr
    assert "another one: its roleName is Dev" in said and f"rename it in {home.config}" in said


def test_a_locked_profile_that_nobody_describes(run, admin, home, signed_in):
    admin.write(setup={"profile": "acme", "region": "us-west-2", "model": MODEL}, locked=["setup"])
    said = run(*YES, status=1).stderr
    assert f"no profile acme: pass --sso-start-url to create it, or ask whoever manages {admin.config}" in said
    run(*YES, "--sso-start-url", home.start_url, "--sso-region", "us-east-1", "--account-id", "123456789012",
        "--role-name", "Dev")
    assert home.claude_settings()["env"]["AWS_PROFILE"] == "acme"


def test_a_locked_session_s_name_that_is_taken(run, admin, first_day, sandbox):
    first_day.config.parent.mkdir(exist_ok=True)
    first_day.config.write_text("[sso-session acme]\nsso_start_url = https://other.awsapps.com/start\n"
                                "sso_region = us-east-1\n")
    admin.write(setup=admin.setup, locked=["setup"])
    said = run("setup", "--yes", "--no-enable", status=1).stderr
    assert f"{first_day.config}:1: the sso-session acme is there already, with another start URL or region" in said
    assert "rename it there, and where profiles name it" in said and sandbox.prompts() == 0


def test_for_claude_code_alone(run, admin, home, signed_in):
    """Its sign-in is ours always, so that a lock on the AWS CLI's says nothing there."""
    admin.write(setup={"coalesce": False, "separate": True}, locked=["setup"])
    run(*YES, *WORK)
    settings = home.claude_settings()
    assert "awsCredentialExport" in settings and "config-locked" not in findings(run)
    assert "nothing was changed" in run(*YES).stdout
    said = run(*YES, "--separate", "--no-coalesce", status=64).stderr
    assert "--separate cannot be combined with --no-coalesce" in said
    # A role behind somebody's code cannot be given so.
    home.config.write_text(home.config.read_text() + "mfa_serial = arn:aws:iam::210987654321:mfa/me\n")
    said = run(*YES, "--profile", "chained", status=1).stderr
    assert f"Pass another --profile; setup.separate is true in {admin.config}, line {admin.line('separate')}, locked" in " ".join(said.split())
    assert "Run setup without --separate" not in said


OTHERS = """
[profile mine]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = none
region = us-west-2

[profile elsewhere]
role_arn = arn:aws:iam::999999999999:role/Deploy
source_profile = work-dev
region = us-west-2
"""


@pytest.mark.parametrize("profile", ["mine", "elsewhere"])
def test_a_profile_that_has_nothing_of_it(run, admin, home, signed_in, profile):
    """Keys of its own, and a role in another account that the given one leads to."""
    home.config.write_text(home.config.read_text() + OTHERS)
    admin.write(setup={"accountId": "123456789012"}, locked=["setup.accountId"])
    said = run(*YES, "--profile", profile, "--region", "us-west-2", "--model", MODEL, status=1).stderr
    assert "is not allowed" in said and f"{admin.config}, line {admin.line('setup.accountId')}" in said


def test_one_of_a_list(run, admin, home, signed_in):
    admin.write(setup={"accountId": ["210987654321", "123456789012"], "model": "claude-opus", "region": "us-west-2"},
                locked=["setup"])
    run(*YES, *WORK)
    # Somebody chose otherwise before it was locked.
    admin.write(setup={"region": "us-east-1"}, locked=["setup.region"])
    run(*YES)
    assert home.claude_settings()["env"]["AWS_REGION"] == "us-east-1"
    admin.write(setup={"profile": "work-dev"}, locked=["setup.profile"])
    assert "profile chained is not allowed" in run("use", "chained", "--yes", "--no-login", status=1).stderr


def test_the_user_s_file_against_it(run, admin, home):
    admin.write(signIn="never", locked=["signIn"])
    file = own(home, signIn="auto", legacyAhead="5min")
    finding = findings(run)["config-locked"]
    assert finding["message"] == (
        f"{file}, line 1: signIn does not count: {admin.config}, line {admin.line('locked') + 1}, locks it")
    checks = json.loads(run("doctor", "--offline", "--json", status=1).stdout)["checks"]
    assert [check["message"] for check in checks if check["code"] == "own-setting"] == [
        f'signIn: "never" ({admin.config}, line {admin.line("signIn")}, locked)', f'legacyAhead: "5min" ({file}, line 1)']
    own(home, locked=["signIn"])
    assert "only root's config.json" in findings(run)["config-wrong"]["message"]


def test_profiles_to_guard(run, admin, home, signed_in):
    admin.write(profiles=["work-dev"])
    said = run("setup", "--guard", "work-dev", "--yes", "--no-enable").stdout
    assert f"{admin.config} names it" in said
    assert f"ask whoever manages" in run("reset", "--guard", "work-dev", "--yes", status=1).stderr
    run("setup", "--guard", "no-bedrock", "--yes", "--no-enable")
    assert json.loads(run("status", "--json", status=3).stdout)["sessions"][0]["profiles"] == ["work-dev", "no-bedrock"]
    admin.write(profiles=["work-dev"], locked=["profiles"])
    said = run("setup", "--guard", "chained", "--yes", "--no-enable", status=1).stderr
    assert f"{admin.config}, line {admin.line('locked') + 1}, locks profiles" in said
    assert json.loads(run("status", "--json", status=3).stdout)["sessions"][0]["profiles"] == ["work-dev"]


def test_folders_to_guard(run, admin, home, signed_in):
    folder = home.path / "work-claude"
    admin.write(claudeFolders=["/srv/claude"], locked=["claudeFolders"])
    said = run(*YES, *WORK, status=1, CLAUDE_CONFIG_DIR=str(folder)).stderr
    assert f"line {admin.line('locked') + 1}, locks claudeFolders" in said and not folder.exists()
    admin.write(claudeFolders=[str(folder)], locked=["claudeFolders"])
    run(*YES, *WORK, CLAUDE_CONFIG_DIR=str(folder))
    assert folder.exists() and not (home.path / ".config").exists()
