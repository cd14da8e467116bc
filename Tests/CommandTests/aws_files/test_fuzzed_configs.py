"""Configurations that guided fuzzing came upon (Tests/Fuzz): the agent must read them as AWS's own programs do, too.

`BEDROCK_FUZZED=1 Tests/run command -k fuzzed` looks at every one, instead of one in ten. `BEDROCK_FUZZED_FILES` names a
folder of other inputs, such as .build-fuzz/config/found.
"""

import os
import re
from pathlib import Path

import pytest

from config_differences import EXCUSES
from config_grammar import Drawn
from differences import unexcused
from looking import look_at_config

CORPUS = Path(__file__).parents[2] / "Fuzz" / "corpus" / "config"
EVERY = int(os.environ.get("BEDROCK_FUZZED", "10"))


def inputs() -> list[bytes]:
    if folder := os.environ.get("BEDROCK_FUZZED_FILES"):
        return [path.read_bytes() for path in sorted(Path(folder).iterdir())]
    return [
        re.sub(rb"\\(x[0-9a-f]{2}|n|\\)", lambda escape: escape[0].decode("unicode_escape").encode("latin-1"), line)
        for line in CORPUS.read_bytes().splitlines()]


def as_drawn(fuzzed: bytes) -> Drawn:
    config, credentials = (fuzzed.split(b"\xff") + [b""])[:2]
    # The last profile: of those with one name it is the one that counts.
    names = re.findall(rb"^\[(?:profile\s+)?([\w.-]+)\]", config, re.MULTILINE)
    return Drawn((names or [b"default"])[-1].decode(), config, credentials or None)


@pytest.mark.parametrize("number", range(0, len(inputs()), EVERY))
def test_a_fuzzed_config(number, drawn_home, aws_readers, looking_agent):
    drawn = as_drawn(inputs()[number])
    found, answers, view = look_at_config(drawn, drawn_home, aws_readers, looking_agent)
    found = unexcused(found, EXCUSES, view)
    assert not found, "\n".join([
        f"line {number + 1}", *map(str, found), f"profile: {drawn.profile!r}", f"config: {drawn.config!r}",
        f"credentials: {drawn.credentials!r}", *(f"{name}: {answer}" for name, answer in answers.items()),
        f"agent: {view}"])
