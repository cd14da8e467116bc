"""The rows of the `doctor` tests: a cause, the finding with its code, and its fix.

A fix that is a command is run in the user's shell as printed; for the others, the test does what they say.
"""

from dataclasses import dataclass
from typing import Callable

import pytest

from patient import Patient, ill

# Findings about a missing service manager and daemon are tested with the service.
USUAL = {"no-user-manager"}


@dataclass
class Case:
    """`mend` does what the fix says, if the fix is not a command."""

    code: str
    result: str
    cause: Callable[[Patient], None]
    mend: Callable[[Patient], None] | None = None
    # Other findings for as long as the problem exists.
    besides: frozenset = frozenset()
    id: str = ""

    def __str__(self):
        return f"{self.code}{'-' if self.id else ''}{self.id}"


def case(code, result, cause, mend=None, besides=(), id=""):
    return Case(code, result, cause, mend, frozenset(besides), id)


def check(patient: Patient, case: Case, *arguments: str):
    assert not set(ill(patient.doctor(*arguments))) - USUAL
    case.cause(patient)
    found = ill(patient.doctor(*arguments))
    assert case.code in found, found
    assert found[case.code]["result"] == case.result, found[case.code]
    assert set(found) - USUAL - case.besides == {case.code}, found
    if case.mend:
        case.mend(patient)
        answer = patient.doctor(*arguments)
    else:
        answer = patient.treat(found[case.code], *arguments)
    assert not set(ill(answer)) - USUAL, (found[case.code]["fix"], answer["said"], ill(answer))


def cases(*found: Case):
    return pytest.mark.parametrize("case", found, ids=str)


def both(*causes):
    def cause(patient):
        for one in causes:
            one(patient)
    return cause
