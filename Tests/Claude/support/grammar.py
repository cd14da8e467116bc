"""Folders drawn at random from what people have, and from oddities of it: the same number draws the same folder."""

import json
import random

from folder import MODEL, Folder

# Lowest first: what a later place says counts.
PLACES = ["exported", "global_", "user", "project", "local", "managed"]
# How often each place is drawn for a variable.
WEIGHTS = [4, 3, 12, 2, 1, 2]

KEYS = [("AWS_ACCESS_KEY_ID", "AKIASTATIC"), ("AWS_SECRET_ACCESS_KEY", "not-a-secret")]
EXPORTED = {"AccessKeyId": "ASIAEXPORTED", "SecretAccessKey": "not-a-secret", "SessionToken": "none"}

# Variable -> how often it is drawn, its usual values, and its odd ones.
VARIABLES = {
    "CLAUDE_CODE_USE_BEDROCK": (0.97, ["1", "1", "1", "true"], [
        " TRUE ", "1 ", "yes", "on", "\t1\n", True, 1, 1.0, ["1"], "0", "", " ", "2", "enabled", False, 0,
        None, [], {}]),
    "AWS_PROFILE": (0.8, ["work-dev", "work-dev", "globex-dev", "default", "chained"], [
        "placeless", "", "  ", " work-dev ", "ghost", "WORK-DEV", None, 5, True, [], ["globex-dev"], {}]),
    "AWS_REGION": (0.7, ["us-west-2", "eu-central-1"], [
        "", "  ", " us-west-2 ", "US-WEST-2", "us_west", None, 5, [], ["eu-west-3"], True]),
    "AWS_DEFAULT_REGION": (0.15, ["sa-east-1"], ["", " ", " sa-east-1 ", None, "x_y"]),
    "ANTHROPIC_MODEL": (0.7, [MODEL, "us.anthropic.claude-sonnet-4-5-20250929-v1:0"], [
        "", f" {MODEL} ", f"{MODEL}[1m]", 5, None, [], True]),
    "CLAUDE_CODE_USE_MANTLE": (0.08, ["1"], [" TRUE ", True, "2", "0", "", None]),
    "CLAUDE_CODE_SKIP_BEDROCK_AUTH": (0.04, ["1"], [" TRUE", True, "2", "0", ""]),
    "CLAUDE_CODE_SKIP_MANTLE_AUTH": (0.03, ["1"], ["0", ""]),
    "AWS_BEARER_TOKEN_BEDROCK": (0.04, ["b"], ["", "  ", None, []]),
    "AWS_CONFIG_FILE": (0.08, ["@HOME@/elsewhere/config"], [
        "", "  ", "../home/elsewhere/config", " @HOME@/elsewhere/config ", "@HOME@/nothing", None]),
    "AWS_SHARED_CREDENTIALS_FILE": (0.06, ["@HOME@/elsewhere/credentials"], [
        "", "@HOME@/nothing", "~/elsewhere/credentials"]),
    "AWS_DEFAULT_PROFILE": (0.04, ["globex-dev"], [""]),
    "ANTHROPIC_API_KEY": (0.04, ["not-a-key"], [""]),
    "LEVEL": (0.1, ["info"], [5, None, True, [], ["x", "y"], {"a": 1}]),
}

# Keys beside `env`, some of the right type and most not.
KEYS_BESIDE = [
    ("model", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"), ("model", ""), ("model", None), ("model", 5),
    ("statusLine", "x.sh"), ("statusLine", {"type": "command", "command": "x"}), ("statusLine", {"command": "x"}),
    ("cleanupPeriodDays", 30), ("cleanupPeriodDays", "30"), ("cleanupPeriodDays", 0), ("includeCoAuthoredBy", False),
    ("includeCoAuthoredBy", "false"), ("awsAuthRefresh", "aws sso login --profile work-dev"), ("awsAuthRefresh", []),
    ("awsAuthRefresh", None), ("permissions", {"allow": ["Bash(ls:*)"]}), ("permissions", {"allow": "Bash"}),
    ("permissions", {"allow": [5]}), ("permissions", {"defaultMode": "ask"}), ("hooks", []), ("hooks", {"Nope": []}),
    ("hooks", {"PreToolUse": "x"}), ("hooks", {"PreToolUse": [{"hooks": [{"type": "command"}]}]}), ("theme", 5),
    ("outputStyle", 5), ("enabledPlugins", {"a@b": True}), ("enabledPlugins", ["a@b"]), ("unknown", None),
    ("env", "x"), ("env", []), ("env", None), ("forceLoginMethod", "x"), ("alwaysThinkingEnabled", "true"),
    ("awsCredentialExport", f"echo '{json.dumps({'Credentials': EXPORTED})}'"), ("awsCredentialExport", "exit 1"),
    ("awsCredentialExport", ""), ("awsCredentialExport", []),
]

MARK = "\N{BYTE ORDER MARK}"
# How a file may be spelled: most are read all the same.
SPELLINGS = [
    lambda text: MARK + text, lambda text: MARK * 2 + text, lambda text: f"\n\n{text}\n\n",
    lambda text: text[:-1] + ",}",
    lambda text: "// mine\n" + text, lambda text: text + " x", lambda text: "", lambda text: "[]", lambda text: "null",
    lambda text: text.replace('{"', '{"env": {"AWS_PROFILE": "globex-dev"}, "', 1),
    lambda text: json.dumps(json.loads(text), indent=8),
]

# Changes of the AWS configuration. Not those that the AWS CLI refuses whole, such as a section twice: Claude Code reads
# them, and the agent must not, because nobody could sign in.
DEFAULT_OF_GLOBEX = """
[profile default]
sso_session = globex
sso_account_id = 210987654321
sso_role_name = GlobexDefault
"""
PROCESS = f"credential_process = echo '{json.dumps({'Version': 1, **EXPORTED})}'"
CONFIGS = [
    lambda text: MARK + text, lambda text: text.replace("\n", "\r\n"), lambda text: "",
    lambda text: text.replace("region = ap-south-1", 'region = "ap-south-1"'),
    lambda text: text.replace("region = ap-south-1", "region = ap-south-1 # near us"),
    lambda text: text.replace("region = ap-south-1", "region ="),
    lambda text: text.replace("region = ap-south-1", "REGION = ap-south-1"),
    lambda text: text.replace("[default]", "[profile default]"),
    lambda text: text + DEFAULT_OF_GLOBEX,
    lambda text: text.replace("[profile work-dev]", "[work-dev]"),
    lambda text: text.replace("[profile work-dev]", "[ profile  work-dev ]"),
    lambda text: text.replace("[profile work-dev]", '[profile "work-dev"]'),
    lambda text: text.replace("[profile work-dev]\n", f"[profile work-dev]\n{PROCESS}\n"),
    lambda text: text.replace("sso_session = corp\n", "sso_session=corp\n"),
    lambda text: text.replace("sso_account_id = 123456789012", "sso_account_id = 123456789012 ; dev"),
    lambda text: text.replace("[sso-session corp]", "[sso_session corp]"),
]
CREDENTIALS = [
    "[work-dev]\naws_access_key_id = AKIAFILE\naws_secret_access_key = not-a-secret\n",
    "[work-dev]\nregion = eu-north-1\n",
    "[placeless]\nregion = eu-north-1\n", "",
]


def draw(number: int) -> dict:
    """The folder of this number: PLACES with what is in each, `config` and `credentials`. All as text that Folder.put
    takes, the exported variables apart."""
    chance = random.Random(number)
    odd = chance.choice([0.05, 0.2, 0.5])
    # Few projects have settings of Bedrock's.
    weights = WEIGHTS if chance.random() < 0.2 else [0 if place in ("project", "local") else weight for place, weight
                                                     in zip(PLACES, WEIGHTS)]
    variables: dict[str, dict] = {place: {} for place in PLACES}
    for name, (often, usual, strange) in VARIABLES.items():
        while chance.random() < often:
            place = chance.choices(PLACES, weights)[0]
            value = chance.choice(strange if chance.random() < odd else usual)
            variables[place][name] = value
            often *= 0.25
    if chance.random() < 0.06:
        variables[chance.choices(PLACES, weights)[0]].update(KEYS[: chance.choice([1, 2, 2])])
    drawn = {"exported": {name: value for name, value in variables["exported"].items() if isinstance(value, str)}}
    for place, weight in zip(PLACES[1:], weights[1:]):
        if not weight:
            continue
        more = chance.choice([0, 0, 1, 2]) if chance.random() < odd * 1.5 else 0
        beside = dict(chance.choice(KEYS_BESIDE) for _ in range(more))
        if not variables[place] and not beside:
            continue
        text = json.dumps({"env": variables[place], **beside})
        drawn[place] = chance.choice(SPELLINGS)(text) if chance.random() < odd / 3 else text
    if chance.random() < odd:
        drawn["config"] = chance.choice(CONFIGS)
    if chance.random() < odd / 2:
        drawn["credentials"] = chance.choice(CREDENTIALS)
    return drawn


def furnish(folder: Folder, drawn: dict):
    """Puts it all in place."""
    folder.write(folder.home.path / "elsewhere" / "credentials", CREDENTIALS[0])
    folder.export(**drawn["exported"])
    folder.put(**{name: drawn[name] for name in (*PLACES[1:], "credentials") if name in drawn})
    if "config" in drawn:
        folder.put(config=drawn["config"](folder.home.config.read_text()))


def describe(folder: Folder, drawn: dict) -> str:
    """What is in it, for whoever must find out why it is read in two ways."""
    lines = [f"exported: {json.dumps(drawn['exported'])}"]
    lines += [f"{name}: {drawn[name]!r}" for name in (*PLACES[1:], "credentials") if name in drawn]
    if "config" in drawn:
        lines.append(f"config: {folder.home.config.read_text()!r}")
    return "\n".join(lines)
