"""`awsAuthRefresh` commands that cannot do what they are there for: `doctor` and `status` say why, and the printed fix
works."""

import json
import subprocess

import pytest

from doctor_cases import USUAL
from patient import COMMAND, OPUS, ill
from waiting import eventually

OURS = "bedrock-agent login --profile work-dev"
GUARD = "aws sts get-caller-identity --profile work-dev"


def set_command(patient, line, approved=True):
    patient.settings(top={"awsAuthRefresh": line})
    if approved:
        patient.bedrock_agent("approve", "--yes")


def command(patient) -> str:
    return json.loads(patient.settings_file.read_text())["awsAuthRefresh"]


# What is not there


@pytest.mark.parametrize("line, program", [
    ("/opt/none/aws sso login --profile work-dev", "/opt/none/aws"),
    ("AWS_PROFILE=work-dev /opt/none/aws sso login", "/opt/none/aws"),
    ("exec ~/none/aws sso login --profile work-dev", "~/none/aws"),
    ("bash -lc '/opt/none/aws sso login --profile work-dev'", "/opt/none/aws"),
    ("/opt/none/bedrock-agent login --profile work-dev", "/opt/none/bedrock-agent"),
    ("no-such-login", "no-such-login in PATH"), ("true && no-such-login", "no-such-login in PATH")])
def test_a_program_that_is_not_there(patient, line, program):
    set_command(patient, line)
    found = ill(patient.doctor("--offline"))
    assert set(found) - USUAL == {"auth-refresh-fails"} and found["auth-refresh-fails"]["result"] == "failure"
    said = found["auth-refresh-fails"]["message"]
    assert f"{patient.settings_file}:" in said and said.endswith(f"cannot work: there is no program {program}")
    answer = patient.treat(found["auth-refresh-fails"], "--offline")
    assert not set(ill(answer)) - USUAL, answer
    assert command(patient) == (OURS if "bedrock-agent" in line else COMMAND)


def test_our_own_program_outside_path(patient):
    set_command(patient, OURS)
    (patient.tools / "bedrock-agent").unlink()
    result = patient.shell(f"exec {patient.build / 'bedrock-agent'} doctor --json --offline")
    [check] = [c for c in json.loads(result.stdout)["checks"] if c["code"] == "auth-refresh-fails"]
    assert check["fix"] == f"add {patient.build} to PATH"


@pytest.mark.parametrize("line", [
    "no-such-login", ". ~/.profile; /usr/bin/true", "test -x /usr/bin/aws && aws sso login --profile work-dev",
    "$HOME/bin/aws sso login --profile work-dev", f"for i in 1 2; do {COMMAND} && break; done"])
def test_what_may_be_there_is_no_failure(patient, line):
    """In the PATH of the settings, or where only a shell can tell."""
    set_command(patient, line)
    patient.tool("no-such-login", "exit 0")
    if line == "no-such-login":
        (patient.home.path / "more").mkdir()
        (patient.tools / line).rename(patient.home.path / "more" / line)
        patient.settings(top={"awsAuthRefresh": line}, PATH=f"{patient.home.path / 'more'}:/usr/bin:/bin")
    assert "auth-refresh-fails" not in ill(patient.doctor("--offline"))


@pytest.mark.parametrize("line, words", [
    ("aws sso login --profile ghost", "ghost"), ("bedrock-agent login --profile ghost", "ghost"),
    ("aws --profile keys sso login", "profile keys has none"), ("aws sso login --profile chained", "refuses"),
])
def test_a_profile_that_it_cannot_sign_in_to(patient, line, words):
    with patient.home.config.open("a") as config:
        config.write("\n[profile keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = example\n")
    set_command(patient, line)
    found = ill(patient.doctor("--offline"))["auth-refresh-fails"]
    assert found["result"] == "failure" and words in found["message"] and f"{patient.settings_file}:" in found["message"]
    assert not set(ill(patient.treat(found, "--offline"))) - USUAL
    assert command(patient) == (OURS if line.startswith("bedrock-agent") else COMMAND)


@pytest.mark.parametrize("line", [
    "/usr/bin/aws sso login --profile work-unscoped", "aws --profile work-unscoped sso login",
    "AWS_PROFILE=work-unscoped aws sso login", "bash -lc 'aws sso login --profile work-unscoped'"])
def test_another_session(patient, line):
    set_command(patient, line)
    found = ill(patient.doctor("--offline"))["auth-refresh-elsewhere"]
    assert found["result"] == "failure" and "unscoped, but work-dev needs corp" in found["message"]
    assert not set(ill(patient.treat(found, "--offline"))) - USUAL
    assert command(patient) == COMMAND


# A guard that hides the end


@pytest.mark.parametrize("line, instead", [
    (f"{GUARD} || {COMMAND}", COMMAND), (f"{GUARD} >/dev/null 2>&1 || ({COMMAND} --no-browser)", f"{COMMAND} --no-browser"),
    (f"{GUARD} || {OURS}", OURS), (f"bash -c '{GUARD} || {COMMAND}'", COMMAND),
    (f"if ! {GUARD}; then {COMMAND}; fi", COMMAND), (f"{GUARD} && exit; {COMMAND}", COMMAND),
    (f"/usr/bin/aws s3 ls || {COMMAND}", COMMAND)])
def test_a_guard_is_named_with_what_to_write_instead(patient, line, instead):
    set_command(patient, line)
    found = ill(patient.doctor("--offline"))
    assert set(found) - USUAL == {"auth-refresh-skips"}
    assert "hides an ended session" in found["auth-refresh-skips"]["message"]
    assert found["auth-refresh-skips"]["message"].endswith(f"write only: {instead}")
    assert not set(ill(patient.treat(found["auth-refresh-skips"], "--offline"))) - USUAL
    assert command(patient) == instead


@pytest.mark.parametrize("line", [
    f"{COMMAND} || echo failed", f"aws configure set region us-west-2 && {COMMAND}", f"aws sso logout; {COMMAND}"])
def test_what_is_no_such_guard(patient, line):
    set_command(patient, line)
    assert "auth-refresh-skips" not in ill(patient.doctor("--offline"))


def test_a_guard_that_hid_the_end_is_told_by_status(patient):
    """The session is revoked, and the role's cached credentials still work: the command does nothing."""
    did = patient.home.path / "did"
    patient.tool("aws", f'case "$*" in "sts get-caller-identity"*) echo asked >> {did}; exit 0;; esac; exec /usr/bin/aws "$@"')
    patient.write(patient.home.path / ".config" / "bedrock-agent" / "config.json", {"refreshAhead": "20s"})
    set_command(patient, f"{GUARD} || {COMMAND}")
    patient.sandbox.revoke()
    patient.home.age_token(15)
    patient.start()
    eventually(did.exists, "the guard was asked")

    def status() -> dict:
        said = subprocess.run([patient.program, "status", "--json"], env=patient.environment, capture_output=True,
                              text=True, timeout=30, stdin=subprocess.DEVNULL).stdout
        return json.loads(said)

    answer = eventually(
        lambda: (s := status())["condition"] == "sign-in-needed" and s["sessions"][0].get("lastSignIn") and s,
        "the sign-in has ended")
    found = {finding["code"]: finding for finding in answer["findings"]}
    assert "hides an ended session" in found["auth-refresh-skips"]["message"]
    assert found["auth-refresh-skips"]["message"].endswith(f"write only: {COMMAND}")
    assert patient.sandbox.prompts() == 0


# What a fix is not about stays


@pytest.mark.parametrize("line", [OURS, f"/usr/bin/{COMMAND}", f"{COMMAND} --no-browser"])
def test_a_fix_for_the_model_keeps_the_command(patient, line):
    set_command(patient, line)
    patient.settings(ANTHROPIC_MODEL="us.anthropic.claude-opus-4-8", top={"awsAuthRefresh": line})
    found = ill(patient.doctor())
    assert set(found) - USUAL == {"model-not-listed"}
    assert not set(ill(patient.treat(found["model-not-listed"]))) - USUAL
    after = json.loads(patient.settings_file.read_text())
    assert after["awsAuthRefresh"] == line and after["env"]["ANTHROPIC_MODEL"].startswith("us.anthropic.claude-opus-4-")


def test_a_fix_for_the_region_keeps_the_command(patient):
    set_command(patient, OURS)
    patient.settings(remove=("AWS_REGION",), top={"awsAuthRefresh": OURS})
    found = ill(patient.doctor("--offline"))
    assert not set(ill(patient.treat(found["region-missing"], "--offline"))) - USUAL
    assert json.loads(patient.settings_file.read_text()) == {
        "env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "ANTHROPIC_MODEL": OPUS,
                "AWS_REGION": "us-west-2"}, "awsAuthRefresh": OURS}
