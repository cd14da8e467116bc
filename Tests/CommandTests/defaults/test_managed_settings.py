"""The `awsAuthRefresh` of managed settings needs nobody's approval, as long as nobody but root can write there."""

import json

from waiting import eventually


def test_it_runs_without_approval(agent, home, sandbox):
    managed = home.path / "managed" / "managed-settings.json"
    managed.write_text(json.dumps({
        "env": {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "AWS_REGION": "us-west-2"},
        "awsAuthRefresh": f"echo run >> {agent.runs}; exec aws sso login --profile work-dev"}))
    agent.start(claude=False)
    assert agent.status()["claude"]["approved"] and agent.findings() == ["sign-in-needed"]
    agent.control("SignIn")
    agent.wait_until("healthy")
    assert agent.sign_ins() == 1 and not (agent.state / "approvals.json").exists()
    managed.chmod(0o666)
    eventually(lambda: "settings-writable-by-others" in agent.findings(), "others can write it")
    assert not agent.status()["claude"]["approved"]
