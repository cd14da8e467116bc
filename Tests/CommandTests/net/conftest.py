"""Fixtures: `bedrock-agent-net`, and servers that are nobody's."""

import pytest

pytest.register_assert_rewrite("exchanges")

from exchanges import Exchanges, Server  # noqa: E402


@pytest.fixture
def net(build, home, sandbox) -> Exchanges:
    """Asks through bedrock-agent-net."""
    assert (build / "bedrock-agent-net").exists(), f"no bedrock-agent-net in {build}: swift build -c release"
    return Exchanges(build, home, sandbox)


@pytest.fixture
def serve():
    """Starts servers that answer as they are told to; they end with the test."""
    servers = []

    def start(answer, certificate=None) -> Server:
        servers.append(Server(answer, certificate))
        return servers[-1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
