"""Files that say otherwise than what root locks, since somebody has edited them: told with both places, and with a fix that
works when it is run."""

import json

import pytest

from administrator import MODEL, Administrator

SETUP = ("setup", "--yes", "--no-enable")
LOCKED = {"profile": "work-dev", "ssoRegion": "us-east-1", "accountId": ["210987654321", "123456789012"],
          "roleName": "Dev", "region": "us-west-2", "model": "claude-opus", "coalesce": True, "statusLine": True,
          "hooks": False, "separate": False}


@pytest.fixture
def member(run, admin, home, signed_in):
    """Set up as root has it."""
    admin.write(setup=LOCKED, locked=["setup"])
    run(*SETUP)
    assert locked(run) == []
    return home.path / ".claude" / "settings.json"


def locked(run) -> list[dict]:
    found = json.loads(run("status", "--json", status=3).stdout)["findings"]
    return [each for each in found if each["code"] == "config-locked"]


def line(file, words: str) -> int:
    return next(number for number, each in enumerate(file.read_text().splitlines(), 1) if words in each)


@pytest.mark.parametrize("key, old, new, said", [
    ("region", '"us-west-2"', '"eu-west-1"', "AWS_REGION is eu-west-1"),
    ("model", f'"{MODEL}"', '"sonnet"', "the model is sonnet"),
    ("profile", '"work-dev"', '"no-bedrock"', "the profile is no-bedrock"),
    ("coalesce", '"bedrock-agent login', '"aws sso login', "awsAuthRefresh is aws sso login --profile work-dev"),
    ("statusLine", "bedrock-agent status --line", "date", "statusLine does not show the session's state"),
])
def test_settings_edited_by_hand(member, run, admin, build, key, old, new, said):
    before = member.read_text()
    assert old in before
    member.write_text(before.replace(old, new, 1))
    [finding] = locked(run)
    place = f"{member}:{line(member, 'statusLine' if key == 'statusLine' else new)}"
    lock = f"{admin.config}, line {admin.line('locked') + 1}, locks setup.{key}, which is "
    assert finding["subject"] == f"setup.{key}" and finding["message"].startswith(f"{place}: {said}, and {lock}")
    checks = json.loads(run("doctor", "--offline", "--json", status=1, PATH=f"{build}:/usr/bin:/bin").stdout)["checks"]
    assert finding["message"] in [check["message"] for check in checks if check["code"] == "config-locked"]
    assert finding["fix"] == "bedrock-agent setup --yes"
    run(*SETUP)
    assert locked(run) == []
    # Where somebody's own status line was, that stays below ours.
    if key != "statusLine":
        assert member.read_text() == before


def test_a_profile_edited_by_hand(member, run, admin, home):
    home.config.write_text(home.config.read_text().replace("sso_role_name = Dev", "sso_role_name = Boss", 1))
    [finding] = locked(run)
    place = f"{home.config}:{line(home.config, 'Boss')}"
    assert finding["message"].startswith(f"{place}: sso_role_name of profile work-dev is Boss, and {admin.config}, line ")
    assert finding["fix"] == f"set sso_role_name to Dev in {place}"
    assert "rename it in" in run(*SETUP, status=1).stderr
    home.config.write_text(home.config.read_text().replace("sso_role_name = Boss", "sso_role_name = Dev", 1))
    assert locked(run) == []


def test_another_profile_than_that_of_the_company(run, admin, home, signed_in):
    run(*SETUP, "--profile", "no-bedrock", "--region", "us-west-2", "--model", MODEL)
    admin.write(setup={"profile": "acme", "ssoStartUrl": home.start_url, "ssoRegion": "us-east-1", "accountId": "123456789012",
                       "roleName": "Dev"}, locked=["setup.roleName"])
    [finding] = locked(run)
    assert "sso_role_name of profile no-bedrock is NoBedrock" in finding["message"]
    assert finding["fix"] == "bedrock-agent setup --yes"
    run(*SETUP)
    assert locked(run) == [] and home.claude_settings()["env"]["AWS_PROFILE"] == "acme"


def test_nothing_where_nobody_is_set_up(run, admin, home):
    admin.write(setup=LOCKED, locked=["setup"])
    assert locked(run) == []


def test_claude_s_managed_settings_against_it(member, run, admin, home):
    """Root's two files contradict each other: no setup of the user's can mend that."""
    managed = home.path / "managed" / "managed-settings.json"
    managed.write_text(json.dumps({"env": {"AWS_REGION": "us-east-1"}}, indent=1))
    [finding] = locked(run)
    assert finding["message"].startswith(f"{managed}:3: AWS_REGION is us-east-1")
    assert finding["fix"] == f"ask whoever manages {managed}"


def test_a_locked_no_is_brought_about(run, admin, home, signed_in):
    settings = home.path / ".claude" / "settings.json"
    settings.parent.mkdir()
    settings.write_text('{\n  "statusLine": {"type": "command", "command": "date"}\n}\n')
    before = settings.read_bytes()
    run(*SETUP, "--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--coalesce", "--status-line",
        "--hooks", "--separate")
    admin.write(setup={"coalesce": False, "statusLine": False, "hooks": False, "separate": False}, locked=["setup"])
    # What is for Claude Code alone signs in by ours in any case.
    assert {each["subject"] for each in locked(run)} == {"setup.statusLine", "setup.hooks", "setup.separate"}
    run(*SETUP)
    assert locked(run) == []
    now = home.claude_settings()
    assert now["awsAuthRefresh"] == "aws sso login --profile work-dev" and "hooks" not in now
    assert now["statusLine"]["command"] == "date" and now["env"]["AWS_PROFILE"] == "work-dev"
    assert "nothing was changed" in run(*SETUP).stdout
    run("reset", "--yes")
    assert settings.read_bytes() == before


WORK = ("--profile", "work-dev", "--region", "us-west-2", "--model", MODEL)


@pytest.mark.parametrize("before, old, new", [
    ({"type": "command", "command": "date"}, "; date", "; date -u"),
    (None, '"refreshInterval": 60', '"refreshInterval": 60, "padding": 0')])
def test_a_locked_no_after_an_edit_is_undone(run, admin, home, signed_in, before, old, new):
    """What is left is the person's own: no reset puts ours back."""
    settings = home.path / ".claude" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"theme": "dark", **({"statusLine": before} if before else {})}, indent=2))
    run(*SETUP, *WORK, "--status-line")
    assert old in settings.read_text()
    settings.write_text(settings.read_text().replace(old, new))
    admin.write(setup={"statusLine": False}, locked=["setup.statusLine"])
    [finding] = locked(run)
    assert finding["fix"] == "bedrock-agent setup --yes"
    run(*SETUP)
    assert locked(run) == []
    rest = {"theme": "dark", **({"statusLine": {**before, "command": "date -u"}} if before else {})}
    for _ in range(2):
        run("reset", "--yes")
        assert json.loads(settings.read_text()) == rest


def edit(file, old: str, new: str):
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))


def test_hooks_edited_by_hand(run, admin, home, signed_in):
    settings = home.path / ".claude" / "settings.json"
    run(*SETUP, *WORK, "--hooks")
    admin.write(setup={"hooks": False}, locked=["setup.hooks"])
    edit(settings, "bedrock-agent hook", "/usr/bin/bedrock-agent hook")
    [finding] = locked(run)
    assert finding["fix"] == f"edit {settings}:{line(settings, 'hooks')}: no hook may call bedrock-agent"
    # The others it takes out, and one that is left is still too much.
    run(*SETUP)
    [finding] = locked(run)
    settings.write_text(json.dumps({key: value for key, value in home.claude_settings().items() if key != "hooks"}))
    assert locked(run) == []


def test_in_a_second_folder(agent, home, signed_in):
    """A fix that is a command is for that folder; one that is a sentence stays as it is."""
    folder = home.path / "claude 2"
    agent.run(*SETUP, *WORK)
    agent.run(*SETUP, *WORK, CLAUDE_CONFIG_DIR=str(folder))
    settings = folder / "settings.json"
    settings.write_text(json.dumps({**json.loads(settings.read_text()), "statusLine": {
        "type": "command", "command": "mine; bedrock-agent status --line"}}, indent=2))
    Administrator(home).write(setup={"statusLine": False, "region": "eu-west-1"}, locked=["setup"])
    agent.start(claude=False)
    found = json.loads(agent.run("status", "--json", check=False, CLAUDE_CONFIG_DIR=str(folder)).stdout)["findings"]
    fixes = {each["subject"]: each["fix"] for each in found if str(folder) in each["message"]}
    assert fixes == {
        "setup.region": f"CLAUDE_CONFIG_DIR='{folder}' bedrock-agent setup --yes",
        "setup.statusLine": f"edit {settings}:{line(settings, 'statusLine')}: the command must not call bedrock-agent"}


def test_claude_s_managed_settings_have_it(run, admin, home, signed_in):
    managed = home.path / "managed" / "managed-settings.json"
    run(*SETUP, *WORK, "--hooks", "--status-line")
    shown = {key: home.claude_settings()[key] for key in ("hooks", "statusLine")}
    run("reset", "--yes")
    managed.write_text(json.dumps(shown, indent=1))
    admin.write(setup={"hooks": True, "statusLine": True}, locked=["setup"])
    run(*SETUP, *WORK)
    assert locked(run) == [] and not {*shown} & {*home.claude_settings()}
    admin.write(setup={"hooks": False, "statusLine": False}, locked=["setup"])
    assert [each["fix"] for each in locked(run)] == [f"ask whoever manages {managed}"] * 2


def test_the_fixes_for_a_profile(run, admin, home, signed_in):
    """As the AWS files spell it; and none speaks of a session that is not there."""
    run(*SETUP, *WORK)
    admin.write(setup={"profile": "work-dev", "accountId": ["210987654321", "999999999999"], "roleName": "NoBedrock"},
                locked=["setup"])
    config = home.config
    assert [each["fix"] for each in locked(run)] == [
        f"set sso_account_id to one of 210987654321, 999999999999 in {config}:{line(config, 'sso_account_id')}",
        f"set sso_role_name to NoBedrock in {config}:{line(config, 'sso_role_name')}"]
    edit(config, "sso_account_id = 123456789012\nsso_role_name = Dev", "sso_account_id = 210987654321\nsso_role_name = NoBedrock")
    assert locked(run) == []
    admin.write(setup={"profile": "work-dev", "ssoSession": "acme"}, locked=["setup.ssoSession"])
    [finding] = locked(run)
    assert finding["fix"] == (f"rename [sso-session corp] in {config}:1 to [sso-session acme], and set sso_session to acme"
                              " in the profiles that use it")
    config.write_text(config.read_text().replace("[sso-session corp]", "[sso-session acme]").replace(
        "sso_session = corp", "sso_session = acme"))
    assert locked(run) == []
    # A session that nobody has makes no profile.
    admin.write(setup={"ssoSession": "gone", "ssoRegion": "eu-west-1"}, locked=["setup.ssoRegion"])
    [finding] = locked(run)
    assert finding["fix"] == f"set sso_region to eu-west-1 in {config}:{line(config, 'sso_region')}"


@pytest.mark.parametrize("how", ["setup", "migrate"])
def test_a_legacy_profile_of_that_name_moves_to_the_locked_session(run, admin, home, signed_in, how):
    edit(home.config, "[profile old-profile]", "[profile acme]")
    run(*SETUP, "--no-login", "--profile", "acme", "--region", "us-west-2", "--model", MODEL, "--coalesce")
    admin.write(setup={**admin.setup, "statusLine": False}, locked=["setup"])
    [finding] = locked(run)
    assert finding["fix"] == "bedrock-agent migrate --profile acme"
    run(*(SETUP if how == "setup" else ("migrate", "--profile", "acme", "--yes")), "--no-login")
    assert "[sso-session acme]" in home.config.read_text()
    assert locked(run) == []


def test_a_locked_command_needs_its_program(run, admin, home, signed_in, tmp_path):
    admin.write(setup={"coalesce": False}, locked=["setup.coalesce"])
    said = run(*SETUP, "--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, status=1, PATH=str(tmp_path)).stderr
    assert f"the AWS CLI is to sign in ({admin.config}, line {admin.line('coalesce')}, locked)" in said
    assert not (home.path / ".claude").exists()


def test_flags_that_say_no(run, admin, first_day):
    """Root gives, and does not lock."""
    admin.write(setup={**admin.setup, "hooks": True})
    run(*SETUP, "--no-coalesce", "--no-status-line", "--no-hooks")
    settings = first_day.claude_settings()
    assert settings["awsAuthRefresh"] == "aws sso login --profile acme"
    assert "statusLine" not in settings and "hooks" not in settings
    # And later, what is there is taken out.
    run(*SETUP, "--coalesce", "--status-line")
    assert "status --line" in first_day.claude_settings()["statusLine"]["command"]
    run(*SETUP, "--no-coalesce", "--no-status-line")
    assert first_day.claude_settings() == settings


TEAM = "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/a1b2c3d4e5f6"


def test_an_application_profile_counts_as_the_model_behind_it(run, admin, build, home, signed_in):
    work = ("--profile", "work-dev", "--region", "us-west-2", "--model", TEAM)
    admin.write(setup={"model": ["claude-haiku"]}, locked=["setup.model"])
    said = run(*SETUP, *work, status=1).stderr
    assert f"{TEAM} is not allowed: it is of anthropic.claude-" in said and f"line {admin.line('setup.model')}" in said
    admin.write(setup={"model": [MODEL]}, locked=["setup.model"])
    assert "is not allowed" in run(*SETUP, *work, status=1).stderr
    admin.write(setup={"model": ["claude-opus", "claude-sonnet"]}, locked=["setup.model"])
    run(*SETUP, *work)
    assert home.claude_settings()["env"]["ANTHROPIC_MODEL"] == TEAM and locked(run) == []
    assert "nothing was changed" in run(*SETUP).stdout
    # Somebody has edited it, and only Bedrock can say to what.
    admin.write(setup={"model": ["claude-opus"]}, locked=["setup.model"])
    checks = json.loads(run("doctor", "--json", status=1, PATH=f"{build}:/usr/bin:/bin").stdout)["checks"]
    [found] = [check for check in checks if check["code"] == "config-locked"]
    assert f"settings.json:6: model {TEAM} is not allowed: it is of anthropic.claude-sonnet-" in found["message"]
    run(*SETUP)
    assert "claude-opus" in home.claude_settings()["env"]["ANTHROPIC_MODEL"]
