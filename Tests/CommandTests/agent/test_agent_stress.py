"""Clients connect and disconnect while the daemon starts one child after the other."""

import threading
import time

from varlink_client import VarlinkRefused


def test_clients_come_and_go_while_children_start(agent, home, sandbox, raw):
    """A child that is just being started briefly has copies of the daemon's descriptors. Closing one at that moment,
    before its removal from epoll, once made sd_event abort."""
    home.sign_in(raw)
    sandbox.fault("CreateToken", "500", times=-1)
    agent.start()
    end = time.monotonic() + 3
    failures = []

    def come_and_go():
        try:
            while time.monotonic() < end:
                with agent.client() as client:
                    client.control("GetStatus")
        except (OSError, VarlinkRefused) as failure:
            failures.append(failure)

    guests = [threading.Thread(target=come_and_go) for _ in range(4)]
    for guest in guests:
        guest.start()
    refreshes = 0
    while time.monotonic() < end and not failures:
        agent.control("Refresh")
        refreshes += 1
    for guest in guests:
        guest.join()
    assert not failures and agent.process.poll() is None, agent.journal()
    assert len(agent.requests()) == refreshes and agent.status()["condition"] == "offline"
