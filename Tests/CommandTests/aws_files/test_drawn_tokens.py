"""Token files drawn at random: the agent must read each as AWS's own programs do, or say where it does not.

`BEDROCK_TOKENS=2000 Tests/run command -k drawn_token` looks at that many, `BEDROCK_FIRST_TOKEN=4711` from that one on.
One that fails names its number: `BEDROCK_TOKENS=1 BEDROCK_FIRST_TOKEN=4711` looks at it again.
"""

import os

import pytest

from differences import unexcused
from looking import look_at_token
from token_differences import EXCUSES
from token_grammar import draw

FIRST = int(os.environ.get("BEDROCK_FIRST_TOKEN", "1"))
COUNT = int(os.environ.get("BEDROCK_TOKENS", "200"))


@pytest.mark.parametrize("number", range(FIRST, FIRST + COUNT))
def test_a_drawn_token(number, drawn_home, aws_readers, looking_agent):
    drawn = draw(number)
    found, answers, view = look_at_token(drawn, drawn_home, aws_readers, looking_agent)
    found = unexcused(found, EXCUSES, view)
    assert not found, "\n".join([
        f"token {number}", *map(str, found), str(drawn), *(f"{name}: {answer}" for name, answer in answers.items()),
        f"agent: {view}"])
