"""Sign-ins and refreshes as transient units of the user's service manager."""

from waiting import eventually


def test_a_refresh_is_a_unit(running, sandbox):
    agent = running
    agent.home.age_token(left=600)
    eventually(lambda: agent.user.messages("bedrock-agent.service", "refreshed until"), "a refresh")
    units = agent.user.run("journalctl", "--user", "--output=short-full").stdout
    print(units)
    assert "bedrock-agent-refresh-" in units
