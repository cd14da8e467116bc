"""What the message says, to the letter: which machine, what ended, why nothing happens by itself, and what to do."""

import json
import re

import pytest

from aws_home import stamp
from raw_client import RawClient
from telling import HOST, LOGIN, LOSS

REFUSED = "work-dev: the service no longer accepts its client registration (invalid_client)" + LOSS
FIRST = f"AWS sign-in needed on {HOST}\n\n"


def exactly(agent, chat, *words: str):
    """The only message is this, where each # is a time of day, perhaps with its date."""
    agent.start()
    text = chat.only()
    pattern = re.escape("".join(words)).replace(r"\#", r"(\w{3} \d\d? \w{3} )?\d\d:\d\d")
    assert re.fullmatch(pattern, text), text


# Whoever signs in there ends it


@pytest.mark.parametrize("policy", ["ask", "never"])
def test_it_asks(agent, chat, need, policy):
    need.begin()
    chat.use(signIn=policy)
    exactly(agent, chat, FIRST, REFUSED, "\n", LOGIN)


def test_there_is_no_display(agent, chat, need):
    need.begin()
    chat.use()
    del agent.environment["DISPLAY"]
    exactly(agent, chat, FIRST, REFUSED, " There is no display to open the page on.\n", LOGIN)


def test_the_session_has_ended(agent, chat, home, raw, sandbox):
    """So says the service, before the token's time is up."""
    home.sign_in(raw)
    sandbox.revoke()
    home.age_token(left=1202)
    chat.use(signIn="ask")
    exactly(agent, chat, FIRST, "work-dev: Identity Center has ended the session", LOSS, "\n", LOGIN)


def test_signed_out(agent, chat):
    chat.use()
    exactly(agent, chat, FIRST, "work-dev: there is no token for it in the cache", LOSS, "\n", LOGIN)


def test_a_damaged_token_file(agent, chat, home):
    home.token_file().parent.mkdir(parents=True)
    home.token_file().write_text("{")
    chat.use(signIn="ask")
    exactly(agent, chat, FIRST, "work-dev: its token file is damaged", LOSS, "\n", LOGIN)


def test_the_last_sign_in_failed(agent, chat, need):
    need.begin()
    agent.use(command="false")
    chat.use()
    exactly(agent, chat, FIRST, REFUSED, " The last sign-in failed; next try at #.\n", LOGIN)


def test_the_limit_of_a_day(agent, chat, need):
    need.begin()
    chat.use()
    (agent.state / "state.json").write_text(json.dumps(
        {"version": 1, "automaticSignIns": [stamp(-3600 + number) for number in range(6)], "sessions": {}}))
    exactly(agent, chat, FIRST, REFUSED, " The limit of 6 a day is reached; next try at #.\n", LOGIN)


def test_a_session_that_is_not_claudes(agent, chat, signed_in):
    """Claude Code can do without it."""
    chat.use(profiles=["work-unscoped"])
    login = LOGIN.replace("work-dev", "work-unscoped")
    exactly(agent, chat, FIRST, "work-unscoped: there is no token for it in the cache.\n", login)


def test_a_token_that_ends_soon_and_cannot_be_refreshed(agent, chat, home, sandbox):
    token = RawClient(sandbox, scopes=None).sign_in()
    home.write_token({"startUrl": home.start_url, "region": "us-east-1", "accessToken": token["accessToken"],
                      "expiresAt": stamp(600)}, home.start_url, 8 * 3600)
    agent.use("old-profile", approve=False)
    chat.use(signIn="ask")
    agent.start()
    text = chat.only()
    assert text.startswith(f"AWS sign-in needed soon on {HOST}\n\nold-profile: "), text
    assert text.endswith("Claude Code cannot reach Bedrock.\n" + LOGIN.replace("work-dev", "old-profile")), text


# Something else comes first


def test_the_command_that_signs_in_is_not_approved(agent, chat, need):
    need.begin()
    chat.use()
    agent.use(command="aws sso login --no-browser", approve=False)
    exactly(agent, chat, FIRST, REFUSED, " awsAuthRefresh has changed and must be approved. Run: bedrock-agent approve\n")


def test_there_is_no_command_that_signs_in(agent, chat, need):
    need.begin()
    chat.use()
    settings = json.loads(agent.settings.read_text())
    del settings["awsAuthRefresh"]
    agent.settings.write_text(json.dumps(settings))
    exactly(agent, chat, FIRST, REFUSED, " awsAuthRefresh is not set. Run: bedrock-agent setup\n")


def test_others_can_write_the_command_that_signs_in(agent, chat, need):
    need.begin()
    chat.use()
    agent.settings.chmod(0o666)
    exactly(agent, chat, FIRST, REFUSED, " awsAuthRefresh cannot be trusted. Run: bedrock-agent status\n")
