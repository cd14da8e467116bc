"""Measures everything of the budget and prints one table. Called by `run`, which builds what is measured."""

import argparse
import http.server
import json
import os
import signal
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from credentials import measure_credentials
from fixture import make_home
from sign_in import measure_sign_ins

ROUNDS, RUNS, STARTS, IDLE_SECONDS = 10, 40, 60, 20
TOKEN_FILES = 1000


class Programs:
    """Programs that run during the benchmark; each is ended by its own PID."""

    def __init__(self):
        self.running = []

    def start(self, command, environment, ready):
        """Starts a program and waits until `ready()` is true."""
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.running.append(process)
        wait_until(ready, command[0])
        return process

    def stop(self):
        for process in self.running:
            process.terminate()
            process.wait()


def wait_until(is_true, what):
    deadline = time.monotonic() + 20
    while not is_true():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what}: did not start within 20 s")
        time.sleep(0.01)


def listens(path):
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


# MARK: Each measurement


def process_times(commands, folder):
    """Times whole processes with hyperfine, in rounds, so that other load on the machine affects all of them."""
    times = {name: [] for name in commands}
    result = folder / "hyperfine.json"
    for _ in range(ROUNDS):
        for name, (command, environment) in commands.items():
            runs = RUNS if name != "aws sts" else 1
            subprocess.run(
                ["hyperfine", "-N", "--ignore-failure", "--warmup", "1", "--runs", str(runs), "--export-json", result]
                + [command],
                env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            times[name] += json.loads(result.read_text())["results"][0]["times"]
    return {name: Times(seconds) for name, seconds in times.items()}


class Times:
    """Repeated measurements. `processor`, if measured, is the CPU time, which other load does not increase."""

    def __init__(self, seconds, processor=()):
        self.median = statistics.median(seconds) * 1000
        self.least = min(seconds) * 1000
        self.processor = statistics.median(processor) * 1000 if processor else None

    def __str__(self):
        processor = f", processor {self.processor:.2f}" if self.processor else ""
        return f"{self.median:.2f} ms (least {self.least:.2f}{processor})"


def starts(command, environment, folder):
    """Measures the time from just before exec to READY=1, many times."""
    path = str(folder / "notify")
    seconds, processor = [], []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(path)
        notify.settimeout(20)
        for _ in range(STARTS):
            began = time.perf_counter()
            pid = os.posix_spawn(command[0], command, environment | {"NOTIFY_SOCKET": path}, file_actions=[
                (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)])
            while b"READY=1" not in notify.recv(65536):
                pass
            seconds.append(time.perf_counter() - began)
            os.kill(pid, signal.SIGTERM)
            usage = os.wait4(pid, 0)[2]
            processor.append(usage.ru_utime + usage.ru_stime)
    os.unlink(path)
    return Times(seconds, processor)


def memory(process):
    """PSS in MB, and threads."""
    folder = Path(f"/proc/{process.pid}")
    try:
        lines = (folder / "smaps_rollup").read_text().splitlines()
    except PermissionError:
        return None, threads(process)
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024, threads(process)


def threads(process):
    return len(os.listdir(f"/proc/{process.pid}/task"))


def wakes(process):
    """How often its threads have gone to sleep so far, which equals the number of wake-ups."""
    count = 0
    for task in Path(f"/proc/{process.pid}/task").iterdir():
        for line in (task / "status").read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches"):
                count += int(line.split()[1])
    return count


def requests(flood, path, calls, depth):
    """The best of five runs: other load on this machine can only make it worse."""
    return max(int(subprocess.check_output([flood, path, str(calls), str(depth)])) for _ in range(5))


class Loopback(http.server.BaseHTTPRequestHandler):
    """Answers GetCallerIdentity, so that the AWS CLI succeeds without any other server."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = (
            '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
            "<Arn>arn:aws:sts::111122223333:assumed-role/Developer/me</Arn><UserId>me</UserId>"
            "<Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


# MARK: The table


class Table:
    def __init__(self):
        self.rows = [("what", "budget", "measured", "peers in the same run")]

    def add(self, what, budget, measured, peers="", within=None):
        word = {True: "  ok", False: "  OVER", None: ""}[within]
        self.rows.append((what, budget, measured + word, peers))

    def __str__(self):
        widths = [max(len(row[column]) for row in self.rows) for column in range(3)]
        lines = [" | ".join([*(cell.ljust(width) for cell, width in zip(row, widths)), row[3]]) for row in self.rows]
        lines.insert(1, "-|-".join("-" * width for width in [*widths, len(self.rows[0][3])]))
        return "\n".join(line.rstrip() for line in lines)


def measure(table, options, folder, programs):
    agent, floor = options.agent, options.floor
    environment = make_home(folder / "one", 1)
    sockets = {name: folder / name for name in ["floor.sock", "ssh.sock", "oidc.sock"]}
    control = folder / "one/run/bedrock-agent/control.sock"
    own = dict(os.environ)

    daemon = programs.start([agent, "daemon"], environment, lambda: listens(control))
    floor_daemon = programs.start(
        [floor, "serve"], environment | {"FLOOR_SOCKET": str(sockets["floor.sock"])},
        lambda: listens(sockets["floor.sock"]))
    ssh = programs.start(
        ["ssh-agent", "-D", "-a", sockets["ssh.sock"]], own, lambda: listens(sockets["ssh.sock"]))
    oidc = programs.start(
        ["oidc-agent", "--console", "-a", sockets["oidc.sock"]], own | {"HOME": str(folder)},
        lambda: listens(sockets["oidc.sock"]))
    key = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    ssh_environment = own | {"SSH_AUTH_SOCK": str(sockets["ssh.sock"])}
    subprocess.run(["ssh-add", "-q", key], env=ssh_environment, check=True)

    # Before any call, and after a period in which nothing is due.
    peers = {"ssh-agent": ssh, "oidc-agent": oidc, "the Swift floor's": floor_daemon}
    before = {process.pid: wakes(process) for process in [daemon, *peers.values()]}
    time.sleep(IDLE_SECONDS)
    woken = {process.pid: wakes(process) - before[process.pid] for process in [daemon, *peers.values()]}
    idle = {process.pid: memory(process) for process in [daemon, *peers.values()]}

    endpoint = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Loopback)
    threading.Thread(target=endpoint.serve_forever, daemon=True).start()
    aws = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "none", "AWS_REGION": "us-west-2", "HOME": str(folder)}
    times = process_times({
        "floor": (f"{floor} ask", environment | {"FLOOR_SOCKET": str(control)}),
        "text": (f"{agent} status", environment),
        "json": (f"{agent} status --json", environment),
        "line": (f"{agent} status --line", environment),
        "hook": (f"{agent} hook session-start", environment),
        "ssh-add -l": ("ssh-add -l", ssh_environment),
        "oidc-add -l": ("oidc-add -l", own | {"OIDC_SOCK": str(sockets["oidc.sock"]), "HOME": str(folder)}),
        "aws sts": (
            "/usr/bin/aws sts get-caller-identity --endpoint-url http://127.0.0.1:" + str(endpoint.server_port),
            own | aws),
    }, folder)
    endpoint.shutdown()
    peer_times = "; ".join(
        f"{label} {times[name]}" for name, label in [
            ("floor", "the Swift floor"), ("ssh-add -l", "ssh-add -l"), ("oidc-add -l", "oidc-add -l"),
            ("aws sts", "aws sts get-caller-identity (answered on loopback)")])
    for what, name in [("status, whole process", "text"), ("status --json", "json")]:
        ratio = times[name].median / times["floor"].median
        table.add(
            what, "<= 1.5 x the floor",
            f"{ratio:.2f} x (least {times[name].least / times['floor'].least:.2f} x): {times[name]}", peer_times if name == "text" else "",
            ratio <= 1.5)

    ratio = times["line"].median / times["ssh-add -l"].median
    table.add(
        "status --line, as a prompt asks", "<= ssh-add -l",
        f"{ratio:.2f} x (least {times['line'].least / times['ssh-add -l'].least:.2f} x): {times['line']}", "", ratio <= 1)

    table.add("the hook at a start of Claude Code", "<= 10 ms", str(times["hook"]), "", times["hook"].median <= 10)

    measure_credentials(table, options, folder, Times, environment)

    def shown(process):
        size, count = idle[process.pid]
        return f"{f'{size:.1f} MB' if size else 'not readable (not root)'}, {count} thread{'s' * (count > 1)}"

    size, count = idle[daemon.pid]
    least, _ = idle[floor_daemon.pid]
    used = f"{memory(daemon)[0] or 0:.1f}"
    table.add(
        "daemon idle, one session: PSS", "<= the Swift floor's + 5 MB, one thread", f"{shown(daemon)}; {used} MB after all those calls",
        "; ".join(f"{name} {shown(process)}" for name, process in peers.items()),
        count == 1 and size <= least + 5 if size else None)
    table.add(
        f"wake-ups in {IDLE_SECONDS} s with nothing due", "none", str(woken[daemon.pid]),
        "; ".join(f"{name} {woken[process.pid]}" for name, process in peers.items()), woken[daemon.pid] == 0)
    rate, steps = requests(options.flood, control, 200_000, 64), requests(options.flood, control, 50_000, 1)
    floor_socket = sockets["floor.sock"]
    table.add(
        "GetStatus calls a second, one connection", ">= 20000", f"{rate} (one after the other: {steps})",
        f"the Swift floor's {requests(options.flood, floor_socket, 200_000, 64)} (one after the other:"
        f" {requests(options.flood, floor_socket, 50_000, 1)})", rate >= 20_000)

    # A second home, because a daemon is running in the first one.
    ready = starts([agent, "daemon"], make_home(folder / "start", 1), folder)
    floor_ready = starts([floor, "serve"], {"FLOOR_SOCKET": str(folder / "start.sock")}, folder)
    table.add("start to READY", "<= 15 ms", str(ready), f"the Swift floor's {floor_ready}", ready.median <= 15)
    many = starts([agent, "daemon"], make_home(folder / "many", TOKEN_FILES), folder)
    table.add(f"start to READY, {TOKEN_FILES} profiles and token files", "<= 60 ms", str(many), "", many.median <= 60)
    plan, building, encoding = (float(word) for word in subprocess.check_output([options.plan]).split())
    table.add("1000 sessions: one full re-plan", "<= 5 ms", f"{plan:.2f} ms (status {building:.2f}, its JSON {encoding:.2f})", "", plan <= 5)
    measure_sign_ins(table, options, folder, Times)
    if options.cold:
        took, processor = (float(number) for number in options.cold)
        table.add(
            "cold swift build (debug)", "<= 120 s", f"{took:.0f} s (processor {processor:.0f} s)", "", took <= 120)
    else:
        table.add("cold swift build (debug)", "<= 120 s", "not measured (--cold)")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sign-in", action="store_true", help="measure only this, with --agent and --sandbox")
    for name in ["agent", "sandbox", "plan", "floor", "flood"]:
        parser.add_argument(f"--{name}", required=name in ("agent", "sandbox"))
    parser.add_argument("--cold", nargs=2)
    programs = Programs()
    with tempfile.TemporaryDirectory(prefix="bedrock-bench.") as folder:
        try:
            options = parser.parse_args()
            table = Table()
            if options.sign_in:
                measure_sign_ins(table, options, Path(folder), Times)
            else:
                measure(table, options, Path(folder), programs)
            print(table)
        finally:
            programs.stop()


main()
