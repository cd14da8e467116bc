"""Sections and keys of the AWS configuration, as the program's own reader takes them.

Only the program is asked where the AWS CLI refuses the file that it reads: nobody could sign in, and the agent says so.
"""

import subprocess
from datetime import datetime, timedelta, timezone

import pytest

from folder import settings

FOUND = ["[profile\twork-dev]", '[profile "work-dev"]', "[profile 'work-dev']", "  [profile work-dev]",
         "[profile work-dev] # mine", "[profile work-dev] ; mine"]
LOST = ["[ profile work-dev]", "[profile  work-dev]", "[profile work-dev ]", "[PROFILE work-dev]", "[work-dev]",
        "[profile:work-dev]", "[profile work-dev]x", "[profile WORK-DEV]"]


@pytest.fixture
def change(folder):
    """Puts something else into the configuration, in place of what is there."""

    def put(*pairs: tuple[str, str], **env):
        text = folder.home.config.read_text()
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        folder.put(config=text, user={"env": settings("AWS_REGION", **env)})

    return put


@pytest.mark.parametrize("header", FOUND)
def test_sections_that_are_found(folder, claude, change, header):
    change(("[profile work-dev]", header))
    assert claude.ask(folder).session == "corp"


@pytest.mark.parametrize("header", LOST)
def test_sections_that_are_not(folder, both, change, header):
    change(("[profile work-dev]", header))
    assert "any providers" in both.agree(folder).no_credentials


@pytest.mark.parametrize("name, found", [
    ("a.b", True), ("a/b", True), ("a+b", True), ("a@b", True), ("a_b", True), ("a:b", True), ("a%b", True),
    ("7", True), ("My Dev", False), ("Müller", False), ("a(b)", False), ("a,b", False), ("a=b", False), ("a;b", False)])
@pytest.mark.parametrize("quote", ["", '"'])
def test_names(folder, both, change, name, found, quote):
    change(("[profile work-dev]", f"[profile {quote}{name}{quote}]"), AWS_PROFILE=name)
    answer, view = both.ask(folder)
    assert (answer.session == "corp") == found
    assert (view.guarded == {name: "corp"} and view.condition == "healthy") == found, view


@pytest.mark.parametrize("header, found", [
    ('[sso-session "corp"]', True), ("[sso-session corp] # ours", True), ("[sso-session  corp]", False),
    ("[ sso-session corp ]", False), ("[sso_session corp]", False)])
def test_sections_of_sessions(folder, both, change, header, found):
    change(("[sso-session corp]", header))
    assert (both.agree(folder).session == "corp") == found


@pytest.mark.parametrize("old, new", [
    ("sso_role_name = Dev", "SSO_ROLE_NAME = Dev"), ("sso_role_name = Dev\n", "\n"),
    ("sso_account_id = 123456789012\nsso_role_name = Dev", "sso_role_name = Dev")])
def test_keys_that_lack(folder, both, change, old, new):
    change((old, new))
    assert "invalid SSO credentials" in both.agree(folder).no_credentials


@pytest.mark.parametrize("old, new", [
    ("sso_role_name = Dev", "sso_role_name = Dev # mine"), ("sso_role_name = Dev", "  sso_role_name = Dev"),
    ("sso_role_name = Dev", "sso_role_name = Gone\nsso_role_name = Dev"), ("\n", "\r\n")])
def test_keys_that_count(folder, claude, change, old, new):
    change((old, new))
    assert claude.ask(folder).session == "corp"


def test_profile_default_replaces_default(folder, both, change):
    change(("[profile placeless]", "[profile default]"), AWS_PROFILE="")
    # The role says which section signed; the agent calls the profile by its name.
    answer, view = both.ask(folder)
    assert (answer.session, view.guarded) == ("corp", {"default": "corp"})
    assert (answer.key is not None, answer.region) == (True, "us-east-1")


def test_a_profile_twice_is_one(folder, claude, change):
    change(("[profile placeless]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Placeless",
            "[profile work-dev]\nregion = eu-north-1"))
    answer = claude.ask(folder)
    assert (answer.session, answer.region) == ("corp", "eu-north-1")


AN_HOUR_FROM_NOW = datetime.now(timezone.utc) + timedelta(hours=1)


@pytest.mark.parametrize("form", [
    "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S+00:00", "%Y-%m-%d %H:%M:%SZ", "%Y-%m-%dT%H:%M:%S+0000",
    "%Y-%m-%dT%H:%M:%Sz", "%Y-%m-%dt%H:%M:%SZ", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%S.123456Z"])
def test_times_that_everybody_reads(folder, both, sandbox, form):
    """Both AWS CLIs, boto3 and the program take the token for one that is good for an hour."""
    folder.home.write_token({**folder.home.token("corp"), "expiresAt": AN_HOUR_FROM_NOW.strftime(form)}, "corp")
    folder.put(user={"env": settings()})
    assert both.agree(folder).session == "corp"
    result = subprocess.run(
        ["/usr/bin/aws", "configure", "export-credentials", "--profile", "work-dev"], env=folder.environment(),
        capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    asked = [entry["grantType"] for entry in sandbox.record("CreateToken") if entry.get("grantType") == "refresh_token"]
    assert not asked, "nobody took it for one that has expired"


@pytest.mark.parametrize("what", ["/dev/null", "a folder"])
def test_credentials_that_are_no_file(folder, both, what):
    place = folder.home.path if what == "a folder" else what
    folder.put(user={"env": settings(AWS_SHARED_CREDENTIALS_FILE=str(place))})
    assert both.agree(folder).session == "corp"
