"""Profiles of `aws login`: their file is read as botocore reads it, and the AWS tools alone renew what is in it."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from console import HOUR, SESSION
from varlink_client import VarlinkRefused
from waiting import eventually

COMMAND = "aws login --profile console"


def shown(agent) -> tuple[str, int, str]:
    """The first line of `status`, its exit status, and the line."""
    said = agent.run("status", check=False)
    return said.stdout.splitlines()[0], said.returncode, agent.run("status", "--line").stdout.rstrip("\n")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def test_as_botocore_reads_it(console, python):
    """The name of the file, and what has to be in it."""
    console.sign_in()
    script = f"""
from botocore.credentials import JSONFileCache, LoginCredentialFetcher
from botocore.utils import LoginTokenLoader, get_login_token_cache_directory
loader = LoginTokenLoader(JSONFileCache(get_login_token_cache_directory()))
print(LoginCredentialFetcher({SESSION!r}, loader, None).load_cached_credentials()["expiry_time"])
"""
    assert python(script).stdout.strip() == json.loads(console.file.read_text())["accessToken"]["expiresAt"]


@pytest.mark.parametrize("is_of_claude", [True, False])
def test_signed_in(console, agent, is_of_claude):
    console.use() if is_of_claude else console.guard()
    console.sign_in()
    agent.start(claude=False)
    headline, exit_status, line = shown(agent)
    assert headline.startswith("healthy: console is signed in by aws login until ") and exit_status == 0
    assert line == "console ok"
    [session] = agent.status()["sessions"]
    assert (session["name"], session["kind"], session["profiles"]) == (SESSION, "aws-login", ["console"])
    assert not session["refreshable"] and session["next"]["action"] == "sign-in"
    assert session["accessTokenExpiresAt"] == json.loads(console.file.read_text())["accessToken"]["expiresAt"]
    assert "the AWS tools renew them" in agent.run("status").stdout


@pytest.mark.parametrize("written", ["~/elsewhere", "$HOME/elsewhere", "{home}/elsewhere"])
def test_where_the_variable_says(console, agent, home, written):
    console.guard()
    agent.environment["AWS_LOGIN_CACHE_DIRECTORY"] = written.format(home=home.path)
    console.cache = home.path / "elsewhere"
    console.sign_in()
    agent.start(claude=False)
    assert agent.status()["condition"] == "healthy"


def test_a_chain_leads_to_it(console, agent):
    console.guard("deploys")
    console.sign_in()
    agent.start(claude=False)
    assert agent.session()["profiles"] == ["console", "deploys"]


def test_nobody_renews_in_a_pause(console, agent, sandbox):
    """Credentials that have ended are renewed by whoever uses them next: nothing is wrong, and nothing is done."""
    console.guard()
    console.install_aws()
    console.sign_in(left=-2 * HOUR, ago=2.25 * HOUR)
    before = console.file.read_bytes()
    agent.start(claude=False)
    assert shown(agent)[1:] == (0, "console ok")
    assert "expired at" in agent.run("status").stdout
    assert not console.calls() and console.file.read_bytes() == before


def test_nobody_is_signed_in(console, agent):
    """Somebody may have meant it: nothing starts by itself."""
    console.guard()
    console.install_aws()
    agent.start(claude=False)
    assert shown(agent) == (
        f"sign-in-needed: sign in to console with {COMMAND}", 2, f"console needs a sign-in: {COMMAND}")
    finding = next(one for one in agent.status()["findings"] if one["code"] == "sign-in-needed")
    assert "nobody is signed in by aws login" in finding["message"] and finding["fix"] == COMMAND
    assert not console.calls()
    console.sign_in()
    agent.wait_until("healthy")


@pytest.mark.parametrize("gone", ["refreshToken", "dpopKey", "clientId", "accessToken"])
def test_what_botocore_cannot_use(console, agent, gone):
    console.guard(signIn="never")
    console.sign_in(**{gone: None})
    agent.start(claude=False)
    agent.wait_until("sign-in-needed")
    finding = next(one for one in agent.status()["findings"] if one["code"] == "token-damaged")
    assert str(console.file) in finding["message"] and f"key {gone}" in finding["message"]
    assert finding["fix"] == COMMAND


# Its end: 12 hours after it began, if that was seen; else after the last renewal, at the latest


def test_renewals_do_not_move_the_end(console, agent):
    console.guard(signIn="ask")
    agent.start(claude=False)
    console.sign_in(ago=HOUR)
    agent.wait_until("healthy")
    end = moment(agent.session()["next"]["at"])
    assert abs(end - datetime.now(timezone.utc) - timedelta(hours=11)) < timedelta(minutes=2)
    before = agent.session()["accessTokenExpiresAt"]
    console.sign_in(left=1800)
    eventually(lambda: agent.session()["accessTokenExpiresAt"] != before, "renewed")
    assert moment(agent.session()["next"]["at"]) == end
    # Nor does a restart.
    agent.stop()
    agent.start(claude=False)
    assert moment(agent.session()["next"]["at"]) == end
    # Another login does.
    console.sign_in("second")
    eventually(lambda: moment(agent.session()["next"]["at"]) > end, "another login")


def test_one_that_began_unseen(console, agent):
    console.guard()
    console.sign_in(ago=HOUR, left=-0.75 * HOUR)
    agent.start(claude=False)
    end = moment(agent.session()["next"]["at"])
    assert abs(end - datetime.now(timezone.utc) - timedelta(hours=11)) < timedelta(minutes=2)
    # Nor is it one that begins now, however often the file is read, or it is renewed.
    console.sign_in(ago=0.5 * HOUR, left=-0.25 * HOUR)
    eventually(lambda: moment(agent.session()["next"]["at"]) > end, "renewed")
    agent.control("Reload")
    assert not {"signedInAt", "lastSignIn"} & set(agent.session())


def test_it_is_told_of_before(console, agent):
    console.guard()
    console.sign_in(ago=11.8 * HOUR, left=-11 * HOUR)
    agent.start(claude=False)
    headline, exit_status, line = shown(agent)
    assert headline.startswith("expiring: the aws login of console ends at ") and exit_status == 1
    assert line.startswith("console ends ") and line.endswith(f": {COMMAND}")
    [finding] = [one for one in agent.status()["findings"] if one["severity"] != "info"]
    assert finding["code"] == "sign-in-soon" and finding["fix"] == COMMAND


# Signing in, by the same rules as any


def ended(console):
    console.sign_in(ago=12.1 * HOUR, left=-11.9 * HOUR)


def test_it_signs_in_when_that_has_ended(console, agent):
    console.guard()
    console.install_aws()
    ended(console)
    agent.start(claude=False)
    eventually(lambda: agent.session().get("lastSignIn", {}).get("result") == "ok", f"signed in {agent.journal()}")
    assert console.calls() == ["login --profile console"] and agent.status()["condition"] == "healthy"
    # It counts against the budget.
    state = json.loads((agent.state / "state.json").read_text())
    assert len(state["automaticSignIns"]) == 1


def test_it_is_signed_in_once(console, agent):
    """A command that fails rests as any does."""
    console.guard()
    console.install_aws(signs_in=False)
    ended(console)
    agent.start(claude=False)
    eventually(lambda: agent.session().get("lastSignIn", {}).get("result") == "exit-1", f"failed {agent.journal()}")
    assert agent.entries("the sign-in failed: aws login exited with status 1")
    agent.control("Reload")
    assert len(console.calls()) == 1 and "next try at" in str(agent.status()["findings"])


def test_claude_codes_own_command_is_what_runs(console, agent):
    console.use("aws login --profile console --remote")
    console.install_aws()
    ended(console)
    agent.start(claude=False)
    eventually(lambda: agent.session().get("lastSignIn", {}).get("result") == "ok", f"signed in {agent.journal()}")
    assert console.calls() == ["login --profile console --remote"]


@pytest.mark.parametrize("command, code, fix", [
    ("aws login --profile console", "command-unapproved", "bedrock-agent approve"), (None, None, COMMAND)])
def test_nothing_runs_that_nobody_approved(console, agent, command, code, fix):
    console.use(command, approve=False)
    console.install_aws()
    ended(console)
    agent.start(claude=False)
    agent.wait_until("sign-in-needed")
    findings = agent.status()["findings"]
    assert next(one for one in findings if one["code"] == "sign-in-needed")["fix"] == fix
    assert code is None or code in agent.findings()
    assert not console.calls()


def test_nobody_is_there(console, agent):
    console.guard()
    console.install_aws()
    ended(console)
    del agent.environment["DISPLAY"]
    agent.start(claude=False)
    agent.wait_until("sign-in-needed")
    assert "no display" in str(agent.status()["findings"]) and not console.calls()


# Other commands


def test_login_says_what_signs_in(console, agent):
    said = agent.run("login", "--profile", "console", check=False)
    assert said.returncode == 1 and f"run {COMMAND}" in said.stderr


def test_a_refresh_is_none_of_ours(console, agent):
    console.guard()
    console.sign_in()
    agent.start(claude=False)
    with pytest.raises(VarlinkRefused) as refused:
        agent.control("Refresh", session=SESSION)
    assert refused.value.name == "Unguarded" and "the AWS tools renew" in refused.value.parameters["reason"]


def test_setup_guards_it(console, agent):
    said = agent.run("setup", "--guard", "deploys", "--yes").stdout
    assert "deploys → console → " in said and f"Sign in:           {COMMAND}" in said
    assert json.loads(agent.config.read_text()) == {"profiles": ["deploys"]}
