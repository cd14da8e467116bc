"""`bedrock-agent doctor` on the session, the connection to AWS, and AWS itself: portal, role and models."""

import hashlib
import json
import signal
import sys
from pathlib import Path

import pytest

from aws_home import stamp
from doctor_cases import USUAL, case, cases, check
from patient import OPUS, ill, well
from waiting import eventually

OPUS_41 = "us.anthropic.claude-opus-4-1-20250805-v1:0"


# The session


def without_token(patient):
    patient.home.token_file().unlink()


def token(**changes):
    return lambda patient: patient.home.write_token({**patient.home.token(), **changes})


def registered(seconds):
    """With a client registration that expires so soon, and that the AWS CLI would use again for a sign-in."""
    def cause(patient):
        ends = stamp(seconds)
        token(registrationExpiresAt=ends)(patient)
        key = json.dumps({
            "tool": "botocore", "startUrl": patient.home.start_url, "region": "us-east-1",
            "scopes": ["sso:account:access"], "session_name": "corp"}, sort_keys=True)
        patient.write(patient.home.cache / f"{hashlib.sha1(key.encode()).hexdigest()}.json", {
            **patient.raw.identity, "expiresAt": ends, "scopes": ["sso:account:access"]})
    return cause


def stays_torn(patient):
    patient.home.token_file().write_text('{"accessToken": "')


@cases(
    case("sign-in-needed", "failure", without_token),
    case("sign-in-needed", "warning", lambda p: token(registrationExpiresAt=stamp(-60))(p), id="registration-ended"),
    case("token-damaged", "failure", stays_torn, besides={"sign-in-needed"}),
    case("no-refresh-token", "warning", token(refreshToken="")),
    case("access-token-ended", "warning", lambda p: token(expiresAt=stamp(-60))(p)),
    case("registration-ends", "warning", registered(5 * 86400)),
    case("registration-ends-tomorrow", "warning", registered(3600)))
def test_session(patient, case):
    check(patient, case, "--offline")


def test_a_token_in_the_middle_of_a_write_is_read_again(patient):
    whole = patient.home.token_file().read_text()
    stays_torn(patient)
    answer = patient.doctor(
        "--offline", before=f"(sleep 1; cat > {patient.home.token_file()}) > /dev/null 2>&1 <<'EOF' &\n{whole}\nEOF")
    assert not set(ill(answer)) - USUAL


def refuses(patient):
    patient.sandbox.fault("CreateToken", "error", error="invalid_scope", status=400, times=-1)


def accepts(patient):
    """Then the daemon reloads, as with `systemctl --user reload bedrock-agent`."""
    patient.sandbox.clear_faults()
    patient.process.send_signal(signal.SIGHUP)


def lock(patient):
    return patient.state / "locks" / patient.home.token_file().name


@pytest.mark.parametrize("code, result, cause, mend", [
    ("offline", "warning", lambda p: p.sandbox.fault("CreateToken", "503", times=-1), lambda p: p.sandbox.clear_faults()),
    ("refresh-refused", "failure", refuses, accepts),
    # There is a folder in the file's place.
    ("refresh-failed", "failure", lambda p: lock(p).mkdir(parents=True), lambda p: lock(p).rmdir())])
def test_what_the_daemon_met(patient, code, result, cause, mend):
    """The daemon has tried to refresh, and tries again after the fix."""
    patient.write(patient.home.path / ".config" / "bedrock-agent" / "config.json", {"refreshAhead": "20s"})
    patient.home.age_token(15)
    cause(patient)
    patient.start()
    found = eventually(lambda: ill(patient.doctor("--offline")).get(code), f"the daemon says {code}")
    assert found["result"] == result and found["fix"]
    mend(patient)
    eventually(lambda: not ill(patient.doctor("--offline")), "it has refreshed")


# AWS's responses


def fault(operation, kind, **more):
    return lambda patient: patient.sandbox.fault(operation, kind, times=-1, **more)


def no_faults(patient):
    patient.sandbox.clear_faults()


def service(**settings):
    return lambda patient: patient.sandbox.settings(**settings)


def assigned(*roles):
    return service(accounts=[{"id": "123456789012", "name": "a", "email": "e", "roles": list(roles)}])


def skewed(patient):
    """The service refuses until this machine's clock is set."""
    fault("ListInferenceProfiles", "error", status=403, error="InvalidSignatureException",
          description="Signature expired: 20261124T100000Z is now earlier than 20261124T104500Z")(patient)
    patient.tool("timedatectl", f"""
        [ "$1 $2" = "set-ntp true" ] || exit 1
        exec '{sys.executable}' -c 'import requests; requests.delete("{patient.sandbox.url}/sandbox/faults")'""")


def external(patient):
    """Credentials from a program: no SSO session is involved, so the AWS CLI is used."""
    issued = patient.raw.role_credentials(patient.home.token()["accessToken"]).json()["roleCredentials"]
    file = patient.home.path / "credentials.json"
    patient.write(file, {"Version": 1, "AccessKeyId": issued["accessKeyId"],
                         "SecretAccessKey": issued["secretAccessKey"], "SessionToken": issued["sessionToken"]})
    patient.home.config.write_text(
        patient.home.config.read_text() + f"[profile external]\ncredential_process = cat {file}\n")
    patient.settings(AWS_PROFILE="external", remove=("awsAuthRefresh",))


def with_an_old_aws(patient):
    """The same, with an AWS CLI like Debian 12's."""
    external(patient)
    patient.tool("aws", """
        [ "$1" = bedrock ] && { echo "aws: error: argument command: Invalid choice, valid choices are:" >&2; exit 252; }
        exec /usr/bin/aws "$@\"""")


def with_newer_aws(patient):
    """It prints the same version, but supports all of AWS's current operations."""
    newer = Path(sys.executable).parent / "aws"
    assert newer.exists(), f"{newer} is missing: pip install awscli"
    patient.tool("aws", f'[ "$1" = --version ] && exec /usr/bin/aws --version; exec {sys.executable} {newer} "$@"')


@cases(
    case("session-over", "failure", lambda p: p.sandbox.revoke(hard=True)),
    case("unreachable", "failure", fault("ListAccounts", "503"), no_faults, id="portal"),
    case("unreachable", "failure", fault("ListInferenceProfiles", "html"), no_faults, id="bedrock"),
    case("unreachable", "failure", fault("ListAccounts", "hang"), no_faults, id="hangs"),
    case("refused", "failure", fault("ListAccounts", "error", status=400, error="InvalidRequestException"), no_faults),
    case("clock-wrong", "failure", skewed),
    case("no-access", "failure", assigned("Other"), assigned("Dev")),
    case("no-permission", "failure", service(bedrockDenied=["Dev"]), service(bedrockDenied=[])),
    case("models-unknown", "warning", with_an_old_aws, with_newer_aws, besides={"unguarded"}),
    case("model-not-listed", "failure", lambda p: p.settings(ANTHROPIC_MODEL=OPUS.replace("4-5", "4-6"))),
    case("model-not-listed", "failure", lambda p: p.settings(ANTHROPIC_MODEL=OPUS.replace("4-5", "4-6") + "[1m]"),
         id="long-context"),
    case("model-not-listed", "failure",
         lambda p: p.settings(ANTHROPIC_MODEL="arn:aws:bedrock:us-west-2:1:application-inference-profile/none"),
         id="arn"),
    case("pin-not-listed", "warning",
         lambda p: p.settings(ANTHROPIC_DEFAULT_HAIKU_MODEL="us.anthropic.claude-haiku-4-6"),
         lambda p: p.settings(ANTHROPIC_DEFAULT_HAIKU_MODEL="us.anthropic.claude-haiku-4-5-20251001-v1:0")),
    case("model-unavailable", "failure",
         lambda p: p.settings(ANTHROPIC_MODEL=OPUS_41.removeprefix("us.")),
         lambda p: (service(modelsWithoutAccess=[])(p), p.settings(ANTHROPIC_MODEL=OPUS_41)),
         id="foundation-model"),
    case("model-unavailable", "failure", lambda p: p.settings(ANTHROPIC_MODEL=OPUS_41), service(modelsWithoutAccess=[])))
def test_aws(patient, case):
    if case.code == "models-unknown":
        return check_unguarded(patient, case)
    check(patient, case)


def check_unguarded(patient, case):
    """The profile remains unguarded after the fix."""
    case.cause(patient)
    found = ill(patient.doctor())
    assert found["models-unknown"]["result"] == case.result
    assert "no bedrock command" in found["models-unknown"]["message"]
    case.mend(patient)
    answer = patient.doctor()
    assert set(ill(answer)) - USUAL == {"unguarded"} and "model" in well(answer)


def test_a_failure_of_the_cli_is_told_in_its_last_words(patient):
    with_newer_aws(patient)
    external(patient)
    patient.sandbox.settings(bedrockDenied=["Dev"])
    found = ill(patient.doctor())["no-permission"]
    assert "bedrock:ListInferenceProfiles" in found["fix"] and "AccessDenied" in found["message"]
    patient.sandbox.clear_faults()
    fault("ListInferenceProfiles", "error", status=400, error="ValidationException", description="not so")(patient)
    found = ill(patient.doctor())["models-unknown"]
    assert "not so" in found["message"]


@pytest.mark.parametrize("model", [
    OPUS + "[1m]", "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/a1b2c3d4e5f6", "opus",
    "anthropic.claude-instant-v1"])
def test_a_model_that_is_well(patient, model):
    patient.settings(ANTHROPIC_MODEL=model)
    answer = patient.doctor()
    assert not set(ill(answer)) - USUAL and "model" in well(answer)
    if "[1m]" in model:
        said = next(check["message"] for check in answer["checks"] if check["code"] == "model")
        assert "[1m]" in said and "not part of the ID" in said


def test_a_foundation_model_that_has_inference_profiles(patient):
    patient.settings(ANTHROPIC_MODEL="anthropic.claude-opus-4-5-20251101-v1:0")
    found = ill(patient.doctor())
    assert found["model-not-listed"]["result"] == "warning" and set(found) - USUAL == {"model-not-listed"}
    assert "us.anthropic.claude-opus-4-5-20251101-v1:0" in found["model-not-listed"]["message"]
    assert not set(ill(patient.treat(found["model-not-listed"]))) - USUAL


def test_a_region_that_is_none_of_those_with_models(patient, serve):
    patient.settings(ANTHROPIC_MODEL="opus", AWS_REGION="us-west-1")
    patient.environment["AWS_ENDPOINT_URL_BEDROCK"] = serve(lambda _: (200, {"inferenceProfileSummaries": []})).url
    found = ill(patient.doctor())["models-none"]
    assert "--region us-west-2" in found["fix"]
    del patient.environment["AWS_ENDPOINT_URL_BEDROCK"]
    patient.environment["AWS_ENDPOINT_URL_BEDROCK"] = patient.sandbox.url
    assert not set(ill(patient.treat(found))) - USUAL


def test_a_region_without_models(patient, serve):
    """Claude Code would turn the alias into an ID that does not exist."""
    listing = {"inferenceProfileSummaries": []}
    patient.settings(ANTHROPIC_MODEL="opus")
    patient.environment["AWS_ENDPOINT_URL_BEDROCK"] = serve(lambda _: (200, listing)).url
    found = ill(patient.doctor())
    assert found["models-none"]["result"] == "warning" and set(found) - USUAL == {"models-none"}
    listing["inferenceProfileSummaries"] = [{
        "inferenceProfileId": OPUS, "inferenceProfileName": "Opus", "status": "ACTIVE", "type": "SYSTEM_DEFINED",
        "inferenceProfileArn": f"arn:aws:bedrock:us-west-2:123456789012:inference-profile/{OPUS}", "models": []}]
    assert not set(ill(patient.doctor())) - USUAL


def test_availability_that_may_not_be_asked_for_is_no_finding(patient):
    """Claude Code does not need this permission."""
    fault("GetFoundationModelAvailability", "error", status=403, error="AccessDeniedException")(patient)
    answer = patient.doctor()
    assert not set(ill(answer)) - USUAL and "model" in well(answer)


def test_without_a_token_nobody_is_asked(patient):
    without_token(patient)
    answer = patient.doctor()
    assert "not-asked" in well(answer) and not patient.sandbox.record("ListAccounts")


def test_offline_nobody_is_asked(patient):
    before = len(patient.sandbox.record())
    answer = patient.doctor("--offline")
    said = next(check["message"] for check in answer["checks"] if check["code"] == "not-asked")
    assert "--offline" in said and len(patient.sandbox.record()) == before


# Configuration


def bundle(patient) -> str:
    file = patient.home.path / "bundle.pem"
    file.write_text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
    return str(file)


@cases(
    case("ca-bundle-wrong", "failure", lambda p: p.environment.update(AWS_CA_BUNDLE="/nowhere/bundle.pem")),
    case("ca-bundle-wrong", "failure", lambda p: p.environment.update(AWS_CA_BUNDLE=str(p.home.config)), id="no-pem"),
    case("ca-bundle-wrong", "failure", lambda p: p.environment.update(AWS_CA_BUNDLE="/tmp"), id="folder"),
    case("ca-bundle-wrong", "failure",
         lambda p: p.config("[profile work-dev]\n", "[profile work-dev]\nca_bundle = /nowhere/bundle.pem\n"),
         lambda p: p.config("ca_bundle = /nowhere/bundle.pem\n", ""), id="of-the-profile"),
    case("ca-bundle-not-for-claude", "warning", lambda p: p.environment.update(AWS_CA_BUNDLE=bundle(p))))
def test_certificates(patient, case):
    check(patient, case, "--offline")
