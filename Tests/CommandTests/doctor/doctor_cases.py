"""What the tests of `doctor` are tables of: a cause, the finding under its code, and what mends it.

A fix that is a command is run as it was printed, in the person's shell; of the others the test does what they say.
"""

from dataclasses import dataclass
from typing import Callable

import pytest

from patient import Patient, ill

# Those of a machine without a service manager and without a daemon are left to the tests of the service.
USUAL = {"no-user-manager"}


@dataclass
class Case:
    """`mend` does what the fix says, where that is no command."""

    code: str
    result: str
    cause: Callable[[Patient], None]
    mend: Callable[[Patient], None] | None = None
    # What else is wrong as long as it is.
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
