"""A role's credentials: from the cache beside `status`, and by one exchange beside curl's for the same request."""

import http.server
import json
import subprocess
import threading
import time

from fixture import make_home

RUNS, SLOW_RUNS = 200, 5


class Portal(http.server.BaseHTTPRequestHandler):
    """GetRoleCredentials, for everybody."""

    def do_GET(self):
        answer = json.dumps({"roleCredentials": {
            "accessKeyId": "ASIAEXAMPLE", "secretAccessKey": "s" * 40, "sessionToken": "t" * 700,
            "expiration": (time.time() + 3600) * 1000}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def measure_credentials(table, options, folder, Times, daemons_environment):
    """The daemon of `daemons_environment` answers `status`."""
    portal = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=portal.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{portal.server_port}"
    home = folder / "credentials"
    environment = make_home(home, 1) | {"AWS_ENDPOINT_URL_SSO": url}
    cache = home / ".aws" / "cli" / "cache"
    ours = [options.agent, "credentials", "--profile", "work-0000"]
    request = f"{url}/federation/credentials?account_id=111122223333&role_name=Developer"
    curl = ["curl", "-s", "-H", "x-amz-sso_bearer_token: " + "a" * 700, request]
    theirs = ["aws", "configure", "export-credentials", "--profile", "work-0000"]
    commands = {
        "status": ([options.agent, "status"], daemons_environment, False), "warm": (ours, environment, False),
        "cold": (ours, environment, True), "curl": (curl, environment, False), "aws": (theirs, environment, False)}
    seconds = {name: [] for name in commands}
    for number in range(RUNS):
        for name, (command, variables, is_cold) in commands.items():
            if name == "aws" and number >= SLOW_RUNS:
                continue
            for file in cache.glob("*.json") if is_cold else ():
                file.unlink()
            began = time.perf_counter()
            subprocess.run(
                command, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            seconds[name].append(time.perf_counter() - began)
    portal.shutdown()
    times = {name: Times(all) for name, all in seconds.items()}
    for name, peer, what, most in [
            ("warm", "status", "credentials, from the cache", 2), ("cold", "curl", "credentials, by one exchange", 3)]:
        ratio = times[name].median / times[peer].median
        table.add(
            what, f"<= {most} x {peer}",
            f"{ratio:.2f} x (least {times[name].least / times[peer].least:.2f} x): {times[name]}",
            f"{peer} {times[peer]}; aws configure export-credentials {times['aws']}", ratio <= most)
