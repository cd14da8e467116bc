"""Bedrock that only a project's settings turn on: where it is, that it is not guarded, and a fix that does not lose it."""

import json
import subprocess

import pytest

from doctor_cases import USUAL
from patient import COMMAND, OPUS, ill

BEDROCK = {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "AWS_REGION": "us-west-2",
           "ANTHROPIC_MODEL": OPUS}


def put(patient, env, name="settings.local.json", folder=None, **top):
    file = (folder or patient.project) / ".claude" / name
    patient.write(file, {"env": env, **top})
    return file


def only_in_project(patient, *arguments):
    patient.write(patient.settings_file, {"permissions": {"allow": ["Read"]}})
    return put(patient, *arguments)


def status(patient, cwd=None) -> dict:
    said = subprocess.run(
        [patient.program, "status", "--json"], env=patient.environment, cwd=cwd or patient.project, capture_output=True,
        text=True, timeout=30, stdin=subprocess.DEVNULL).stdout
    return {finding["code"]: finding for finding in json.loads(said)["findings"]}


@pytest.mark.parametrize("name", ["settings.json", "settings.local.json"])
@pytest.mark.parametrize("switch", ["CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_MANTLE"])
def test_it_is_named_and_the_fix_keeps_it(patient, name, switch):
    env = {switch: "1", **{key: value for key, value in BEDROCK.items() if "USE" not in key}}
    file = only_in_project(patient, env, name)
    before = file.read_bytes()
    found = ill(patient.doctor("--offline"))
    assert set(found) - USUAL == {"only-in-project", "unguarded"}
    check = found["only-in-project"]
    assert check["subject"] == str(file) and f"({file}:3)" in check["message"] and "work-dev" in check["message"]
    assert "user and managed settings" in check["message"]
    assert check["fix"] == f"bedrock-agent setup --profile work-dev --region us-west-2 --model {OPUS} --yes"
    assert not set(ill(patient.treat(check, "--offline"))) - USUAL
    assert file.read_bytes() == before
    assert json.loads(patient.settings_file.read_text())["env"] == BEDROCK


def test_status_names_it_with_and_without_a_daemon(patient):
    file = only_in_project(patient, BEDROCK)
    for _ in range(2):
        assert f"({file}:3)" in status(patient)["only-in-project"]["message"]
        assert "only-in-project" not in status(patient, patient.home.path)
        patient.start()


def test_both_files_together(patient):
    """The local one counts."""
    only_in_project(patient, {**BEDROCK, "AWS_PROFILE": "old-profile"}, "settings.json")
    put(patient, {"AWS_PROFILE": "work-dev"})
    found = ill(patient.doctor("--offline"))["only-in-project"]
    assert "settings.json:3" in found["message"] and "--profile work-dev " in found["fix"]


def test_local_settings_of_the_home_folder(patient):
    """They look like the user's, and count only for sessions that are started in the home folder."""
    file = only_in_project(patient, BEDROCK, "settings.local.json", patient.home.path)
    assert f"({file}:3)" in ill(patient.doctor("--offline"))["only-in-project"]["message"]
    assert "only-in-project" in status(patient) and "only-in-project" in status(patient, patient.home.path)


def test_what_needs_no_session(patient):
    only_in_project(patient, {**BEDROCK, "AWS_BEARER_TOKEN_BEDROCK": "s3cret"})
    answer = patient.doctor("--offline")
    assert set(ill(answer)) - USUAL == {"unguarded"} and "s3cret" not in json.dumps(answer)
    assert any(check["code"] == "only-in-project" for check in answer["checks"])


def test_a_session_that_is_guarded_by_our_own_configuration(patient):
    only_in_project(patient, BEDROCK)
    patient.write(patient.home.path / ".config" / "bedrock-agent" / "config.json", {"profiles": ["work-dev"]})
    assert "only-in-project" not in ill(patient.doctor("--offline"))
    assert "only-in-project" not in status(patient)


def test_switched_off_by_managed_settings_is_off(patient):
    only_in_project(patient, BEDROCK)
    patient.write(patient.managed / "managed-settings.json", {"env": {"CLAUDE_CODE_USE_BEDROCK": "0"}})
    assert "only-in-project" not in ill(patient.doctor("--offline"))


@pytest.mark.parametrize("missing, top, fix", [
    ("AWS_PROFILE", {}, "bedrock-agent setup --profile work-dev"),
    ("awsAuthRefresh", {"awsAuthRefresh": COMMAND}, "bedrock-agent setup --profile work-dev")])
def test_any_other_setting_that_is_only_there(patient, missing, top, fix):
    """No fix removes the only copy."""
    patient.settings(remove=(missing,))
    put(patient, {"AWS_PROFILE": "work-dev"}, **top)
    found = ill(patient.doctor("--offline"))["shadowed-by-project"]
    assert found["fix"] == fix and "only; the agent goes by user and managed settings" in found["message"]
    answer = patient.treat(found, "--offline")
    assert not set(ill(answer)) - USUAL, answer
