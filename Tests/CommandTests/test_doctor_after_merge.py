"""`bedrock-agent doctor`, where the fix is a command of a branch of its own: `migrate`."""

from aws_home import stamp
from doctor_cases import both, case, cases, check

OLD = {"AWS_PROFILE": "old-profile", "top": {"awsAuthRefresh": "aws sso login --profile old-profile"}}


def legacy(patient):
    patient.settings(**OLD)
    patient.bedrock_agent("approve", "--yes")


def signed_in(patient):
    """As a legacy sign-in leaves it: no refresh token."""
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
