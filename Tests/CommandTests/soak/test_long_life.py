"""A daemon's long life in a short time: refreshes, calls and changed files without end take no memory and no descriptors.

BEDROCK_LONG=1 lives through 100,000 refreshes, a million calls and 30,000 changed files; -s prints the curve.
"""

import json
import os
import re
from pathlib import Path

from replacing import replace
from varlink_client import CONTROL
from waiting import eventually

ROUNDS = 10
# In each round; three files are changed each time.
REFRESHES, CALLS, CHANGES = (10_000, 100_000, 1_000) if os.environ.get("BEDROCK_LONG") else (15, 500, 15)
# Beyond what it has after two rounds, in KiB: less than a hundred bytes for each thing that happens in a long one.
ALLOWED = 1024
# At once on one connection.
PIPELINED = 50


def used(agent) -> dict:
    """Of the daemon: anonymous memory in KiB, and how many descriptors the kernel has made room for (a multiple of 64).
    """
    status = Path(f"/proc/{agent.process.pid}/status").read_text()
    return {name: int(re.search(rf"^{name}:\s+(\d+)", status, re.MULTILINE)[1]) for name in ("RssAnon", "FDSize")}


def refresh(agent, times: int):
    with agent.client() as client:
        for _ in range(times):
            client.control("Refresh", session="corp")


def call(agent, times: int):
    """On long connections, and on as many that last for one call."""
    for _ in range(times // (2 * PIPELINED)):
        with agent.client() as client:
            client.send(*[{"method": f"{CONTROL}.GetStatus"}] * PIPELINED)
            for _ in range(PIPELINED):
                assert client.answer()["status"]["sessions"]
        for _ in range(PIPELINED):
            assert agent.control("GetStatus")["status"]["sessions"]


def change(agent, home, times: int):
    """Of settings, AWS configuration and own configuration, in turn; the last one is waited for."""
    settings = json.loads(agent.settings.read_text())
    text = home.config.read_text().split("\n# Change")[0]
    for number in range(times):
        settings["env"]["AWS_REGION"] = ("eu-west-1", "us-west-2")[number % 2]
        replace(agent.settings, json.dumps(settings))
        replace(home.config, f"{text}\n# Change\n[profile p{number}]\nregion = eu-west-1\n")
        replace(agent.config, json.dumps({"refreshAhead": f"{15 + number % 5}min"}))
    last = settings["env"]["AWS_REGION"]
    eventually(lambda: agent.status()["claude"]["region"] == last, "the last change is seen")


def test_a_long_life_takes_no_more_than_a_short_one(agent, home, raw, sandbox):
    sandbox.settings(rotation="on")
    home.sign_in(raw)
    agent.start()
    curve = []
    for _ in range(ROUNDS):
        refresh(agent, REFRESHES)
        call(agent, CALLS)
        change(agent, home, CHANGES)
        curve.append(at := used(agent))
        print(f"\nafter round {len(curve)}: {at['RssAnon']} KiB, room for {at['FDSize']} descriptors", end="", flush=True)
    assert len(agent.requests()) >= ROUNDS * REFRESHES
    assert curve[-1]["RssAnon"] <= curve[1]["RssAnon"] + ALLOWED, curve
    assert {at["FDSize"] for at in curve} == {curve[0]["FDSize"]}, curve
    agent.wait_until("healthy")
    assert agent.sign_ins() == 0
