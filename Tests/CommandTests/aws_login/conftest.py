"""Fixtures: a profile that signs in with `aws login`, and what that keeps."""

import pytest

from console import Console


@pytest.fixture
def console(agent, home) -> Console:
    """The profile, to which nobody is signed in; Claude Code is not set up, and nothing is guarded yet."""
    return Console(agent, home)
