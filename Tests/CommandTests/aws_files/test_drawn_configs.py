"""AWS configurations drawn at random: the agent must read each as AWS's own programs do, or say where it does not.

`BEDROCK_CONFIGS=10000 Tests/run command -k drawn_config` looks at that many, `BEDROCK_FIRST_CONFIG=4711` from that one
on. One that fails names its number: `BEDROCK_CONFIGS=1 BEDROCK_FIRST_CONFIG=4711` looks at it again. `BEDROCK_ROOTS`,
of readers.py, adds other releases of the AWS CLI.
"""

import os

import pytest

from config_differences import EXCUSES
from config_grammar import draw
from differences import unexcused
from looking import look_at_config

FIRST = int(os.environ.get("BEDROCK_FIRST_CONFIG", "1"))
COUNT = int(os.environ.get("BEDROCK_CONFIGS", "200"))


@pytest.mark.parametrize("number", range(FIRST, FIRST + COUNT))
def test_a_drawn_config(number, drawn_home, aws_readers, looking_agent):
    drawn = draw(number)
    found, answers, view = look_at_config(drawn, drawn_home, aws_readers, looking_agent)
    found = unexcused(found, EXCUSES, view)
    assert not found, "\n".join([
        f"config {number}", *map(str, found), f"profile: {drawn.profile!r}, exported: {drawn.variables}",
        f"config: {drawn.config!r}", f"credentials: {drawn.credentials!r}",
        *(f"{name}: {answer}" for name, answer in answers.items()), f"agent: {view}"])
