"""`status --metrics`: what promtool accepts, and what a real Prometheus has from a real node_exporter."""

import json
import os
import pwd
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from programs import write_program
from spawning import die_with_parent
from waiting import eventually

USER = pwd.getpwuid(os.getuid()).pw_name
LINE = re.compile(r'^bedrock_agent_\w+\{user="[^"]+"(,\w+="(\\.|[^"\\])*")*\} -?[0-9.e+]+$')


def tool(name: str, package: str) -> str:
    found = shutil.which(name)
    assert found, f"{name} is missing: apt-get install {package}"
    return found


def checked(text: str) -> dict[str, float]:
    """The samples, after promtool has found nothing wrong."""
    judged = subprocess.run(
        [tool("promtool", "prometheus"), "check", "metrics"], input=text, capture_output=True, text=True, timeout=20)
    assert (judged.returncode, judged.stdout, judged.stderr) == (0, "", ""), text
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(LINE.match(line) for line in lines), text
    assert text.endswith("# EOF\n")
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}


def sample(name: str, **labels: str) -> str:
    pairs = ",".join(f'{key}="{value}"' for key, value in {"user": USER, **labels}.items())
    return f"bedrock_agent_{name}{{{pairs}}}"


def test_they_say_what_json_says(agent, signed_in):
    agent.use()
    for _ in range(2):
        status = agent.status()
        metrics = checked(agent.run("status", "--metrics").stdout)
        assert metrics[sample("daemon_running")] == status["daemon"]["running"]
        states = {name: value for name, value in metrics.items() if name.startswith("bedrock_agent_session_condition{")}
        assert states[sample("session_condition", session="corp", condition=status["condition"])] == 1
        assert sum(states.values()) == 1 and len(states) == 8
        kind = {"kind": "sso-session", "region": "us-east-1", "profile": "work-dev"}
        assert metrics[sample("session_info", session="corp", **kind)] == 1
        ends = metrics[sample("session_access_token_expires_timestamp_seconds", session="corp")]
        assert time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ends)) == status["sessions"][0]["accessTokenExpiresAt"]
        assert abs(metrics[sample("written_timestamp_seconds")] - time.time()) < 60
        assert metrics[sample("findings", severity="error")] == 0
        if not agent.process:
            agent.start()


def test_ugly_names_end_no_line(agent, home):
    """Other programs than Claude Code take such names."""
    with home.config.open("a") as config:
        config.write(f"\n[sso-session 'x\"y']\nsso_start_url = {home.start_url}\nsso_region = us-east-1\n"
                     "[profile 'p\\q']\nsso_session = x\"y\nsso_account_id = 123456789012\nsso_role_name = Dev\n")
    agent.configure(profiles=["p\\q"])
    metrics = checked(agent.run("status", "--metrics").stdout)
    assert any('session="x\\"y"' in name and 'profile="p\\\\q"' in name for name in metrics), metrics


def test_the_file_is_replaced_whole_and_not_followed(agent, signed_in, tmp_path):
    agent.use()
    file, other = tmp_path / "folder" / "x.prom", tmp_path / "other"
    agent.run("status", "--metrics", "--output", file)
    checked(file.read_text())
    assert file.stat().st_mode & 0o777 == 0o644
    other.write_text("mine")
    file.unlink()
    file.symlink_to(other)
    agent.run("status", "--metrics", "--output", file)
    assert other.read_text() == "mine" and not file.is_symlink() and os.listdir(file.parent) == ["x.prom"]
    refused = agent.run("status", "--metrics", "--output", "/proc/x.prom", check=False)
    assert refused.returncode == 1 and "/proc/x.prom" in refused.stderr
    assert agent.run("status", "--output", file, check=False).returncode == 64


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def started(tmp_path):
    """Starts programs that end with the test."""
    running = []

    def start(*command: str):
        with (tmp_path / f"said-{len(running)}").open("w") as said:
            running.append(subprocess.Popen(
                list(map(str, command)), stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=tmp_path,
                preexec_fn=die_with_parent))

    yield start
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture
def as_openmetrics():
    """Serves a text as OpenMetrics."""
    served = {"text": ""}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "application/openmetrics-text; version=1.0.0; charset=utf-8")
            self.end_headers()
            self.wfile.write(served["text"].encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    served["port"] = server.server_address[1]
    yield served
    server.shutdown()
    server.server_close()


def test_prometheus_has_them(agent, signed_in, tmp_path, started, as_openmetrics):
    """Two users' files by node_exporter, each in a folder of their own, and the same text served as OpenMetrics."""
    agent.start()
    for user in "one", "two":
        text = agent.run("status", "--metrics", "--output", tmp_path / "metrics" / user / "bedrock-agent.prom")
    for file in (tmp_path / "metrics").glob("*/*.prom"):
        file.write_text(file.read_text().replace(f'user="{USER}"', f'user="{file.parent.name}"'))
    as_openmetrics["text"] = agent.run("status", "--metrics").stdout
    exporter, prometheus = free_port(), free_port()
    started(tool("prometheus-node-exporter", "prometheus-node-exporter"), "--collector.disable-defaults",
            "--collector.textfile", f"--collector.textfile.directory={tmp_path}/metrics/*",
            f"--web.listen-address=127.0.0.1:{exporter}")
    (tmp_path / "prometheus.yml").write_text(json.dumps({
        "global": {"scrape_interval": "1s"},
        "scrape_configs": [{"job_name": name, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}
                           for name, port in (("node", exporter), ("open", as_openmetrics["port"]))]}))
    started(tool("prometheus", "prometheus"), f"--config.file={tmp_path}/prometheus.yml",
            f"--storage.tsdb.path={tmp_path}/data", f"--web.listen-address=127.0.0.1:{prometheus}")

    def query(expression: str) -> list[dict]:
        url = f"http://127.0.0.1:{prometheus}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return json.load(answer)["data"]["result"]
        except OSError:
            return []

    found = eventually(
        lambda: len(seen := query("bedrock_agent_session_condition == 1")) == 3 and seen, "three series", seconds=60)
    assert {(each["metric"]["job"], each["metric"]["user"]) for each in found} == {
        ("node", "one"), ("node", "two"), ("open", USER)}
    assert {each["metric"]["condition"] for each in found} == {"healthy"}
    assert query("node_textfile_scrape_error")[0]["value"][1] == "0"
    fresh = query("time() - bedrock_agent_written_timestamp_seconds < 600")
    assert len(fresh) == 3


def test_the_commands_of_the_readme_write_what_the_unit_takes(tmp_path):
    """The unit itself: System/service/test_metrics.py."""
    readme = (Path(__file__).resolve().parents[3] / "README.md").read_text()
    commands = re.search(r"```\n(for user in .*?)```", readme, re.DOTALL)[1]
    for words, here in (("alice bob", USER), ("755 /var/", f"755 {tmp_path}/var/"), (" /etc/", f" {tmp_path}/etc/")):
        assert words in commands
        commands = commands.replace(words, here)
    write_program(tmp_path / "tools" / "sudo", 'exec "$@"')
    write_program(tmp_path / "tools" / "systemctl", f'echo "$@" >> {tmp_path}/asked')
    subprocess.run(["sh", "-ec", commands], env={"PATH": f"{tmp_path}/tools:/usr/bin:/bin"}, check=True, timeout=20,
                   stdout=subprocess.DEVNULL)
    folder = "/var/lib/bedrock-agent/metrics/%u"
    assert (tmp_path / "etc/systemd/user/bedrock-agent-metrics.service.d/folder.conf").read_text() == (
        f"[Unit]\nConditionPathIsDirectory={folder}\n[Service]\nEnvironment=METRICS_FOLDER={folder}\n")
    assert (tmp_path / f"var/lib/bedrock-agent/metrics/{USER}").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "asked").read_text() == "--global enable bedrock-agent-metrics.timer\n"
