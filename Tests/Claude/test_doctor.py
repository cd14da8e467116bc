"""Where the real program cannot work, `doctor` names the reason that the program's own log or words give."""

import json
import subprocess

import pytest

from folder import Folder, settings
from real_claude import text

ROLE = "role_arn = arn:aws:iam::210987654321:role/Deploy"
EXPIRED = "Token is expired"
NOTHING = "Could not load credentials from any providers"
INCOMPLETE = "Profile is configured with invalid SSO credentials"


def profile(*lines: str) -> str:
    """A configuration that has work-dev alone."""
    return "\n".join(["[profile work-dev]", *lines, ""])


def edited(folder: Folder, old: str, new: str) -> str:
    """The usual configuration with a change."""
    config = folder.home.config.read_text()
    assert old in config
    return config.replace(old, new, 1)


def without_token(folder: Folder):
    folder.home.token_file("corp").unlink()


def without_config(folder: Folder):
    folder.home.config.unlink()


# What is done to the usual folder; what the program says; the code of doctor's check, and words of its message.
CASES = {
    # The session.
    "session expired": (lambda folder: folder.expire("corp"), EXPIRED, "access-token-ended", "expired"),
    "session revoked": (
        lambda folder: folder.sandbox.revoke(hard=True), "Session token not found or invalid", "session-over",
        "Session token not found or invalid"),
    "no token": (without_token, "associated with profile=work-dev was not found or is invalid", "sign-in-needed", "no token"),
    "token damaged": (
        lambda folder: folder.home.token_file("corp").write_text("{}"), "", "token-damaged", "accessToken: missing"),
    "legacy, never signed in": (
        lambda folder: folder.put(config=profile(
            f"sso_start_url = {folder.sandbox.start_url}", "sso_region = us-east-1", "sso_account_id = 123456789012",
            "sso_role_name = Dev")),
        "SSO session associated with this profile is invalid", "sign-in-needed", "no token"),
    "role not assigned": (
        lambda folder: folder.put(config=edited(folder, "sso_role_name = Dev\n", "sso_role_name = Admin\n")),
        "No access", "no-access", "No access"),
    # The profile.
    "no such profile": (
        lambda folder: folder.put(user={"env": settings(AWS_PROFILE="ghost")}), NOTHING, "no-such-profile", "ghost"),
    "no config": (without_config, NOTHING, "no-such-profile", "work-dev"),
    "another config": (
        lambda folder: folder.put(user={"env": settings(AWS_CONFIG_FILE="/nonexistent/config")}), NOTHING,
        "no-such-profile", "work-dev"),
    "no account": (
        lambda folder: folder.put(config=edited(folder, "sso_account_id = 123456789012\nsso_role_name = Dev\n",
                                                "sso_role_name = Dev\n")),
        INCOMPLETE, "profile-incomplete", "sso_account_id"),
    "no role": (
        lambda folder: folder.put(config=edited(folder, "sso_role_name = Dev\n", "")), INCOMPLETE,
        "profile-incomplete", "sso_role_name"),
    "no session section": (
        lambda folder: folder.put(config=edited(folder, "[sso-session corp]", "[sso-session corpp]")), "sso_region",
        "no-such-session", "no section [sso-session corp]"),
    "source missing": (
        lambda folder: folder.put(config=profile(ROLE, "source_profile = ghost")), NOTHING, "no-such-profile", "ghost"),
    "loop": (
        lambda folder: folder.put(
            config=profile(ROLE, "source_profile = b") + f"[profile b]\n{ROLE}\nsource_profile = work-dev\n"),
        NOTHING, "profile-loop", "loop"),
    "a code": (
        lambda folder: folder.put(
            config=edited(folder, "source_profile = work-dev\n",
                          "source_profile = work-dev\nmfa_serial = arn:aws:iam::210987654321:mfa/phone\n"),
            user={"env": settings(AWS_PROFILE="chained")}),
        "requires multi-factor authentication", "config-read-differently", "mfa_serial"),
    # Credentials from elsewhere.
    "half a key": (
        lambda folder: folder.put(config=profile("aws_access_key_id = AKIAX")), NOTHING, "profile-incomplete",
        "aws_secret_access_key"),
    "no process": (
        lambda folder: folder.put(config=profile("credential_process = /nonexistent/prog --x")), NOTHING,
        "profile", "to try it: aws sts get-caller-identity --profile work-dev"),
    "no web identity": (
        lambda folder: folder.put(config=profile(ROLE, "web_identity_token_file = /nonexistent/token")), "",
        "credentials-missing", "/nonexistent/token cannot be read"),
    "unknown source": (
        lambda folder: folder.put(config=profile(ROLE, "credential_source = Nope")), NOTHING,
        "unknown-credential-source", "Nope"),
    # The settings.
    "settings dropped": (
        lambda folder: folder.put(user={"env": settings(), "statusLine": "x.sh"}),
        "statusLine: Expected object, but received string", "settings-refused", "statusLine must be an object"),
    "settings damaged": (
        lambda folder: folder.put(user='{"env": {'), "Invalid or malformed JSON", "settings-not-json", "not JSON"),
    "managed settings damaged": (
        lambda folder: folder.put(managed="{"), "could not be parsed as a JSON object", "settings-not-json",
        "does not start"),
    "no program to sign in": (
        lambda folder: (folder.expire("corp"), folder.put(
            user={"env": settings(), "awsAuthRefresh": "no-such-aws sso login"})),
        "no-such-aws: not found", "auth-refresh-fails", "there is no program no-such-aws in PATH"),
    "signs in to a profile that is not there": (
        lambda folder: (folder.expire("corp"), folder.put(
            user={"env": settings(), "awsAuthRefresh": "aws sso login --profile ghost"})),
        "The config profile (ghost) could not be found", "auth-refresh-fails", "ghost"),
    "export fails": (
        lambda folder: (folder.expire("corp"), folder.put(
            user={"env": settings(), "awsCredentialExport": "no-such-export --json"})),
        "Error getting AWS credentials from awsCredentialExport", "credential-export",
        "run it in a terminal"),
    "no certificates": (
        lambda folder: folder.put(user={"env": settings(NODE_EXTRA_CA_CERTS="/nonexistent.pem")}),
        "Failed to read NODE_EXTRA_CA_CERTS file (/nonexistent.pem)", "ca-bundle-wrong", "/nonexistent.pem"),
}


def doctor(build, folder: Folder) -> list[dict]:
    result = subprocess.run(
        [build / "bedrock-agent", "doctor", "--json"], cwd=folder.project, capture_output=True, text=True, timeout=60,
        env={**folder.environment(), "BEDROCK_AGENT_MANAGED_ROOT": str(folder.managed)}, stdin=subprocess.DEVNULL)
    assert result.stdout, result.stderr
    return json.loads(result.stdout)["checks"]


@pytest.mark.parametrize("name", CASES)
def test_doctor_names_the_reason(folder, claude, build, name):
    do, reason, code, words = CASES[name]
    folder.put(user={"env": settings()})
    do(folder)
    answer = claude.ask(folder)
    log = text(claude.workplace / "debug")
    assert reason in log + answer.words, log
    assert reason.startswith("Failed to read") or answer.profile is None, answer
    checks = doctor(build, folder)
    assert any(check["code"] == code and words in check["message"] for check in checks), checks
    assert all(check["fix"] for check in checks if check["result"] != "pass"), checks


def test_the_fix_makes_the_profile_where_the_settings_look_for_it(folder, build):
    """Our setup reads the settings' AWS_CONFIG_FILE itself."""
    folder.put(user={"env": settings(AWS_CONFIG_FILE="@HOME@/other config")})
    check = next(check for check in doctor(build, folder) if check["code"] == "no-such-profile")
    assert check["fix"] == "Create it: bedrock-agent setup"
