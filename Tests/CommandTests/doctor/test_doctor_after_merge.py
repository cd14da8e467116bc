"""`bedrock-agent doctor`, where the fix is `migrate` or `setup --repair`."""

import json

from aws_home import stamp
from doctor_cases import both, case, cases, check
from patient import OPUS

OLD = {"AWS_PROFILE": "old-profile", "top": {"awsAuthRefresh": "aws sso login --profile old-profile"}}


def legacy(patient):
    patient.settings(**OLD)
    patient.bedrock_agent("approve", "--yes")


def signed_in(patient):
    """As after a legacy sign-in: without a refresh token."""
    patient.home.write_token({**patient.home.token(), "refreshToken": ""}, patient.home.start_url)


def ends_soon(patient):
    patient.home.write_token(
        {**patient.home.token(), "refreshToken": "", "expiresAt": stamp(300)}, patient.home.start_url, lifetime=28800)


@cases(
    case("legacy-profile", "warning", both(legacy, signed_in), id="signed-in"),
    case("legacy-profile", "warning", legacy, besides={"sign-in-needed"}),
    case("sign-in-soon", "warning", both(legacy, ends_soon),
         lambda p: p.bedrock_agent("migrate", "--profile", "old-profile", "--yes"), besides={"legacy-profile"}))
def test_legacy(patient, case):
    check(patient, case, "--offline")


def set_up(patient):
    """By `setup` itself, which records what it wrote."""
    patient.write(patient.settings_file, {"model": "opus"})
    patient.bedrock_agent("setup", "--profile", "work-dev", "--region", "us-west-2", "--model", OPUS, "--yes")


def without_region(patient):
    settings = json.loads(patient.settings_file.read_text())
    del settings["env"]["AWS_REGION"]
    patient.write(patient.settings_file, settings)


@cases(
    case("settings-gone", "failure", both(set_up, lambda p: p.settings_file.unlink()), besides={"unguarded"}),
    case("settings-empty", "failure", both(set_up, lambda p: p.write(p.settings_file, {})), besides={"unguarded"}),
    case("settings-keys-gone", "failure", both(set_up, without_region)))
def test_settings_that_others_lost(patient, case):
    check(patient, case, "--offline")
