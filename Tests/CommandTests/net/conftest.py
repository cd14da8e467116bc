"""Fixtures: `bedrock-agent-net`."""

import pytest

pytest.register_assert_rewrite("exchanges")

from exchanges import Exchanges  # noqa: E402


@pytest.fixture
def net(build, home, sandbox) -> Exchanges:
    """Runs queries through bedrock-agent-net."""
    assert (build / "bedrock-agent-net").exists(), f"no bedrock-agent-net in {build}: swift build -c release"
    return Exchanges(build, home, sandbox)
