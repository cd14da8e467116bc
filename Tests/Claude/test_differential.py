"""Folders drawn at random: the real program and the agent must read each alike.

`BEDROCK_FOLDERS=2000 Tests/run claude -k drawn` looks at that many, `BEDROCK_FIRST_FOLDER=4711` from that one on. A
folder that fails names its number: `BEDROCK_FOLDERS=1 BEDROCK_FIRST_FOLDER=4711` looks at it again.
"""

import os

import pytest

from both import FAILED_EXPORT, PROJECTS, differences
from grammar import describe, draw, furnish

FIRST = int(os.environ.get("BEDROCK_FIRST_FOLDER", "1"))
COUNT = int(os.environ.get("BEDROCK_FOLDERS", "60"))


@pytest.mark.parametrize("number", range(FIRST, FIRST + COUNT))
def test_a_drawn_folder(folder, both, number):
    drawn = draw(number)
    furnish(folder, drawn)
    answer, view = both.ask(folder)
    if any(drawn.get(place) for place in ("project", "local")):
        print(f"not compared: {PROJECTS}")
        return
    if folder.home.config.read_bytes().startswith(b"\xef\xbb\xbf"):
        print("not compared: the AWS CLI, which signs in, refuses a configuration with a byte-order mark")
        return
    if "Error getting AWS credentials from awsCredentialExport" in answer.words and view.condition == "unguarded":
        print(f"not compared: {FAILED_EXPORT}")
        return
    found = differences(answer, view)
    assert not found, "\n".join([f"folder {number}", *found, describe(folder, drawn), str(answer), str(view)])
