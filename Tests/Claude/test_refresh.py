"""`awsAuthRefresh`: when the program runs it, with which environment, and that it is used again after."""

import pytest

from folder import settings

COMMAND = 'env > "$HOME/ran"; exec aws sso login --profile "${AWS_PROFILE}"'


def ran(folder) -> dict[str, str] | None:
    """The environment that the command had."""
    file = folder.home.path / "ran"
    return dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line) if file.exists() else None


def test_sound_credentials_need_no_sign_in(folder, claude):
    folder.put(user={"env": settings(), "awsAuthRefresh": COMMAND})
    answer = claude.ask(folder)
    assert answer.session == "corp" and not answer.sign_ins and ran(folder) is None
    assert [entry["signer"]["region"] for entry in folder.sandbox.record("GetCallerIdentity")] == ["us-west-2"]


@pytest.mark.parametrize("place", ["user", "project", "managed"])
def test_an_expired_session_is_signed_in_again(folder, claude, place):
    folder.put(**{place: {"env": settings(OWN="by the settings"), "awsAuthRefresh": COMMAND}})
    folder.expire("corp")
    answer = claude.ask(folder, to_the_end=True)
    assert (answer.words, answer.sign_ins, answer.profile) == ("Hello from the sandbox.", 1, "work-dev")
    environment = ran(folder)
    assert (environment["AWS_PROFILE"], environment["OWN"]) == ("work-dev", "by the settings")
    assert environment["AWS_REGION"] == "us-west-2"


def test_the_settings_name_another_configuration_for_the_command(folder, claude):
    folder.put(user={"env": settings(AWS_CONFIG_FILE="@HOME@/elsewhere/config"), "awsAuthRefresh": COMMAND})
    folder.expire("elsewhere")
    before = folder.home.token("elsewhere")
    assert claude.ask(folder, to_the_end=True).sign_ins == 1
    assert folder.home.token("elsewhere")["accessToken"] != before["accessToken"]


def test_credentials_that_were_ended(folder, claude):
    folder.put(user={"env": settings(), "awsAuthRefresh": COMMAND})
    folder.sandbox.fault("GetCallerIdentity", "error", status=403, error="ExpiredToken")
    assert claude.ask(folder, to_the_end=True).sign_ins == 1 and ran(folder)


@pytest.mark.parametrize("env", [
    {"AWS_BEARER_TOKEN_BEDROCK": "b"}, {"CLAUDE_CODE_USE_BEDROCK": "", "CLAUDE_CODE_USE_MANTLE": "1"}])
def test_it_is_run_whatever_signs_after(folder, claude, env):
    folder.put(user={"env": settings(**env), "awsAuthRefresh": COMMAND})
    folder.expire("corp")
    claude.ask(folder, until=lambda: ran(folder))
    assert ran(folder)["AWS_PROFILE"] == "work-dev"


def test_switched_off_it_is_not_run(folder, claude):
    folder.put(user={"env": settings(CLAUDE_CODE_USE_BEDROCK="0"), "awsAuthRefresh": COMMAND})
    folder.expire("corp")
    assert not claude.ask(folder).sign_ins
