"""Who signs in cannot be told from the files: `login` and the AWS CLI write the same ones, and go on with each other's.

With the AWS CLI that is installed, and with those of BEDROCK_ROOTS: support/every_aws_cli.py. One that knows no page
that redirects is compared by the device flow only.
"""

import re
import stat
from dataclasses import dataclass

import pytest

from aws_home import Home
from every_aws_cli import OneAWSCLI, every_aws_cli
from waiting import eventually

CLIS = every_aws_cli()
OURS, THEIRS = "bedrock-agent-net", "aws-cli"
# A token and a registration that have both ended.
OVER = '{"accessToken": "a", "clientId": "b", "clientSecret": "c", "expiresAt": "2020-01-01T00:00:00Z"}'


@dataclass(frozen=True)
class Way:
    """One way to sign in."""

    profile: str
    # By the device flow, though there is a display.
    by_code: bool = False

    @property
    def redirects(self) -> bool:
        """A legacy session has the device flow only."""
        return not self.by_code and self.profile != "old-profile"

    @property
    def is_refreshable(self) -> bool:
        """Where no scope is asked for, the service grants no refresh token; by PKCE there always is one."""
        return self.profile == "work-dev" or self.redirects

    def key(self, home: Home) -> str:
        """See `Home.token_file`."""
        return {"work-dev": "corp", "work-unscoped": "unscoped"}.get(self.profile, home.start_url)

    def is_known_to(self, cli: OneAWSCLI) -> bool:
        return cli.redirects or not self.redirects

    def __str__(self):
        return f"{self.profile} by {'a page' if self.redirects else 'a code'}"


PAGE, CODE = Way("work-dev"), Way("work-dev", by_code=True)
WAYS = [
    CODE, PAGE, Way("work-unscoped", by_code=True), Way("work-unscoped"),
    Way("old-profile", by_code=True), Way("old-profile")]
EACH = [pytest.param(cli, way, id=f"{cli}, {way}{' asked for' * way.by_code}")
        for cli in CLIS for way in WAYS if way.is_known_to(cli)]


class Person:
    """Signs in to one home, by `login` or by an AWS CLI, and presses Allow."""

    def __init__(self, logins, sandbox):
        self.logins, self.sandbox = logins, sandbox
        self.home = logins.agent.home

    def sign_in(self, by: OneAWSCLI | None, way: Way, home: Home | None = None):
        """By `login`, unless an AWS CLI is given; in another home only by that."""
        if by:
            by.run(self.environment(home), "sso", "login", "--profile", way.profile, *(
                ["--use-device-code"] if way.by_code and by.redirects and way.profile != "old-profile" else []))
            return
        login = self.logins.start("--profile", way.profile, *(["--device-code"] if way.by_code else []))
        if way.by_code:
            self.sandbox.approve(user_code=eventually(lambda: login.code, "it shows the code"))
        assert login.end() == 0, login.text

    def environment(self, home: Home | None = None) -> dict:
        return (home or self.home).environment(self.sandbox.environment, BROWSER=self.sandbox.browser())

    def registrations(self) -> list[str]:
        """Who registered a client, one after the other."""
        return [entry["client"] for entry in self.sandbox.record("RegisterClient")]

    def refreshes(self) -> list[tuple[str, int]]:
        """Who refreshed, and with what result."""
        return [(entry["client"], entry["status"])
                for entry in self.sandbox.record("CreateToken", grantType="refresh_token")]

    def forget_token(self, way: Way):
        """Only the registration is left."""
        self.home.token_file(way.key(self.home)).unlink()


@pytest.fixture
def person(logins, sandbox) -> Person:
    return Person(logins, sandbox)


def layout(text: str) -> str:
    """The file, with each secret as `…` and each digit of a time as 0."""
    text = re.sub(r'("(?:accessToken|refreshToken|clientId|clientSecret)"\s*:\s*)"[^"]+"', r'\1"…"', text)
    return re.sub(r'"[^"]*[eE]xpiresAt"\s*:\s*"[^"]*"', lambda found: re.sub(r"\d", "0", found[0]), text)


def files(home: Home) -> dict[str, tuple[bool, int, str]]:
    """By its name, whether each file is a link, its mode, and its layout."""
    return {file.name: (file.is_symlink(), stat.S_IMODE(file.stat().st_mode), layout(file.read_text()))
            for file in home.cache.iterdir()}


@pytest.mark.parametrize("cli, way", EACH)
def test_the_same_but_for_the_values(person, tmp_path, cli, way):
    other = Home(tmp_path / "other", person.home.start_url)
    person.sign_in(None, way)
    person.sign_in(cli, way, other)
    assert person.registrations() == [OURS, THEIRS]
    written = files(person.home)
    assert written == files(other)
    # What was compared is what it is meant to be.
    name = person.home.token_file(way.key(person.home)).name
    (_, mode, token), (_, other_mode, registration) = written.pop(name), *written.values()
    assert mode == other_mode == 0o600 and '"expiresAt": "0000-00-00T00:00:00Z"' in token
    assert ("refreshToken" in token, '"grantTypes": [' in registration) == (way.is_refreshable, way.redirects)


@pytest.mark.parametrize("mode, is_link", [(0o640, False), (0o644, False), (0o600, True)], ids=["0640", "0644", "link"])
@pytest.mark.parametrize("cli", CLIS, ids=str)
def test_what_somebody_made_of_the_files(person, tmp_path, cli, mode, is_link):
    """It stays: a mode for a group that reads them, a link to another place."""
    other = Home(tmp_path / "other", person.home.start_url)
    for by, home in [(None, person.home), (cli, other)]:
        person.sign_in(by, CODE, home)
        for file in list(home.cache.iterdir()):
            place = file.with_suffix(".elsewhere") if is_link else file
            if is_link:
                file.rename(place)
                file.symlink_to(place)
            place.write_text(OVER)
            place.chmod(mode)
        person.sign_in(by, CODE, home)
    assert person.registrations() == [OURS, OURS, THEIRS, THEIRS]
    written = files(person.home)
    assert written == files(other)
    assert {(kind, found) for kind, found, _ in written.values()} >= {(is_link, mode)}


@pytest.mark.parametrize("first", ["ours", "theirs"])
@pytest.mark.parametrize("cli, way", EACH)
def test_on_the_others_registration(person, cli, way, first):
    """Neither registers again, and the files remain the same."""
    one, two = (None, cli) if first == "ours" else (cli, None)
    person.sign_in(one, way)
    before = files(person.home)
    client = person.home.token(way.key(person.home))["clientId"]
    person.forget_token(way)
    person.sign_in(two, way)
    assert person.registrations() == [OURS if first == "ours" else THEIRS]
    assert files(person.home) == before
    assert person.home.token(way.key(person.home))["clientId"] == client


@pytest.mark.parametrize("before, after", [(PAGE, CODE), (CODE, PAGE)], ids=["page, code", "code, page"])
@pytest.mark.parametrize("first", ["ours", "theirs"])
@pytest.mark.parametrize("cli", CLIS, ids=str)
def test_on_the_others_registration_for_the_other_flow(person, cli, first, before, after):
    """A new one takes its place, unless an AWS CLI is too old to tell them apart: then ours serves it, too."""
    one, two = (None, cli) if first == "ours" else (cli, None)
    if not cli.redirects:
        before, after = (before, CODE) if first == "ours" else (CODE, after)
    person.sign_in(one, before)
    person.forget_token(before)
    person.sign_in(two, after)
    names = [OURS if first == "ours" else THEIRS, THEIRS if first == "ours" else OURS]
    is_kept = before == after or first == "ours" and not cli.redirects
    assert person.registrations() == names[:1 if is_kept else 2]
    # Whoever came first can go on with that, too.
    person.forget_token(after)
    person.sign_in(one, after if cli.redirects or first == "ours" else CODE)


@pytest.mark.parametrize("first", ["ours", "theirs"])
@pytest.mark.parametrize("cli, way", EACH)
def test_everybody_uses_the_token(person, aws, python, cli, way, first):
    """And refreshes it, where it can be: the AWS CLI, boto3, and `login`, one after the other."""
    home, key = person.home, way.key(person.home)
    person.sign_in(None if first == "ours" else cli, way)
    written = files(home)

    def use():
        home.forget_role_credentials()
        shown = cli.run(person.environment(), "configure", "export-credentials", "--profile", way.profile)
        assert "AccessKeyId" in shown.stdout

    def use_by_boto3():
        python(f"import boto3; assert boto3.Session(profile_name='{way.profile}').get_credentials().access_key")

    use()
    use_by_boto3()
    assert person.refreshes() == []
    if way.is_refreshable:
        home.age_token(left=-10, key=key)
        use()
        assert person.refreshes() == [(THEIRS, 200)]
        # Theirs to write, and as at first.
        assert files(home) == written
        home.age_token(left=-10, key=key)
        use_by_boto3()
        home.age_token(left=-10, key=key)
        login = person.logins.start("--profile", way.profile)
        assert login.end() == 0, login.text
        assert person.refreshes() == [(THEIRS, 200), ("Boto3", 200), (OURS, 200)]
        use()
        assert files(home) == written
    # Nobody was bothered again, and each used what the last one wrote.
    assert len(person.sandbox.record("StartDeviceAuthorization")) + len(person.sandbox.record("Authorize")) == 1
