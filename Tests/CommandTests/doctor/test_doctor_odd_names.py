"""The fixes of `doctor` and `status` for files and profiles whose names need quoting in a shell."""

import os

import pytest

from aws_home import Home
from nobody import NOBODY
from doctor_cases import case, cases, check
from patient import ill

ODD = "it's odd; $(touch harm)"


@pytest.fixture
def home(tmp_path, sandbox) -> Home:
    return Home(tmp_path / ODD, sandbox.start_url)


@cases(
    case("settings-wrong-owner", "failure", lambda p: os.chown(p.settings_file, NOBODY, NOBODY),
         besides={"command-untrusted"}),
    case("settings-writable-by-others", "failure", lambda p: p.settings_file.chmod(0o666),
         besides={"command-untrusted"}),
    case("file-writable-by-others", "failure", lambda p: p.home.config.chmod(0o622)),
    case("file-open-to-others", "failure", lambda p: p.home.token_file().chmod(0o644)),
    case("approvals-damaged", "warning", lambda p: p.write(p.state / "approvals.json", "{"),
         besides={"command-unapproved"}))
def test_folders(patient, case):
    del patient.environment["USER"]
    check(patient, case, "--offline")
    assert not list(patient.home.path.parent.rglob("harm"))


def test_profiles(patient):
    """The command in the fix quotes the profile's name correctly."""
    patient.config("[profile work-dev]", f'[profile "{ODD}"]')
    patient.settings(AWS_PROFILE=ODD, top={"awsAuthRefresh": "aws sso login --sso-session corp"})
    patient.bedrock_agent("approve", "--yes")
    # Claude Code does not find a profile name with a space: the user has it guarded for other programs.
    patient.write(patient.home.path / ".config" / "bedrock-agent" / "config.json", {"profiles": [ODD]})
    patient.home.token_file().unlink()
    found = ill(patient.doctor("--offline"))["sign-in-needed"]
    assert "'it'\\''s odd; $(touch harm)'" in found["fix"]
    answer = patient.treat(found, "--offline")
    assert set(ill(answer)) == {"no-user-manager", "config-read-differently"}, answer["said"]
    patient.home.token_file().unlink()
    assert found["fix"] in patient.bedrock_agent("status").stdout.splitlines()[0]
    assert not list(patient.home.path.parent.rglob("harm"))


def test_a_profile_that_is_not_there(patient):
    patient.settings(AWS_PROFILE=ODD)
    found = ill(patient.doctor("--offline"))["no-such-profile"]
    assert ODD in found["message"] and "work-dev" in found["fix"] and ODD not in found["fix"]
    assert found["fix"].endswith(", or create it: bedrock-agent setup")
