"""Claude Code settings and AWS config files as found in practice, with content that no edit may change."""

from dataclasses import dataclass


@dataclass
class Ugly:
    name: str
    content: bytes | None
    mode: int = 0o644
    # The file is reached through this many symbolic links.
    links: int = 0
    # The config's legacy profile.
    profile: str = "old"

    def __str__(self):
        return self.name


OURS = ('"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "AWS_REGION": "us-west-2", '
        '"ANTHROPIC_MODEL": "global.anthropic.claude-opus-4-8"')


def settings(name: str, text: str | None, **more) -> Ugly:
    return Ugly(name, None if text is None else text.encode(), **more)


SETTINGS = [
    settings("missing", None),
    settings("empty", ""),
    settings("one line feed", "\n"),
    settings("white space", " \t\r\n\n  "),
    settings("an object, no line end", "{}"),
    settings("an object, line end", "{}\n"),
    settings("an object over lines", "{\n\n}\n\n"),
    settings("an empty env", '{"env": {}}'),
    settings("an empty env over lines", '{\n  "env": {\n  },\n  "model": "opus"\n}\n'),
    settings("two spaces", '{\n  "model": "opus",\n  "env": {\n    "FOO": "bar"\n  }\n}\n'),
    settings("four spaces, CRLF",
             '{\r\n    "env": {\r\n        "A": "b",\r\n        "AWS_PROFILE": "x"\r\n    },\r\n    "z": 0\r\n}\r\n'),
    settings("tabs, no line end", '{\n\t"hooks": {\n\t\t"Stop": [\n\t\t\t{ "matcher": "" }\n\t\t]\n\t}\n}'),
    settings("one line", '{"permissions":{"allow":["Bash(ls:*)"]},"env":{"FOO":"bar"},"model":"opus"}'),
    settings("one line, spaced", '{ "env" : { "AWS_PROFILE" : "old" } , "n" : 1E+2 }\n'),
    settings("no env, one line", '{"model":"opus","n":[1,2]}\n'),
    settings("escapes and numbers", r"""{
  "statusLine": {"type": "command", "command": "a\/b \u00e9 \ud83d\ude00 é"},   "n": [ 1E+2, -0.0, 1.50, 12345678901234567890 ],
  "\u0065nv": {"AWS_\u0050ROFILE": "\u006fld", "X": "\/"}

,  "awsAuthRefresh"   :   "aws sso login"
}
"""),
    settings("keys twice", '{\n  "env": {"AWS_PROFILE": "first"},\n  "x": 1,\n'
             '  "env": {"AWS_PROFILE": "a", "AWS_PROFILE": "b"}\n}\n'),
    settings("odd spacing", '\n\n  {"a":1,\n\n\n "env"\n:\n{\n"Q"  :"1"\n   }   ,"b":\t2\n\n      }\n\n\n'),
    settings("brackets on one line", '{\n  "env": {\n    "A": "b"},\n  "list": [\n    1]}'),
    settings("300 keys", '{\n' + ",\n".join(f'  "key{n}": {{"v": [{n}, "\\u00e9/"]}}' for n in range(300)) + "\n}\n"),
    settings("ours with other values", '{"env": {"CLAUDE_CODE_USE_BEDROCK": "0", "AWS_PROFILE": "mine", "AWS_REGION": '
             '"eu-west-1", "ANTHROPIC_MODEL": "sonnet"}, "awsAuthRefresh": "mine --all"}\n'),
    settings("ours as they shall be, but one", '{"env": {' + OURS.replace("us-west-2", "us-east-1") + '}}'),
    settings("ours as they shall be", '{"env": {' + OURS + '}, "awsAuthRefresh": "aws sso login --profile work-dev"}'),
    settings("env with only ours", '{\n  "env": {' + OURS.replace('"1"', '"true"') + "}\n}\n"),
    settings("a command of their own",
             '{\n  "awsAuthRefresh": "./login.sh",\n  "awsCredentialExport": "./export.sh"\n}\n'),
    settings("values of other kinds", '{"env": {"AWS_PROFILE": null, "AWS_REGION": 1, "X": {}}, "other": []}'),
    settings("nested ours elsewhere", '{"a": {"env": {"AWS_PROFILE": "x"}}, "awsAuthRefreshes": ["env"], "ENV": {}}'),
    settings("secrets",
             '{"env": {"AWS_BEARER_TOKEN": "hidden", "HTTPS_PROXY": "http://u:hidden@p"}, "apiKey": "hidden"}'),
    settings("unicode", '{"ключ": "значение", "emoji": "😀", "e\u0301": "\u00e9", "nul": "\\u0000"}'),
    settings("deep", '{"a":' * 60 + "1" + "}" * 60),
    settings("large", '{"x": "' + "y" * 300_000 + '"}\n'),
    settings("mode 0400", '{"a": 1}', mode=0o400),
    settings("mode 0640", '{"a": 1}\n', mode=0o640),
    settings("a link", '{"a": 1}\n', links=1),
    settings("a chain of links", '{\n  "a": 1\n}', links=3, mode=0o600),
    settings("a link to nothing", None, links=2),
]


def config(name: str, text: str, **more) -> Ugly:
    return Ugly(name, text.encode(), **more)


URL = "https://corp.awsapps.com/start"
LEGACY = f"""\
[profile old]
sso_start_url = {URL}
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = Dev
region = us-west-2
"""
SESSION = f"""\
[sso-session corp]
sso_start_url = {URL}
sso_region = us-east-1
sso_registration_scopes = sso:account:access
"""
UNSCOPED = SESSION.replace("sso_registration_scopes = sso:account:access\n", "")
THROUGH = "[profile old]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\n"

CONFIGS = [
    config("plain", LEGACY),
    config("no line end", LEGACY.rstrip()),
    config("CRLF", LEGACY.replace("\n", "\r\n")),
    config("no spaces", LEGACY.replace(" = ", "=")),
    config("tabs, indented",
           LEGACY.replace("\nsso", "\n\tsso").replace("\nregion", "\n\tregion").replace(" = ", "\t=\t")),
    config("colons for what moves", LEGACY.replace("url = ", "url: ").replace("sso_region = ", "sso_region:")),
    config("default", LEGACY.replace("profile old", "default"), profile="default"),
    config("quoted", LEGACY.replace("profile old", "profile 'old'")),
    config("comments everywhere", "# a\n; b\n" + LEGACY.replace("\n", "\n# c = d\n") + "\n\n#[profile old]\n"),
    config("region first, upper case",
           "[profile old]\nSSO_REGION = us-east-1\nregion = us-west-2\nsso_role_name = Dev\n"
           f"sso_account_id = 123456789012\nSSO_START_URL = {URL}\n"),
    config("between others", "[default]\nregion = eu-west-1\n\n\n" + LEGACY + "s3 =\n  max_queue_size = 10\n\n"
           "[services x]\nsso =\n  endpoint_url = https://x\n\n[plugins]\ncli_legacy_plugin_path = p\n"),
    config("a session to share", SESSION + "\n" + LEGACY),
    config("a session of that name elsewhere", SESSION.replace("us-east-1", "eu-west-1") + "\n" + LEGACY),
    config("a session without the scope", UNSCOPED + THROUGH),
    config("a session with other scopes", UNSCOPED + "sso_registration_scopes = a:b, c:d\n\n" + THROUGH),
    config("two of one start URL", LEGACY + "\n" + LEGACY.replace("old", "older")),
    config("1,000 profiles", "\n".join(LEGACY.replace("old", f"p{n}") for n in range(1000)) + "\n" + LEGACY),
    config("defaults for all", "[DEFAULT]\noutput = json\n" + LEGACY),
    config("a secret beside it",
           LEGACY + "\n[profile keys]\naws_access_key_id = hidden\naws_secret_access_key = hidden\n"),
    config("a link, mode 0600", LEGACY, links=2, mode=0o600),
]
