"""Noninteractive `setup`: a new profile from flags alone, and JSON for scripts."""

import http.server
import json
import ssl
import threading

import pytest

from claude_settings import COMMAND
from exchanges import make_certificate
from programs import newer_cli

MODEL = "global.anthropic.claude-opus-4-5-20251101-v1:0"
FLAGS = ("--profile", "work-dev", "--region", "us-west-2", "--model", MODEL)
NEW = ("--profile", "fresh", "--region", "eu-west-1", "--model", MODEL, "--sso-region", "us-east-1")


# A new profile


def test_a_new_profile_without_asking(setup, home, aws):
    home.config.unlink()
    setup(*NEW, "--sso-start-url", home.start_url, "--account-id", "123456789012", "--role-name", "Dev", "--yes",
          "--no-enable")
    assert home.config.read_text() == f"""\
[sso-session sandbox]
sso_start_url = {home.start_url}
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[profile fresh]
sso_session = sandbox
sso_account_id = 123456789012
sso_role_name = Dev
region = eu-west-1
"""
    assert home.claude_settings()["awsAuthRefresh"] == "aws sso login --profile fresh"
    assert "AccessKeyId" in aws("configure", "export-credentials", "--profile", "fresh").stdout


def test_it_shares_the_session_that_is_there(setup, home):
    before = home.config.read_text()
    setup(*NEW, "--sso-start-url", home.start_url, "--account-id", "123456789012", "--role-name", "Dev", "--yes",
          "--no-enable", "--no-login")
    after = home.config.read_text()
    assert after.startswith(before) and "sso_session = corp" in after[len(before):]
    assert "[sso-session" not in after[len(before):]
    # Repeating it changes nothing.
    result = setup(*NEW, "--sso-start-url", home.start_url, "--account-id", "123456789012", "--role-name", "Dev",
                   "--yes", "--no-enable", "--no-login")
    assert "nothing was changed" in result.stdout and home.config.read_text() == after


def test_of_a_session_that_is_there(setup, home):
    before = home.config.read_text()
    setup("--profile", "fresh", "--region", "eu-west-1", "--model", MODEL, "--sso-session", "corp", "--account-id",
          "123456789012", "--role-name", "Dev", "--yes", "--no-enable")
    after = home.config.read_text()
    assert after.startswith(before) and after[len(before):] == """
[profile fresh]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Dev
region = eu-west-1
"""
    assert home.claude_settings()["awsAuthRefresh"] == "aws sso login --profile fresh" and home.token()["refreshToken"]
    result = setup("--region", "eu-west-1", "--model", MODEL, "--sso-session", "crop", "--yes", status=1)
    assert 'Did you mean "corp"?' in result.stderr and "--sso-start-url" in result.stderr


def test_what_is_only_one_need_not_be_named(setup, home, start_sandbox):
    one = start_sandbox("--account", "333333333333=Only:Builder")
    home.config.unlink()
    setup("--region", "eu-west-1", "--model", MODEL, "--sso-region", "us-east-1", "--sso-start-url", one.start_url,
          "--yes", "--no-enable", **one.environment, BROWSER=one.browser())
    assert "[profile Builder-333333333333]" in home.config.read_text()


# Where the person's browser is elsewhere


SSH = {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"}


@pytest.mark.parametrize("is_elsewhere, written", [
    (SSH, "bedrock-agent login --profile work-dev"), ({"DISPLAY": ""}, "bedrock-agent login --profile work-dev"),
    ({}, "aws sso login --profile work-dev")])
def test_what_claude_code_runs_works_there(setup, home, is_elsewhere, written):
    """By PKCE, the page calls back to this machine."""
    found = newer_cli(home.path / "tools")
    setup(*FLAGS, "--no-login", "--yes", "--no-enable", PATH=found, **{"DISPLAY": ":0", **is_elsewhere})
    assert home.claude_settings()["awsAuthRefresh"] == written
    # It stays where a browser is.
    setup(*FLAGS, "--no-login", "--yes", "--no-enable", PATH=found, DISPLAY=":0")
    assert home.claude_settings()["awsAuthRefresh"] == written


@pytest.mark.parametrize("line, warned", [
    ("aws sso login --profile work-dev", True), ("aws sso login --profile work-dev --use-device-code", False)])
def test_what_is_in_place_stays_there(setup, home, line, warned):
    found = newer_cli(home.path / "tools")
    setup(*FLAGS, "--no-login", "--yes", "--no-enable", PATH=found, DISPLAY=":0")
    file = home.path / ".claude" / "settings.json"
    file.write_text(file.read_text().replace("aws sso login --profile work-dev", line))
    result = setup(*FLAGS, "--no-login", "--yes", "--no-enable", PATH=found, **SSH)
    assert home.claude_settings()["awsAuthRefresh"] == line
    assert ("--coalesce writes what shows a code" in result.stderr + result.stdout) == warned


def test_an_old_aws_cli_knows_no_such_flag(setup, home):
    newer_cli(home.path / "tools")
    aws = home.path / "tools" / "aws"
    aws.write_text(aws.read_text().replace("2.30.0", "2.21.9"))
    setup(*FLAGS, "--no-login", "--yes", "--no-enable", PATH=f"{home.path / 'tools'}:/usr/bin:/bin", SSH_TTY="/dev/pts/1")
    assert home.claude_settings()["awsAuthRefresh"] == "aws sso login --profile work-dev"


# A start URL of the company's own


@pytest.fixture
def vanity(tmp_path):
    """A start URL that is not AWS's: it leads where `leads_to` says. With the CA bundle to trust it."""
    class Redirect(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response(302)
            self.send_header("Location", self.server.leads_to)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Redirect)
    certificate, key = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.leads_to = "https://ssoins-1234.portal.us-east-1.app.aws/start/?from=corp"
    server.start_url = f"https://127.0.0.1:{server.server_address[1]}/start"
    server.environment = {"AWS_CA_BUNDLE": certificate}
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.shutdown()


def new_at(start_url: str, *more: str) -> tuple:
    return ("--profile", "fresh", "--region", "eu-west-1", "--model", MODEL, "--sso-region", "eu-central-1",
            "--sso-start-url", start_url, *more, "--yes", "--no-enable")


@pytest.mark.parametrize("more", [("--account-id", "210987654321"),
                                  ("--account-id", "123456789012", "--role-name", "Dev")], ids=["asked", "given"])
def test_the_region_to_which_a_start_url_leads(setup, home, sandbox, vanity, more):
    """As the AWS CLI follows one since 2.35.13. The config keeps what was typed, with the right region."""
    home.config.unlink()
    result = setup(*new_at(vanity.start_url, *more), **vanity.environment)
    assert "Identity Center is in us-east-1" in result.stdout
    config = home.config.read_text()
    assert "sso_region = us-east-1\n" in config and "eu-central-1" not in config and vanity.start_url in config
    assert sandbox.prompts() == 1 and home.token("sso")["startUrl"] == vanity.start_url


@pytest.mark.parametrize("leads_to, words", [
    ("https://login.example/", ["leads to https://login.example/", "is no access portal"]),
    ("http://ssoins-1.portal.us-east-1.app.aws/", ["is no access portal"])])
def test_a_start_url_that_leads_elsewhere(setup, home, vanity, leads_to, words):
    vanity.leads_to = leads_to
    before = home.config.read_text()
    result = setup(*new_at(vanity.start_url, "--account-id", "123456789012", "--role-name", "Dev"), status=1,
                   **vanity.environment)
    assert all(word in result.stderr for word in words), result.stderr
    assert home.config.read_text() == before


@pytest.mark.parametrize("left_out, words", [
    ("--account-id", "pass --account-id with one of: 123456789012"), ("--role-name", "pass --role-name with one of: "),
    ("--sso-region", "--sso-region")])
def test_what_is_missing_is_named_and_nothing_stays(setup, home, left_out, words):
    home.config.write_text("# nothing yet\n")
    flags = dict(zip(*[iter((*NEW, "--sso-start-url", home.start_url, "--account-id", "123456789012", "--role-name",
                             "Dev"))] * 2))
    del flags[left_out]
    before = {path for path in home.path.rglob("*") if path.is_file()}
    result = setup(*(word for pair in flags.items() for word in pair), "--yes", "--no-enable", status=1)
    assert words in result.stderr
    assert {path for path in home.path.rglob("*") if path.is_file()
            and ".local/state" not in str(path) and path.name != "session.db"} == before
    assert home.config.read_text() == "# nothing yet\n"


@pytest.mark.parametrize("flags, words", [
    (("--region", "us west"), "--region"), (("--account-id", "12"), "--account-id"),
    (("--sso-start-url", "http://corp.example"), "does not start with https://"),
    (("--sso-start-url", "https://co rp"), "--sso-start-url"), (("--role-name", "Dev"), "--sso-start-url"),
    (("--sso-region", "us-east-1"), "--sso-start-url"), (("--repair", "--yes", "--json"), "--repair"),
    (("--repair", "--profile", "work-dev"), "--repair"),
    (("--json",), "--yes or --dry-run")])
def test_flags_that_cannot_be_meant(setup, home, flags, words):
    assert words in setup(*flags, status=64).stderr
    assert not (home.path / ".claude").exists()


@pytest.mark.parametrize("name", ["a b", "x]\n[y", "ä"])
@pytest.mark.parametrize("flag", ["--profile", "--sso-session"])
def test_a_name_that_claude_code_would_lose(setup, home, sandbox, flag, name):
    """It is rejected before any sign-in."""
    before = home.config.read_bytes()
    result = setup(*NEW, flag, name, "--sso-start-url", home.start_url, "--account-id", "123456789012", "--yes",
                   "--no-enable", status=64)
    assert "use only letters, digits" in result.stderr
    assert home.config.read_bytes() == before and sandbox.prompts() == 0


# JSON


def test_json_says_what_was_done(setup, home, sandbox):
    result = setup(*FLAGS, "--yes", "--no-enable", "--json")
    report = json.loads(result.stdout)
    file, = report.pop("files")
    assert report == {
        "version": 1, "dryRun": False, "changed": True, "profile": "work-dev", "session": "corp", "account": "123456789012",
        "role": "Dev",
        "kind": "sso-session", "region": "us-west-2", "model": MODEL, "awsAuthRefresh": COMMAND, "signedIn": True,
        "service": "left-alone", "undo": "bedrock-agent reset"}
    assert file["path"] == str(home.path / ".claude" / "settings.json") and file["isNew"] and file["changed"]
    assert any(line.startswith('+  "awsAuthRefresh"') for line in file["diff"])
    # Messages for the user go to stderr, including the sign-in page.
    assert "signed in to corp" in result.stderr and sandbox.url in result.stderr
    again = json.loads(setup(*FLAGS, "--yes", "--no-enable", "--json").stdout)
    assert not again["changed"] and not again["signedIn"] and not again["files"][0]["changed"]


def test_json_of_a_dry_run(setup, home):
    before = sorted(home.path.rglob("*"))
    report = json.loads(setup(*FLAGS, "--dry-run", "--json").stdout)
    assert report["dryRun"] and report["changed"] and not report["signedIn"]
    assert sorted(home.path.rglob("*")) == before


def test_json_of_what_went_wrong_is_an_error_as_always(setup, home):
    result = setup("--yes", "--json", status=1)
    assert result.stdout == "" and "--profile" in result.stderr


def test_the_diff_shows_no_secret(setup, home):
    file = home.path / ".claude" / "settings.json"
    file.parent.mkdir()
    file.write_text(json.dumps({
        "env": {"AWS_REGION": "x", "ANTHROPIC_API_KEY": "sk-nobody-should-see", "GH_PAT": "nobody-should-see"},
        "statusLine": {"type": "command", "command": "curl -H 'Authorization: Bearer nobody-should-see' https://x"}
    }, indent=2))
    for arguments in (("--dry-run",), ("--dry-run", "--json"), ("--yes", "--no-login", "--no-enable")):
        result = setup(*FLAGS, *arguments)
        assert "nobody-should-see" not in result.stdout + result.stderr
    assert "sk-nobody-should-see" in file.read_text()


def test_managed_settings_that_beat_ours_are_named(setup, home, tmp_path):
    managed = tmp_path / "managed"
    managed.mkdir()
    (managed / "managed-settings.json").write_text('{\n "env": {"AWS_REGION": "eu-central-1"}}\n')
    result = setup(*FLAGS, "--yes", "--no-login", "--no-enable", BEDROCK_AGENT_MANAGED_ROOT=str(managed))
    assert "managed-settings.json:2 sets AWS_REGION, which overrides what is written here" in result.stdout


def test_coalesced(setup, home):
    setup(*FLAGS, "--coalesce", "--yes", "--no-login", "--no-enable")
    assert home.claude_settings()["awsAuthRefresh"] == "bedrock-agent login --profile work-dev"
