"""Sessions drawn at random, and signed in to by the AWS CLI: the agent finds the token and the client registration.

`BEDROCK_SESSIONS=500 Tests/run command -k drawn_session` looks at that many, `BEDROCK_FIRST_SESSION=4711` from that one
on. One that fails names its number: `BEDROCK_SESSIONS=1 BEDROCK_FIRST_SESSION=4711` looks at it again.
"""

import json
import os

import pytest

from config_grammar import draw_session
from programs import write_program
from readers import PYPI

FIRST = int(os.environ.get("BEDROCK_FIRST_SESSION", "1"))
COUNT = int(os.environ.get("BEDROCK_SESSIONS", "40"))
# It says that it is one, and signs in to nothing.
AWS = """test "$1" != --version || echo aws-cli/2.9.19"""


@pytest.mark.parametrize("number", range(FIRST, FIRST + COUNT))
def test_a_drawn_session(number, drawn_home, aws_readers, looking_agent):
    drawn = draw_session(number)
    for name, reader in aws_readers.items():
        drawn_home.furnish(drawn)
        write_program(drawn_home.other / "aws", AWS)
        if name == PYPI:
            # It signs in to nothing.
            continue
        answer = reader.ask({**drawn_home.environment(), "HTTPS_PROXY": "http://127.0.0.1:9"}, signs_in=True)
        view = looking_agent.status(drawn_home, drawn_home.path.parent)
        said = f"session {number} of {name}: {drawn}\n{answer}\n{view}"
        if answer.refused or answer.failed or not view.session:
            print(f"not compared: {said}")
            continue
        assert view.session.get("accessTokenExpiresAt"), f"the token is not found: {said}"
        for file in drawn_home.cache.iterdir():
            if "accessToken" in json.loads(file.read_text()):
                file.unlink()
            else:
                registration = file
        registration.write_text("{")
        looking_agent.sign_in(drawn_home, drawn_home.path.parent)
        assert not registration.exists(), f"the damaged registration is not set aside: {said}"
