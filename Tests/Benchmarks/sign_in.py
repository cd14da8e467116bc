"""Measures a sign-in from the start of the program: to the line with the code, and to its end, where a person presses
Allow as soon as that line is printed. Beside it: the least that a shell and curl need for the same requests, and each
AWS CLI at hand (BEDROCK_ROOTS, as in Tests/README.md). The sandbox answers all of them on loopback, without TLS.

The service wants to be asked for a code's token once a second. We and curl wait that second once; it is left out of
their comparison. The AWS CLI asks at once, then each second: if a person is as quick as this one, its first or second
question is answered. How long it takes is then chance and no work, so that there the processor's time is compared. By a
page nobody waits, and the end is the end.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from fixture import SCOPE, make_signed_out_home

sys.path.insert(0, str(Path(__file__).parents[1] / "CommandTests/support"))
from every_aws_cli import every_aws_cli  # noqa: E402
from spawning import die_with_parent  # noqa: E402

RUNS, SLOW_RUNS = 15, 5
# The service's.
INTERVAL = 1.0
CODE = re.compile(rb"^(?:with the code )?([A-Z0-9]{4}-[A-Z0-9]{4})$", re.MULTILINE)
PAGE = re.compile(rb"^(?:Sign in at )?(http\S+/authorize\?\S+)$", re.MULTILINE)

# As small as it gets: what is parsed is parsed by the shell, and nothing is written but the code.
CURL = r"""
ask() { curl -sS -H 'Content-Type: application/json' -d "$2" "$BEDROCK_SANDBOX_URL/$1"; }
member() { rest=${1#*\"$2\"*:*\"}; value=${rest%%\"*}; }
if [ "${KEPT-}" ]; then client=$(cat "$KEPT"); else
    client=$(ask client/register '{"clientName":"curl","clientType":"public","scopes":["sso:account:access"]}')
fi
member "$client" clientId; id=$value
member "$client" clientSecret; who="\"clientId\":\"$id\",\"clientSecret\":\"$value\""
asked=$(ask device_authorization "{$who,\"startUrl\":\"$BEDROCK_SANDBOX_START_URL\"}")
member "$asked" userCode; echo "$value"
member "$asked" deviceCode
grant="{$who,\"grantType\":\"urn:ietf:params:oauth:grant-type:device_code\",\"deviceCode\":\"$value\"}"
while sleep 1; do
    case $(ask token "$grant") in *accessToken*) exit ;; esac
done
"""


class Sandbox:
    """`bedrock-sandbox serve`. The person is here."""

    def __init__(self, program, folder: Path):
        folder.mkdir()
        self.process = subprocess.Popen(
            [program, "serve", "--directory", folder / "data", "--approve", "auto", "--device-interval", "1s"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, preexec_fn=die_with_parent)
        lines = []
        while not lines or lines[-1] != "# listening\n":
            lines.append(self.process.stdout.readline())
            if not lines[-1]:
                raise SystemExit("the sandbox ended before it listened")
        self.environment = dict(shlex.split(line)[1].split("=", 1) for line in lines[:-1])
        self.url = self.environment["BEDROCK_SANDBOX_URL"]

    def allow(self, code: bytes):
        urllib.request.urlopen(urllib.request.Request(
            f"{self.url}/sandbox/approve", f'{{"user_code": "{code.decode()}"}}'.encode(), method="POST")).read()

    def allow_page(self, page: bytes):
        """The page is answered by a redirection to the port of whoever waits, which urllib follows."""
        urllib.request.urlopen(page.decode()).read()

    def stop(self):
        self.process.terminate()
        self.process.wait()


@dataclass
class Peer:
    name: str
    command: list
    environment: dict = field(default_factory=dict)
    runs: int = RUNS
    # By a page that calls back to this machine.
    by_page: bool = False


@dataclass
class Sample:
    """Seconds. `processor` is the CPU time of the program and all that it waited for."""

    shown: float
    end: float
    processor: float


def peers(agent) -> tuple[list[Peer], list[Peer]]:
    """By a code, and by a page."""
    login = [agent, "login", "--profile", "work"]
    by_code = [Peer("bedrock-agent", [*login, "--device-code"]), Peer("curl", ["/bin/sh", "-c", CURL])]
    by_page = [Peer("bedrock-agent", login, {"DISPLAY": ":99", "BROWSER": "/bin/true"}, by_page=True)]
    for aws in every_aws_cli():
        command = [*aws.command, "sso", "login", "--profile", "work", "--no-browser"]
        flags = ["--use-device-code"] if aws.redirects else []
        by_code.append(Peer(aws.name, [*command, *flags], aws.environment, SLOW_RUNS))
        if aws.redirects:
            by_page.append(Peer(aws.name, command, aws.environment, SLOW_RUNS, by_page=True))
    return by_code, by_page


def sign_in(peer: Peer, sandbox: Sandbox, home: Path, kept: Path | None) -> Sample:
    """Once, in a home of its own: `login` counts a sign-in of the last half minute as its own."""
    environment = make_signed_out_home(home, sandbox.environment["BEDROCK_SANDBOX_START_URL"])
    environment |= sandbox.environment | peer.environment
    if kept:
        environment["KEPT"] = str(kept)
        cache = home / ".aws/sso/cache"
        cache.mkdir(parents=True)
        shutil.copy(kept, cache)
    pattern, said, shown = PAGE if peer.by_page else CODE, b"", None
    began = time.perf_counter()
    process = subprocess.Popen(
        peer.command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    while piece := os.read(process.stdout.fileno(), 65536):
        said += piece
        whole = said[:said.rfind(b"\n") + 1]
        if shown is None and (found := pattern.search(whole)):
            shown = time.perf_counter() - began
            (sandbox.allow_page if peer.by_page else sandbox.allow)(found[1])
    _, status, usage = os.wait4(process.pid, 0)
    end = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode != 0 or shown is None:
        raise SystemExit(f"{peer.name}: exit status {process.returncode}\n{said.decode()}")
    return Sample(shown, end, usage.ru_utime + usage.ru_stime)


def registration(sandbox: Sandbox, peer: Peer, home: Path) -> Path:
    """What a first sign-in leaves for the next."""
    sign_in(peer, sandbox, home, None)
    [file] = [file for file in (home / ".aws/sso/cache").iterdir() if SCOPE in file.read_text()]
    return file


def measure_sign_ins(table, options, folder: Path, times):
    """Adds the rows. In rounds, so that other load on the machine affects all of them. `times` is `measure.Times`."""
    sandbox = Sandbox(options.sandbox, folder / "sandbox")
    try:
        for way, group in zip(["code", "page"], peers(options.agent)):
            kept = registration(sandbox, group[0], folder / f"first-{way}")
            for client, file in [("kept", kept), ("new", None)]:
                samples = {peer.name: [] for peer in group}
                for number in range(RUNS):
                    for index, peer in enumerate(group):
                        if number < peer.runs:
                            home = folder / f"home-{way}-{client}-{number}-{index}"
                            samples[peer.name].append(sign_in(peer, sandbox, home, file))
                            shutil.rmtree(home)
                add_rows(table, way, client, samples, times)
    finally:
        sandbox.stop()


def add_rows(table, way: str, client: str, samples: dict, times):
    what = f"sign-in by a {way}, {client} client"
    add_row(table, f"{what}: the {way} is shown", {
        name: times([sample.shown for sample in taken]) for name, taken in samples.items()})
    add_row(table, f"{what}: its end", {
        name: times([sample.end for sample in taken], [sample.processor for sample in taken])
        for name, taken in samples.items()}, waits=way == "code")


def add_row(table, what: str, found: dict, waits: bool = False):
    """`waits`: for the service's second, at the end."""
    ours, curl = found["bedrock-agent"], found.get("curl")
    clis = [taken for name, taken in found.items() if name not in ("bedrock-agent", "curl")]
    budgets, parts, within = [], [], []
    if curl:
        second = INTERVAL * 1000 if waits else 0
        ratio = (ours.median - second) / (curl.median - second)
        budgets.append(f"<= 3 x curl{' without the second' * waits}")
        parts.append(f"{ratio:.2f} x curl")
        within.append(ratio <= 3)
    if clis:
        faster = min(cli.median for cli in clis) / ours.median
        least = min(cli.processor for cli in clis) / ours.processor if waits else faster
        budgets.append(f"AWS CLI's{' processor time' * waits} >= 5 x")
        parts.append(f"AWS CLI's {least:.1f} x{f' (with all waits {faster:.1f} x)' * waits}")
        within.append(least >= 5)
    peers = "; ".join(f"{name} {taken}" for name, taken in found.items() if name != "bedrock-agent")
    table.add(what, ", ".join(budgets), ": ".join([", ".join(parts), str(ours)] if parts else [str(ours)]), peers,
              all(within) if within else None)
