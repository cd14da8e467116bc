"""The timer that writes metrics: shipped, not enabled, and where an administrator wants them."""

from waiting import eventually

TIMER, WRITER = "bedrock-agent-metrics.timer", "bedrock-agent-metrics.service"


def test_the_timer_writes_a_file_that_others_read(running, machine):
    user = running.user
    assert user.systemctl("is-enabled", TIMER, check=False).stdout.strip() == "disabled"
    user.systemctl("start", TIMER)
    file = user.path(user.runtime / "bedrock-agent" / "bedrock-agent.prom")
    eventually(file.exists, "the timer has written the file")
    labels = f'user="{user.name}",session="corp",condition="healthy"'
    assert f"bedrock_agent_session_condition{{{labels}}} 1\n" in file.read_text()

    # A folder for each user, as the README says.
    machine.root("install", "-d", "-o", user.name, "-m", "755", f"/var/lib/bedrock-agent/metrics/{user.name}")
    drop_in = machine.files / f"etc/systemd/user/{WRITER}.d"
    drop_in.mkdir(parents=True, exist_ok=True)
    (drop_in / "folder.conf").write_text(
        "[Service]\nEnvironment=METRICS_FOLDER=/var/lib/bedrock-agent/metrics/%u\n")
    user.systemctl("daemon-reload")
    user.systemctl("start", WRITER)
    there = machine.files / f"var/lib/bedrock-agent/metrics/{user.name}"
    assert [each.name for each in there.iterdir()] == ["bedrock-agent.prom"]
    read = machine.root("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "cat",
                        f"/var/lib/bedrock-agent/metrics/{user.name}/bedrock-agent.prom").stdout
    assert read.endswith("# EOF\n") and "bedrock_agent_daemon_running" in read
    (drop_in / "folder.conf").unlink()
    # Nothing in the journal each minute.
    assert not user.messages(WRITER)
