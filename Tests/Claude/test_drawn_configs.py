"""AWS configurations drawn at random: the agent must find what the real Claude Code finds in each, or say why not.

They are those of CommandTests/aws_files, where AWS's own programs are the judges. `BEDROCK_CONFIGS=1000 Tests/run claude
-k drawn_config` looks at that many, `BEDROCK_FIRST_CONFIG=4711` from that one on. One that fails names its number:
`BEDROCK_CONFIGS=1 BEDROCK_FIRST_CONFIG=4711` looks at it again.
"""

import os
import re

import pytest

from agent_view import LookingAgent, View
from claude_reader import ClaudeReader, sign_in_everywhere
from config_differences import token_of
from config_grammar import draw
from drawn_home import DrawnHome
from readers import Answer

FIRST = int(os.environ.get("BEDROCK_FIRST_CONFIG", "1"))
COUNT = int(os.environ.get("BEDROCK_CONFIGS", "60"))
# Nothing is guarded, whatever Claude Code makes of it: the AWS CLI refuses it, or nobody could sign in to that.
NOT_FOR_ANYBODY = {
    "config-refused", "config-unreadable", "no-such-profile", "no-such-session", "profile-incomplete",
    "profile-contradicts-itself", "bad-account", "bad-start-url", "endpoint-wrong"}
DIFFERENT = "config-read-differently"
# It does not get to AWS at our address. Whose token it would have sent is not known.
BY_ANOTHER_WAY = re.compile("(FIPS|Dualstack) and custom endpoint are not supported")


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> DrawnHome:
    return DrawnHome(tmp_path_factory.mktemp("drawn"))


@pytest.fixture(scope="module")
def reader(claude_program, tmp_path_factory, home) -> ClaudeReader:
    reader = ClaudeReader(claude_program, tmp_path_factory.mktemp("claude"), home)
    yield reader
    reader.end()


@pytest.fixture(scope="module")
def agent(build, tmp_path_factory) -> LookingAgent:
    agent = LookingAgent(build, tmp_path_factory.mktemp("agent"))
    yield agent
    agent.end()


def differences(answer: Answer, view: View) -> list[str]:
    found = []

    def compare(what: str, claude, ours):
        if claude != ours:
            found.append(f"{what}: Claude Code {claude!r}, the agent {ours!r}")

    codes = view.codes()
    if view.session is None or view.session["kind"] == "aws-login":
        if not codes & NOT_FOR_ANYBODY:
            compare("uses a session", answer.uses_session, False)
        return found
    if DIFFERENT in codes:
        return found
    compare("uses a session", answer.uses_session, True)
    if answer.uses_session:
        compare("token file", token_of(answer, view), view.token_file or token_of(answer, view))
        compare("account and role", answer.role, view.role or answer.role)
    if answer.region:
        compare("region", answer.region, view.region)
    return found


@pytest.mark.parametrize("number", range(FIRST, FIRST + COUNT))
def test_a_drawn_config(number, home, reader, agent):
    drawn = draw(number)
    if "pipe" in (drawn.config, drawn.credentials):
        print("not compared: the program waits for a writer")
        return
    home.furnish(drawn)
    for content in (drawn.config, drawn.credentials):
        if isinstance(content, bytes):
            sign_in_everywhere(home, content)
    view = agent.look(home, home.path.parent)
    answer = reader.ask()
    if BY_ANOTHER_WAY.search(answer.failed or ""):
        print(f"not compared: {answer.failed}")
        return
    found = differences(answer, view)
    assert not found, "\n".join([
        f"config {number}", *found, f"profile: {drawn.profile!r}, exported: {drawn.variables}",
        f"config: {drawn.config!r}", f"credentials: {drawn.credentials!r}", f"Claude Code: {answer}", f"agent: {view}"])
