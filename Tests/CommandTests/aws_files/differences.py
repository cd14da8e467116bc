"""Where the agent reads files otherwise than AWS's own programs do, and why it may."""

import re
from dataclasses import dataclass

from agent_view import View
from readers import PYPI, Answer


@dataclass(frozen=True)
class Difference:
    """In what, and what each made of it."""

    what: str
    agent: object
    tools: dict[str, object]

    def __str__(self):
        said = set(map(repr, self.tools.values()))
        spread = f"AWS's programs {said.pop()}" if len(said) == 1 else ", ".join(
            f"{name} {value!r}" for name, value in self.tools.items())
        return f"{self.what}: the agent {self.agent!r}, {spread}"


class Comparison:
    """Collects the differences. Where AWS's programs differ among themselves, botocore of PyPI counts, the newest.

    They do in what they have learned since: 2.9 heeds no endpoint_url and no login_session, and fails where a role is
    assumed through an sso-session; before 2.38, some partitions are unknown. What they refuse they agree on.
    """

    def __init__(self, answers: dict[str, Answer]):
        self.answers = answers
        self.found: list[Difference] = []

    def __call__(self, what: str, agent, of, among=lambda answer: True):
        """Of those `among` which there is something to compare."""
        tools = {name: of(answer) for name, answer in self.answers.items() if among(answer)}
        if PYPI in tools and agent != tools[PYPI]:
            self.found.append(Difference(what, agent, tools))


@dataclass(frozen=True)
class Excuse:
    """Why the agent reads otherwise on purpose: in this, with a finding of this code that says so in such words."""

    reason: str
    code: str
    words: str
    what: tuple[str, ...]

    def holds(self, difference: Difference, view: View) -> bool:
        return difference.what in self.what and any(
            finding["code"] == self.code and re.search(self.words, finding["message"], re.DOTALL)
            for finding in view.findings)


def unexcused(found: list[Difference], excuses: list[Excuse], view: View) -> list[Difference]:
    return [difference for difference in found if not any(excuse.holds(difference, view) for excuse in excuses)]
