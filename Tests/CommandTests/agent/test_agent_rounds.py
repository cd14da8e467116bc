"""Ten other programs and the agent refresh at the same moment, and each refresh token can be used only once.

How a loss is attributed. With rotation on there is a single chain: each refresh token can be used once, and only the
program that used it knows the next one. So after a round, the token file must contain the last token granted according
to the sandbox's record. If it does not:

- If the last grant was the agent's, the agent lost it: it holds a token until it is in the file.
- Otherwise, if the agent was also granted a token in this round, and the file contains that one or an older one, the
  agent may have overwritten a newer token: this counts as the agent's loss.
- Otherwise, only the others wrote: the token was lost between them.

A program fails if it reads a file that is being written: AWS CLI 2.9 writes in place, botocore and the agent do not.
This counts as lost between the others, provided that one of them wrote in that round.
"""

import os
import subprocess
from collections import Counter

import pytest

from running_workers import BotocoreWorkers
from spawning import die_with_parent
from waiting import eventually

OTHERS = 10
# Each is ten starts of the AWS CLI.
CLI_ROUNDS = 5 if "BEDROCK_LONG" in os.environ else 1


class Rounds:
    """Judges each round by the sandbox's record and the token file."""

    def __init__(self, agent, home, sandbox, raw):
        self.agent, self.home, self.sandbox, self.raw = agent, home, sandbox, raw
        self.counts = Counter({key: 0 for key in (
            "rounds", "refreshed by the agent", "refused to the agent", "refreshed by others", "refused to others",
            "others failed", "lost between others", "lost by the agent")})
        self.sent_by_agent = Counter()
        self.seen = len(sandbox.record())

    def judge(self, errors: list[str]):
        token = self.home.token()  # whole, and JSON
        assert self.raw.role_credentials(token["accessToken"]).status_code == 200
        entries = self.sandbox.record()
        new, self.seen = entries[self.seen:], len(entries)
        held = new[-1]["used"]
        assert new[-1]["operation"] == "GetRoleCredentials"
        grants = [entry for entry in new if entry.get("grantType") == "refresh_token"]
        granted = [entry for entry in grants if entry["status"] == 200]
        by_agent = [entry for entry in grants if entry["client"] == "bedrock-agent-net"]
        self.sent_by_agent.update(entry["used"][-1] for entry in by_agent)
        self.counts.update({
            "rounds": 1, "others failed": len(errors),
            "refreshed by the agent": sum(entry in granted for entry in by_agent),
            "refused to the agent": sum(entry not in granted for entry in by_agent),
            "refreshed by others": sum(entry not in by_agent for entry in granted),
            "refused to others": sum(entry not in granted and entry not in by_agent for entry in grants)})
        assert granted and not [entry for entry in new if entry["operation"] == "StartDeviceAuthorization"]
        # For an incomplete file, the error messages of the CLI and botocore contain only its name.
        assert all(self.home.token_file().stem in error for error in errors), errors
        if errors:
            assert any(entry not in by_agent for entry in granted), errors
        if granted[-1]["issued"][:1] == held:
            return
        agents = granted[-1] in by_agent or any(entry in by_agent for entry in granted)
        self.counts["lost by the agent" if agents else "lost between others"] += 1
        self.home.sign_in(self.raw)

    def conclude(self, rounds: int):
        print("\n" + "\n".join(f"  {count:5}  {what}" for what, count in self.counts.items()))
        assert self.counts["rounds"] == rounds and self.counts["lost by the agent"] == 0
        # The agent took part, others did too, and they collided.
        assert self.counts["refreshed by the agent"] and self.counts["refreshed by others"]
        # A refresh token that the agent has sent, used up or refused, is never sent again.
        assert set(self.sent_by_agent.values()) == {1}
        # The session is intact: no sign-in was needed, and the refresh token in the file is the valid one.
        assert self.agent.sign_ins() == 0 and self.agent.wait_until("healthy")["findings"] == []
        assert self.raw.refresh(self.home.token()["refreshToken"], **self.client()).status_code == 200

    def client(self):
        return {key: self.home.token()[key] for key in ("clientId", "clientSecret")}


@pytest.fixture
def rounds(agent, home, sandbox, raw):
    """A running agent with a token that every program wants to refresh, in each round: it is valid for only 12 minutes.
    """
    sandbox.settings(accessToken="12min", rotation="on")
    home.sign_in(raw)
    agent.start()
    agent.wait_until("healthy")
    return Rounds(agent, home, sandbox, raw)


def granted(sandbox):
    return sum(entry["status"] == 200 for entry in sandbox.record("CreateToken", grantType="refresh_token"))


def test_a_hundred_rounds_with_ten_botocore_processes(rounds, agent, home, sandbox):
    workers = BotocoreWorkers(home.environment(sandbox.environment), OTHERS)
    with agent.client() as client:
        for number in range(100):
            before = granted(sandbox) if number % 4 == 3 else None
            if number % 4 == 0:
                client.ask("Refresh")
            # All at once, or so spread that some use what others have just written.
            workers.release(spread=0 if number % 8 < 4 else 60)
            if number % 4 in (1, 2):
                client.ask("Refresh")
            elif number % 4 == 3:
                # In the middle of it: some have already written, others are about to.
                eventually(lambda: granted(sandbox) > before, "one of the others has refreshed", every=0.002)
                client.ask("Refresh")
            errors = workers.errors()
            client.answer()
            rounds.judge(errors)
    workers.end()
    rounds.conclude(100)


def test_rounds_with_ten_aws_clis(rounds, agent, aws_cli, home, sandbox):
    # The AWS CLI caches credentials by role and then needs no token, so each process gets its own role. Processes that
    # all find no folder for that cache race to make it, and the slower ones fail.
    (home.path / ".aws" / "cli" / "cache").mkdir(parents=True)
    roles = [f"Role{number}" for number in range(OTHERS)]
    sandbox.settings(accounts=[{"id": "123456789012", "name": "Development", "email": "d@example.com",
                                "roles": ["Dev", *roles]}])
    with home.config.open("a") as config:
        for role in roles:
            config.write(f"\n[profile {role}]\nsso_session = corp\nsso_account_id = 123456789012\n"
                         f"sso_role_name = {role}\nregion = us-west-2\n")
    for _ in range(CLI_ROUNDS):
        home.forget_role_credentials()
        before = granted(sandbox)
        clis = [subprocess.Popen(
            [aws_cli, "configure", "export-credentials", "--profile", role], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=die_with_parent,
            env=home.environment(sandbox.environment)) for role in roles]
        eventually(lambda: granted(sandbox) > before, "one of the CLIs has refreshed", seconds=60, every=0.005)
        with agent.client() as client:
            while any(cli.poll() is None for cli in clis):
                client.control("Refresh")
        ended = [(cli.communicate()[1], cli.returncode) for cli in clis]
        rounds.judge([said for said, status in ended if status != 0])
    rounds.conclude(CLI_ROUNDS)
