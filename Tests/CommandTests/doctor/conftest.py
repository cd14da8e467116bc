"""Fixtures: a home for `doctor` to examine."""

import pytest

pytest.register_assert_rewrite("doctor_cases", "patient")

from patient import Patient  # noqa: E402


@pytest.fixture
def patient(build, aws_cli, home, sandbox, raw):
    """A home in which `doctor` finds no problem, except that no daemon runs: `patient.start()` starts it."""
    assert (build / "bedrock-agent-net").exists(), f"no bedrock-agent-net in {build}: swift build -c release"
    patient = Patient(build, home, sandbox, raw)
    yield patient
    patient.end()
