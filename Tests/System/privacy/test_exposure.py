"""The service's sandbox: it is in effect, even without user namespaces, and scored by systemd itself."""

import pytest

from machine_agent import SERVICE, exposures
from waiting import eventually

WITHOUT_NAMESPACES = "[Service]\nRestrictNamespaces=~user\n"


@pytest.fixture
def no_user_namespaces(machine):
    """From here on, newly started user managers have no user namespaces, as on a hardened system."""
    folder = machine.files / "etc/systemd/system/user@.service.d"
    folder.mkdir()
    (folder / "test.conf").write_text(WITHOUT_NAMESPACES)
    machine.root("systemctl", "daemon-reload")
    yield
    (folder / "test.conf").unlink()
    folder.rmdir()
    machine.root("systemctl", "daemon-reload")


def test_score_is_well_below_that_of_other_agents(running, capsys):
    scores = exposures(running.user)
    with capsys.disabled():
        print("\nexposure, by systemd-analyze security (0 best, 10 worst): "
              + ", ".join(f"{name} {score}" for name, score in sorted(scores.items(), key=lambda item: item[1])))
    assert scores[SERVICE] <= 6.0
    assert scores[SERVICE] < min(score for name, score in scores.items() if name != SERVICE) - 3


def test_nothing_in_the_unit_is_unknown_or_ignored(running):
    said = running.user.journal(None, "_COMM=systemd")
    assert not [entry["MESSAGE"] for entry in said if "bedrock-agent" in entry["MESSAGE"] and
                any(word in entry["MESSAGE"] for word in ("gnoring", "nknown", "not supported"))]
    verified = running.user.run("systemd-analyze", "--user", "verify", "--man=no", SERVICE, "bedrock-agent.socket",
                                "bedrock-agent-metrics.timer", "bedrock-agent-metrics.service")
    assert "bedrock-agent" not in verified.stderr


def test_filters_are_in_force(running):
    status = running.user.run("cat", f"/proc/{running.pid()}/status").stdout
    assert "Seccomp:\t2" in status and "NoNewPrivs:\t1" in status


def test_works_without_user_namespaces(no_user_namespaces, running):
    refused = running.user.run(
        "systemd-run", "--user", "--wait", "--pipe", "--quiet", "unshare", "--user", "true", check=False)
    assert "Operation not permitted" in refused.stderr
    running.home.age_token(left=600)
    eventually(lambda: len(running.refreshes()) == 1, "a refresh")
    assert running.wait_until("healthy")["findings"] == []
