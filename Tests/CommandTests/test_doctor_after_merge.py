"""`bedrock-agent doctor`, where the fix is a command of a branch of its own: `migrate`."""

from doctor_cases import both, case, cases, check

OLD = {"AWS_PROFILE": "old-profile", "top": {"awsAuthRefresh": "aws sso login --profile old-profile"}}


def legacy(patient):
    patient.settings(**OLD)
    patient.bedrock_agent("approve", "--yes")


def signed_in(patient):
    """As a legacy sign-in leaves it: no refresh token."""
    patient.home.write_token({**patient.home.token(), "refreshToken": ""}, patient.home.start_url)


@cases(
    case("legacy-profile", "warning", both(legacy, signed_in), id="signed-in"),
    case("legacy-profile", "warning", legacy, besides={"sign-in-needed"}))
def test_legacy(patient, case):
    check(patient, case, "--offline")
