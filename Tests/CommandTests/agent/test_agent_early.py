"""With AWS's real lifetimes, the agent refreshes so early that no other program ever has to."""

import subprocess
import threading

from running_workers import BotocoreWorkers
from spawning import die_with_parent
from waiting import eventually


class CLILoop(threading.Thread):
    """Runs the AWS CLI in a loop."""

    def __init__(self, aws_cli, home, sandbox):
        super().__init__(daemon=True)
        self.command = [aws_cli, "configure", "export-credentials", "--profile", "work-dev"]
        self.home = home
        self.environment = home.environment(sandbox.environment)
        self.errors: list[str] = []
        self.runs = 0
        self.ended = False

    def run(self):
        while not self.ended:
            self.home.forget_role_credentials()
            cli = subprocess.run(
                self.command, env=self.environment, capture_output=True, text=True, preexec_fn=die_with_parent)
            self.errors += [cli.stderr] if cli.returncode else []
            self.runs += 1


class BotocoreLoop(threading.Thread):
    """Programs that ask botocore for a token in a loop."""

    def __init__(self, home, sandbox, count):
        super().__init__(daemon=True)
        self.workers = BotocoreWorkers(home.environment(sandbox.environment), count)
        self.errors: list[str] = []
        self.runs = 0
        self.ended = False

    def run(self):
        while not self.ended:
            self.workers.release(spread=100)
            self.errors += self.workers.errors()
            self.runs += 1
        self.workers.end()


def test_the_others_never_refresh(agent, aws_cli, home, sandbox, raw):
    """A one-hour token after forty minutes: the last twenty minutes, in which the agent refreshes, begin in 2 s."""
    home.sign_in(raw)
    home.age_token(left=20 * 60 + 2)
    loops = [CLILoop(aws_cli, home, sandbox), CLILoop(aws_cli, home, sandbox), BotocoreLoop(home, sandbox, 8)]
    for loop in loops:
        loop.start()

    def everybody_ran(times):
        before = [loop.runs for loop in loops]
        eventually(lambda: all(loop.runs >= run + times for loop, run in zip(loops, before)), "everybody ran again")

    everybody_ran(1)
    assert not sandbox.record("CreateToken", grantType="refresh_token")
    agent.start()
    eventually(agent.requests, "refreshed by the agent")
    everybody_ran(2)
    for loop in loops:
        loop.ended = True
    for loop in loops:
        loop.join(timeout=20)
    assert [error for loop in loops for error in loop.errors] == []
    refreshes = sandbox.record("CreateToken", grantType="refresh_token")
    assert [(entry["client"], entry["status"]) for entry in refreshes] == [("bedrock-agent-net", 200)]
    assert agent.wait_until("healthy")["findings"] == []
    # The next refresh is due in 40 minutes, give or take a minute of jitter.
    session = agent.session()
    assert session["next"]["action"] == "refresh" and agent.sign_ins() == 0
