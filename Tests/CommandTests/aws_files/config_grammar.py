"""AWS configurations drawn at random, from what people have and from oddities of it: the same number draws the same."""

import random
from dataclasses import dataclass, field
from unicodedata import normalize

from spelling import FILES, HEADERS, LINES

START_URLS = [
    "https://corp.awsapps.com/start", "https://corp.awsapps.com/start/", "https://corp.awsapps.com/start#/",
    "https://corp.awsapps.com/start/#/", "https://d-1234567890.awsapps.com/start",
    "https://ssoins-1234.portal.us-east-1.app.aws"]
ROLE_ARN = "arn:aws:iam::210987654321:role/Deploy"
PROCESS = """credential_process = echo '{"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "no-secret"}'"""

# Names of profiles and sessions: usual, and odd.
PROFILES = (["work-dev", "work-dev", "work-dev", "default", "globex"], [
    "Acme Dev (prod)", "Müller", "work.dev", "a/b", "we'ird", "WORK-DEV", "profile", "123", "x@y+z", "a:b", "a=b",
    "\u00a0", "e\u0301", "\u00e9", "sso-session", "[x]", "a#b", "work-dev ", "-x", "\U0001f600", "DEFAULT", "a\\b"])
SESSIONS = (["corp", "corp", "corp", "globex"], [
    "My Session", "Corp", "münchen", "corp/eu", "corp:eu", "a'b", "corp.eu", "", "corp ", "x" * 300, "corp#eu",
    "\U0001f600", "\u00a0", "a\\b", 'a"b', "e\u0301"])

# Key -> usual values, and odd ones.
VALUES = {
    "sso_account_id": (["123456789012"], [
        "12345678901", "1234-5678-9012", '"123456789012"', "", "0123456789012", "000000000012",
        "１２３４５６７８９０１２",
        "12345678901x", "123456789012 # dev", "123 456 789 012", "+123456789012", "123456789012,"]),
    "sso_role_name": (["Dev", "Dev", "AdministratorAccess"], [
        "", "Dev Ops", '"Dev"', "Dév", "team/Dev", "a+b=c,d.e@f-g", "Dev # ours", "Dev\u00a0Ops", "dev",
        "%(x)s", "x" * 100]),
    "sso_start_url": (START_URLS, [
        "", "http://corp.awsapps.com/start", "corp.awsapps.com/start", '"https://corp.awsapps.com/start"',
        "HTTPS://CORP.awsapps.com/start", "https://corp.awsapps.com/start # ours", "<https://corp.awsapps.com/start>",
        "https://corp.awsapps.com/start?x=1", "https://münchen.awsapps.com/start", "https://", "ftp://corp/start",
        "https://corp.awsapps.com/st art", "$URL", "https://user@corp.awsapps.com/start",
        "https://corp.awsapps.com/%20"]),
    "sso_region": (["us-east-1", "us-east-1", "eu-central-1"], [
        "", "US-EAST-1", "us_east_1", "us-east-1 ", '"us-east-1"', "us-east-1 # ours", "us-gov-west-1", "cn-north-1",
        "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1", "eusc-de-east-1", "xx-nowhere-9",
        "us-east-1.example.com", "aws-global", "mars", "-us-east-1", "us-east-1-", "us east 1", "us-iso-zero-9", "é",
        "fips-us-east-1", "us-east-1-fips", "us-gov-nowhere-7", "cn-nowhere-7", "a" * 64, "us-east-1/x",
        "us-east-1@x"]),
    "region": (["us-west-2", "eu-west-1"], [
        "", "US-WEST-2", '"us-west-2"', "us-west-2 # ours", "us_west", "us-gov-west-1", "mars", "us-west-2;x"]),
    "sso_registration_scopes": (["sso:account:access"], [
        "", ",", "sso:account:access,", "sso:account:access, x:y", " , sso:account:access", "x:y", "SSO:Account:Access",
        "sso:account:access x:y", '"sso:account:access"', "sso:account:access;x:y", "sso:account:access\u00a0,é"]),
    "output": (["json"], ["", "nonsense"]),
    "endpoint_url": (["http://127.0.0.1:9/profile"], [
        "http://127.0.0.1:9/profile/", "", "127.0.0.1:9", "https://vpce.example.com", "http://127.0.0.1:9/a b",
        "nonsense",
        "http://vpce.example.com", "http://user:secret@127.0.0.1:9", "HTTP://127.0.0.1:9", "http://[::1]:9", "https://",
        "http://localhost:9/#x", "http://127.0.0.1:9?x=y", "http://127.0.0.1:99999", "http://127.0.0.1:9//"]),
    "services": (["local"], ["nowhere", "", "Local"]),
    "use_fips_endpoint": (["true"], ["True", "false", "1", "", "yes", " TRUE "]),
    "use_dualstack_endpoint": (["true"], ["True", "false", "1", "", "yes"]),
    "ignore_configured_endpoint_urls": (["true"], ["True", "false", "1", ""]),
    "role_arn": ([ROLE_ARN], ["", "Deploy", "arn:aws:iam::21098765432:role/x"]),
    "mfa_serial": (["arn:aws:iam::210987654321:mfa/me"], [""]),
    "external_id": (["42"], [""]),
    "duration_seconds": (["3600"], []),
    "role_session_name": (["me"], []),
    "credential_source": (["Environment", "Ec2InstanceMetadata"], ["", "environment", "EcsContainer", "Nowhere"]),
    "web_identity_token_file": (["/nowhere/token"], [""]),
    "login_session": (["arn:aws:iam::123456789012:user/me"], [""]),
    "aws_access_key_id": (["AKIAKEY"], [""]),
    "aws_secret_access_key": (["not-a-secret"], [""]),
    "aws_session_token": (["none"], [""]),
    "sso_session": SESSIONS,
    "source_profile": (["base", "base", "work-dev"], ["", "nowhere", "Base", "default", "chained"]),
}
# Keys that come beside those which a section needs.
BESIDE = ["endpoint_url", "services", "use_fips_endpoint", "use_dualstack_endpoint", "ignore_configured_endpoint_urls",
          "mfa_serial", "external_id", "role_session_name", "sso_region", "sso_start_url", "sso_registration_scopes",
          "web_identity_token_file", "login_session", "aws_access_key_id", "credential_source", "source_profile",
          "role_arn", "sso_session", "output"]
SERVICES = [
    "sso =\n  endpoint_url = http://127.0.0.1:9/sso", "sso_oidc =\n  endpoint_url = http://127.0.0.1:9/oidc",
    "sso-oidc =\n  endpoint_url = http://127.0.0.1:9/hyphen", "SSO =\n  endpoint_url = http://127.0.0.1:9/upper",
    "sso =\n  ENDPOINT_URL = http://127.0.0.1:9/key", "sso =\n  endpoint_url =", "sso = http://127.0.0.1:9/flat",
    "sso =\nendpoint_url = http://127.0.0.1:9/unindented", "bedrock =\n  endpoint_url = http://127.0.0.1:9/bedrock",
    "sso =\n  endpoint_url: http://127.0.0.1:9/colon", "sso =\n  endpoint_url = http://127.0.0.1:9/twice\n"
    "  endpoint_url = http://127.0.0.1:9/again", "sso =\n  endpoint_url = http://127.0.0.1:9/x # ours", "sso =",
    "sso =\n    endpoint_url = http://127.0.0.1:9/deep\n    other = x", "sso =\n  endpoint_url http://127.0.0.1:9"]
# Where the files may be, by the environment.
ELSEWHERE = ["@HOME@/other", "~/other", "$HOME/other", "${HOME}/other", "../home/other", "", "@HOME@/nothing",
             "$NOWHERE/other", "~", "~nobody/other", "/dev/null", "@HOME@", " @HOME@/other", "${HOME/other",
             "$$HOME/other",
             "~/$WHERE", "$HOME/../home/other", "@HOME@/other/"]
# What the file may be instead.
INSTEAD = ["missing", "folder", "link", "loop", "null", "pipe"]


@dataclass
class Drawn:
    """`config` and `credentials` are bytes, one of INSTEAD, or nothing; `variables` are exported, with @HOME@."""

    profile: str
    config: bytes | str
    credentials: bytes | str | None
    variables: dict[str, str] = field(default_factory=dict)


class Pen:
    """Writes as this number does."""

    def __init__(self, number: int):
        self.chance = random.Random(number)
        self.odd = self.chance.choice([0.02, 0.06, 0.15])

    def oddly(self, factor: float = 1) -> bool:
        return self.chance.random() < self.odd * factor

    def pick(self, choices: tuple[list, list]):
        usual, odd = choices
        return self.chance.choice(odd if odd and self.oddly() else usual)

    def header(self, kind: str, name: str) -> str:
        if kind == "profile" and name == "default" and self.chance.random() < 0.6:
            return "[default]"
        if self.oddly():
            return self.chance.choice(HEADERS)(kind, name)
        if any(character in name for character in " '\"\\()#") and self.chance.random() < 0.8:
            return f"[{kind} '{name}']" if "'" not in name else f'[{kind} "{name}"]'
        return f"[{kind} {name}]"

    def line(self, key: str, value: str) -> str:
        return self.chance.choice(LINES)(key, value) if self.oddly(0.4) else f"{key} = {value}"

    def section(self, header: str, keys: list[str], **values: str) -> str:
        """With all these keys, and some others now and then; those with a line end are written as they are."""
        keys = [key for key in keys if not self.oddly(0.3)]
        keys += [key for key in self.chance.sample(BESIDE, 2) if self.oddly(1.5)]
        if self.oddly():
            self.chance.shuffle(keys)
        lines = [self.line(key, values.get(key) or self.pick(VALUES[key])) for key in keys]
        if self.oddly(0.3):
            lines.insert(self.chance.randrange(len(lines) + 1), self.chance.choice([
                "# ours", "  ; ours", "garbage", "s3 =\n  max_concurrent_requests = 20", "", PROCESS, "cli_pager =",
                "s3 =\n  max_concurrent_requests 20", "[", "]", "=", ":", "  indented = x", "a = b = c"]))
        return "\n".join([header, *lines, ""])

    def profile(self, name: str, session: str, kind: str | None = None) -> str:
        kind = kind or self.chance.choices(
            ["session", "legacy", "chain", "keys", "process", "source", "bare", "web"], [60, 14, 18, 3, 3, 2, 3, 1])[0]
        header = self.header("profile", name)
        if kind == "session":
            return self.section(
                header, ["sso_session", "sso_account_id", "sso_role_name", "region"],
                **({} if self.oddly() else {"sso_session": session}))
        if kind == "legacy":
            return self.section(header, ["sso_start_url", "sso_region", "sso_account_id", "sso_role_name", "region"])
        if kind == "chain":
            return self.section(
                header, ["role_arn", "source_profile", "region"],
                **({"source_profile": name} if self.oddly() else {}))
        if kind == "keys":
            return self.section(header, ["aws_access_key_id", "aws_secret_access_key", "region"])
        if kind == "process":
            return self.section(f"{header}\n{PROCESS}", ["region"])
        if kind == "source":
            return self.section(header, ["role_arn", "credential_source", "region"])
        if kind == "web":
            return self.section(header, ["role_arn", "web_identity_token_file", "region"])
        return self.section(header, ["region"])

    def file(self, sections: list[str]) -> bytes | str:
        text = "\n".join(sections).encode()
        if self.oddly(0.5):
            return self.chance.choice(INSTEAD)
        return self.chance.choice(FILES)(text) if self.oddly() else text


def draw_session(number: int) -> Drawn:
    """A profile as usual, and a session that is often odd."""
    pen = Pen(number)
    pen.odd = 0.2
    session = pen.pick(SESSIONS)
    keys = ["sso_start_url", "sso_region", "sso_registration_scopes"]
    usual = "sso_account_id = 123456789012\nsso_role_name = Dev\n"
    if pen.oddly():
        return Drawn("work-dev", f"{pen.section('[profile work-dev]', keys)}{usual}".encode(), None)
    profile = f"[profile work-dev]\nsso_session = {session}\n{usual}"
    return Drawn("work-dev", f"{pen.section(pen.header('sso-session', session), keys)}\n{profile}".encode(), None)


def draw(number: int) -> Drawn:
    """The files of this number."""
    pen = Pen(number)
    chance = pen.chance
    profile, session = pen.pick(PROFILES), pen.pick(SESSIONS)
    sections = [
        pen.section(pen.header("sso-session", session), ["sso_start_url", "sso_region", "sso_registration_scopes"]),
        pen.profile(profile, session)]
    if chance.random() < 0.75:
        kind = chance.choice(["session", "session", "session", "legacy", "keys"])
        sections.append(pen.profile("base", session, kind))
    if chance.random() < 0.2:
        sections.append(pen.profile(chance.choice(["default", "chained", profile, normalize("NFD", profile)]), session))
    if "services" in sections[1] or pen.oddly():
        # The service's lines as they are.
        lines = "\n".join(chance.sample(SERVICES, chance.choice([1, 1, 2])))
        sections.append(f"{pen.header('services', 'local')}\n{lines}\n")
    if pen.oddly(0.5):
        sections.append(chance.choice(sections))
    chance.shuffle(sections)
    credentials = None
    if chance.random() < 0.1 + pen.odd:
        keys = chance.sample([
            "region", "aws_access_key_id", "sso_account_id", "sso_role_name", "sso_session", "sso_start_url",
            "endpoint_url", "role_arn", "source_profile"], chance.choice([0, 1, 1, 2]))
        if "aws_access_key_id" in keys and not pen.oddly():
            keys.append("aws_secret_access_key")
        name = chance.choice([profile, profile, "base", "default", session])
        header = pen.header("profile", name) if pen.oddly(3) else f"[{name}]"
        credentials = pen.file([pen.section(header, keys)])
    variables = {}
    for variable, share in [("AWS_CONFIG_FILE", 0.3), ("AWS_SHARED_CREDENTIALS_FILE", 0.3)]:
        if pen.oddly(share):
            variables[variable] = chance.choice(ELSEWHERE)
    for variable in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC"]:
        if pen.oddly(0.2):
            variables[variable] = pen.pick(VALUES["endpoint_url"]).replace("profile", variable.lower())
    for variable in ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"]:
        if pen.oddly(0.2):
            variables[variable] = chance.choice(["true", "TRUE", "false", "", "1", "yes"])
    return Drawn(profile, pen.file(sections), credentials, variables)
