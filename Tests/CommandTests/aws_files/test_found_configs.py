"""Configurations that the agent once read otherwise than AWS's own programs."""

import pytest

from config_differences import EXCUSES
from config_grammar import Drawn
from differences import unexcused
from looking import look_at_config

SESSION = """\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
"""
PROFILE = """\
[profile work-dev]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Dev
region = us-west-2
"""


def drawn(text: str, credentials: str | None = None, **variables: str) -> Drawn:
    return Drawn("work-dev", text.encode(), credentials, variables)


FOUND = {
    "the credentials file is a link to itself": drawn(SESSION + PROFILE, "loop"),
    "a slash after the file's name": drawn(SESSION + PROFILE, AWS_SHARED_CREDENTIALS_FILE="@HOME@/.aws/config/"),
    "a line in a block that Python splits": drawn(SESSION + PROFILE + "s3 =\n  x = 1\u2028y\n"),
    "a line in a block that Python splits into two": drawn(SESSION + PROFILE + "s3 =\n  x = 1\x0by = 2\n"),
    "a line further in by characters, not by bytes": drawn(
        SESSION + PROFILE.replace("\n", "\n  ").replace("\n  ", "\n\u00a0output = json\n  ", 1).rstrip(" ")),
    "a region in capitals": drawn(SESSION.replace("us-east-1", "US-EAST-1") + PROFILE),
    "a region that asks for FIPS": drawn(SESSION.replace("us-east-1", "fips-us-east-1") + PROFILE),
    "digits for a region": drawn(SESSION.replace("us-east-1", "123") + PROFILE),
    "a region that is none": drawn(SESSION + PROFILE.replace("us-west-2", '"us-west-2"')),
    "a block for a region": drawn(SESSION + PROFILE.replace("us-west-2", "\n  region = us-west-2")),
    "a session that a role does not use, and that is not there": drawn(
        SESSION + PROFILE.replace("work-dev", "base")
        + "[profile work-dev]\nrole_arn = x\nsource_profile = base\nsso_session = gone\n"),
    "a service without a block": drawn(
        SESSION + PROFILE + "services = local\n\n[services local]\nsso = https://portal.example.com\n"),
    "a start URL with more lines": drawn(
        "[profile work-dev]\nsso_start_url = https://corp.awsapps.com/start\n  more\nsso_region = us-east-1\n"
        "sso_account_id = 123456789012\nsso_role_name = Dev\n"),
    "one name in two spellings": drawn(
        SESSION + PROFILE + "[profile M\u00fcller]\n[profile Mu\u0308ller]\noutput = json\n"),
    "nothing but a comment for a region": drawn(SESSION + PROFILE.replace("us-west-2", "# us-west-2")),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_config_that_was_read_otherwise(name, drawn_home, aws_readers, looking_agent):
    found, answers, view = look_at_config(FOUND[name], drawn_home, aws_readers, looking_agent)
    assert not unexcused(found, EXCUSES, view), f"{[str(one) for one in found]}\n{answers}\n{view}"
