"""Where a session is guarded for other programs (`profiles` in config.json), `status` and the journal speak of that one,
and not of a Claude Code that is not set up."""

import json

import pytest

from notify_socket import NotifySocket
from programs import write_program
from waiting import eventually

NOT_SET_UP = [None, {"theme": "dark"}, {"env": {"CLAUDE_CODE_USE_BEDROCK": "0", "AWS_PROFILE": "ghost"}},
              {"env": {"CLAUDE_CODE_USE_VERTEX": "1"}}]
GHOST = {"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "ghost"}}
TOKEN = {"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_BEARER_TOKEN_BEDROCK": "secret"}}
REFRESHED = "healthy: work-dev is refreshed automatically; the next sign-in cannot be predicted yet"


def write(agent, settings):
    if settings is not None:
        agent.settings.parent.mkdir(exist_ok=True)
        agent.settings.write_text(json.dumps(settings))


@pytest.mark.parametrize("settings", NOT_SET_UP)
def test_claude_code_is_not_set_up(alone, told, settings):
    write(alone, settings)
    alone.start(claude=False)
    assert told("healthy") == (REFRESHED, 0, "work-dev ok")
    status = alone.status()
    [finding] = status["findings"]
    assert (finding["code"], finding["severity"], finding["subject"]) == ("unguarded", "info", "Claude Code")
    assert finding["fix"] == "nothing to do; to use it on Bedrock: bedrock-agent setup"
    assert json.loads(alone.run("status", "--waybar").stdout)["class"] == "healthy"
    # From disk it is the same.
    alone.stop()
    assert told("healthy")[1:] == (3, "work-dev ok (daemon stopped)")


def test_what_the_service_manager_is_told(alone):
    with NotifySocket(alone.runtime.path / "notify") as manager:
        alone.launch()
        assert manager.until("READY")[-1]["STATUS"] == "healthy, 1 session(s)"


@pytest.mark.parametrize("settings, condition, headline, line", [
    (GHOST, "misconfigured", 'misconfigured: no profile "ghost"', "Claude Code misconfigured: bedrock-agent doctor"),
    (TOKEN, "unguarded", "unguarded: AWS_BEARER_TOKEN_BEDROCK is set", "Claude Code not guarded"),
])
def test_claude_code_is_there_and_something_is_wrong_with_it(alone, told, settings, condition, headline, line):
    """The worst of all counts, and the line says whose it is."""
    write(alone, settings)
    alone.start(claude=False)
    shown = told(condition)
    assert shown[0].startswith(headline) and shown[1:] == (4, line)
    assert alone.session("corp")["condition"] == "healthy"


def test_both_are_guarded(alone, home, raw, told):
    home.add_second_employer()
    home.sign_in(raw, "globex")
    alone.start(profiles=["globex-dev"])
    assert told("healthy")[1:] == (0, "work-dev ok")
    home.token_file("globex").unlink()
    assert told("sign-in-needed") == (
        "sign-in-needed: sign in to globex-dev with bedrock-agent login --profile globex-dev", 2,
        "globex-dev needs a sign-in: bedrock-agent login --profile globex-dev")


@pytest.mark.parametrize("profiles, condition, headline, code", [
    (["work-dve"], "misconfigured", 'misconfigured: no profile "work-dve"', "no-such-profile"),
    (["keys"], "unguarded", 'unguarded: profile "keys" uses access keys', "unguarded"),
])
def test_none_of_them_can_be_guarded(alone, home, told, profiles, condition, headline, code):
    keys = "\n[profile keys]\naws_access_key_id = a\naws_secret_access_key = b\n"
    home.config.write_text(home.config.read_text() + keys)
    alone.configure(profiles=profiles)
    alone.start(claude=False)
    shown = told(condition)
    assert shown[0].startswith(headline) and shown[1] == 4 and shown[2].startswith(profiles[0])
    finding = alone.status()["findings"][0]
    assert finding["code"] == code
    fix = 'Did you mean "work-dev"' if code == "no-such-profile" else "bedrock-agent reset --guard keys"
    assert finding["fix"].startswith(fix)


def test_one_of_two_cannot_be_guarded(alone, told):
    alone.start(claude=False, profiles=["work-dev", "ghost"])
    assert told("healthy")[1:] == (1, "work-dev ok, 1 warning: bedrock-agent status")


def test_doctor_finds_nothing_wrong(alone):
    alone.start(claude=False)
    shown = alone.run("doctor", check=False)
    assert "✗" not in shown.stdout and "Claude Code is not set to use Bedrock" in shown.stdout
    assert shown.returncode == 0, shown.stdout


# Signing in


def signed_in_again(agent):
    eventually(lambda: agent.session("corp").get("lastSignIn", {}).get("result") == "ok", "signed in")


def test_our_own_program_signs_in(alone, home, sandbox):
    """Nothing in a file says how, so nothing is to be approved, and no AWS CLI is needed."""
    alone.environment["PATH"] = str(home.path / "no-programs")
    sandbox.revoke()
    home.age_token(left=1202)
    alone.start(claude=False)
    signed_in_again(alone)
    assert alone.entries("signing in (automatically)"), alone.journal()


def test_it_does_so_where_claude_code_cannot(alone, home, sandbox):
    """Claude Code uses the same session, and has no awsAuthRefresh."""
    write(alone, {"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "AWS_REGION": "us-west-2"}})
    sandbox.revoke()
    home.age_token(left=1202)
    alone.start(claude=False)
    signed_in_again(alone)


def test_the_command_that_was_not_approved_is_not_passed_over(alone, home, sandbox):
    """What Claude Code's settings say counts where they say something."""
    alone.use("work-dev", "true", approve=False)
    sandbox.revoke()
    home.age_token(left=1202)
    alone.start(claude=False)
    alone.wait_until("sign-in-needed")
    assert "command-unapproved" in alone.findings() and "lastSignIn" not in alone.session("corp")


def test_who_is_elsewhere_is_told_of_the_profile(alone, home, tmp_path, sandbox):
    """And not of a Claude Code that cannot go on."""
    messages = tmp_path / "messages"
    tell = write_program(tmp_path / "tell", f"cat >> {messages}")
    alone.configure(profiles=["work-dev"], signIn="ask", notify=str(tell))
    alone.run("approve", "--yes")
    sandbox.revoke()
    home.age_token(left=1202)
    alone.start(claude=False)
    message = eventually(lambda: messages.exists() and messages.read_text(), "the message")
    assert "work-dev: Identity Center has ended the session." in message and "Claude" not in message
    assert "To sign in, run there: bedrock-agent login --profile work-dev\n" in message


def test_login_needs_no_name(alone, home, sandbox):
    """There is but one that can be meant, unless the shell names another."""
    sandbox.revoke()
    home.token_file().unlink()
    alone.run("login")
    assert home.token()["accessToken"]
    refused = alone.run("login", check=False, AWS_PROFILE="ghost")
    assert 'no profile "ghost"' in refused.stderr
