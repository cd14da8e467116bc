"""One drawing, looked at by all: what is found, and who said what."""

from datetime import datetime, timezone

import config_differences
import token_differences
from agent_view import LookingAgent, View
from config_grammar import Drawn
from differences import Difference
from drawn_home import DrawnHome
from readers import Answer, Reader
from token_grammar import DrawnToken


def look_at_config(
    drawn: Drawn, home: DrawnHome, readers: dict[str, Reader], agent: LookingAgent
) -> tuple[list[Difference], dict[str, Answer], View]:
    home.furnish(drawn)
    answers: dict[str, Answer] = {}
    for name, reader in readers.items():
        answers[name] = reader.ask(home.environment())
        # Somebody signed in, wherever this one looks for a token.
        if answers[name].no_token_for is not None:
            home.sign_in(answers[name].no_token_for)
            answers[name] = reader.ask(home.environment())
    view = agent.look(home, home.path.parent)
    return config_differences.differences(answers, view), answers, view


def look_at_token(
    drawn: DrawnToken, home: DrawnHome, readers: dict[str, Reader], agent: LookingAgent
) -> tuple[list[Difference], dict[str, Answer], View]:
    now = datetime.now(timezone.utc).replace(microsecond=0)
    home.furnish_token(drawn, now)
    answers = {name: reader.ask(home.environment()) for name, reader in readers.items()}
    view = agent.status(home, home.path.parent)
    return token_differences.differences(answers, view, now, drawn.legacy), answers, view
