"""A company: two bare machines get what the README says under "For many machines", people arrive, the journals are uploaded
over TLS by systemd's own programs, and `fleet` says of each user how they are."""

import json
import re
import shutil
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from aws_home import stamp
from desktop import Recorder
from installation import install, install_sandbox
from machine import Machine
from machine_agent import SERVICE, MachineAgent
from raw_client import RawClient
from rollout import Rollout
from screen import Screen
from waiting import eventually
from whole_machine import booted, sandbox_of

# The first machine also collects the journals.
FIRST, SECOND = "10.99.0.1", "10.99.0.2"
PORT = 19532
KEYS = Path("/etc/ssl/journal")
PROXY = "/lib/systemd/systemd-socket-proxyd"


def openssl(folder: Path, *arguments: str):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory) -> Path:
    """An authority, and a key and a certificate for each side."""
    folder = tmp_path_factory.mktemp("certificates")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl(folder, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=fleet-authority")
    for name, address in ("first", FIRST), ("second", SECOND):
        openssl(folder, "req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (folder / "names").write_text(f"subjectAltName=IP:{address},IP:127.0.0.1\n")
        openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-out", f"{name}.pem", "-extfile", "names")
    return folder


def give_keys(machine: Machine, certificates: Path, name: str):
    """The machine's key, which only systemd's two programs can read: the one in the group, the other as its owner."""
    folder = machine.files / str(KEYS).lstrip("/")
    folder.mkdir(exist_ok=True)
    for file in ("ca.pem", f"{name}.pem", f"{name}.key"):
        (folder / file).write_bytes((certificates / file).read_bytes())
    machine.root("chown", "systemd-journal-remote:systemd-journal", KEYS / f"{name}.key")
    machine.root("chmod", "440", KEYS / f"{name}.key")


def configure(machine: Machine, program: str, section: str, name: str, *lines: str):
    folder = machine.files / f"etc/systemd/{program}.conf.d"
    folder.mkdir(exist_ok=True)
    (folder / "test.conf").write_text("\n".join([
        f"[{section}]", f"ServerKeyFile={KEYS}/{name}.key", f"ServerCertificateFile={KEYS}/{name}.pem",
        f"TrustedCertificateFile={KEYS}/ca.pem", *lines, ""]))


@pytest.fixture(scope="module")
def first(build, package):
    """A machine of its own: the others' journals have the users of all tests."""
    with booted(build, lambda machine: install(machine, package)) as machine:
        yield machine


@pytest.fixture(scope="module")
def sandbox(first, build):
    with sandbox_of(first, build) as sandbox:
        yield sandbox


@pytest.fixture
def second(first, sandbox, build, package):
    """Joined with the first by a cable, through which its users reach the sandbox."""
    second = Machine()
    try:
        install(second, package)
        install_sandbox(second, build)
        shutil.copytree(first.files / "srv/sandbox", second.files / "srv/sandbox")
        subprocess.run(
            ["ip", "link", "add", "name", "fleet", "netns", str(first.leader), "type", "veth",
             "peer", "name", "fleet", "netns", str(second.leader)], check=True)
        for each, address in (first, FIRST), (second, SECOND):
            each.root("ip", "address", "add", f"{address}/24", "dev", "fleet")
            each.root("ip", "link", "set", "fleet", "up")
        port = urlsplit(sandbox.url).port
        for each, here, there in (first, FIRST, "127.0.0.1"), (second, "127.0.0.1", FIRST):
            each.root("systemd-run", "--unit=aws", f"--socket-property=ListenStream={here}:{port}",
                      PROXY, f"{there}:{port}")
        yield second
    finally:
        second.end()


@pytest.fixture
def machines(first, second, certificates):
    """Both send their journals to the first one."""
    machines = {"first": first, "second": second}
    for name, machine in machines.items():
        give_keys(machine, certificates, name)
        configure(machine, "journal-upload", "Upload", name, f"URL=https://{FIRST}:{PORT}")
    configure(first, "journal-remote", "Remote", "first", "SplitMode=host")
    first.root("systemctl", "start", "systemd-journal-remote.socket")
    for machine in machines.values():
        machine.root("systemctl", "start", "systemd-journal-upload")
    yield machines
    first.root("systemctl", "stop", "systemd-journal-upload")


@pytest.fixture
def rollouts(machines, sandbox):
    """What the administrator has given both."""
    rollouts = [Rollout(machine, sandbox) for machine in machines.values()]
    for rollout in rollouts:
        rollout.give_defaults()
    return rollouts


def fleet(machine: Machine, *arguments: str) -> dict:
    result = machine.root("bedrock-agent", "fleet", "--json", *arguments, check=False)
    return json.loads(result.stdout) if result.returncode == 0 else {"conditions": {}, "said": result.stderr}


def until(machine: Machine, conditions: dict) -> dict:
    def seen():
        report = fleet(machine)
        return report if conditions == report["conditions"] else None

    try:
        return eventually(seen, f"the fleet is {conditions}", every=0.5)
    except AssertionError as error:
        said = machine.root("journalctl", "--unit=systemd-journal-*", "-n", "20").stdout
        raise AssertionError(f"{error}\n{json.dumps(fleet(machine), indent=1)}\n{said}") from None


def clicks(user):
    """At their screen, by the button of the notification."""
    screen = Screen(user)
    recorder = Recorder(user, "actions", "body", "body-markup", "persistence")
    recorder.press(recorder.wait_for("Claude Code is ready to be set up")["id"], "set-up")
    return screen


def guard(user, sandbox, profile: str = "work-dev") -> MachineAgent:
    """Somebody who had a profile of their own before."""
    agent = MachineAgent(user, sandbox)
    agent.guard(profile)
    return agent


def test_a_company_is_rolled_out_and_seen_in_one_place(rollouts, machines, sandbox):
    here, there = rollouts
    first, second = machines.values()
    revoked = guard(first.add_user(), sandbox)
    revoked.wait_until("healthy")
    # Of everybody, and nobody else is there yet.
    sandbox.revoke()
    revoked.home.age_token(left=600)
    revoked.wait_until("sign-in-needed")
    legacy = guard(first.add_user(), sandbox, "old-profile")
    issued = RawClient(sandbox).sign_in()
    legacy.home.write_token({"startUrl": sandbox.start_url, "region": "us-east-1", "accessToken": issued["accessToken"],
                             "expiresAt": stamp(8 * 3600)}, sandbox.start_url)
    legacy.wait_until("healthy")

    # Three people on two machines, one of them at a screen. Nothing is asked of them but the sign-in.
    before = sandbox.prompts()
    people = (here, here.arrive()), (here, here.arrive()), (there, there.arrive())
    screen = clicks(people[0][1])
    for _, user in people[1:]:
        user.run("bedrock-agent", "setup", "--yes")
    for rollout, user in people:
        rollout.is_set_up(user)
    screen.leave()
    assert sandbox.prompts() == before + 3

    report = until(first, {"sign-in-needed": 1, "healthy": 4})
    assert report["machines"] == 2 and report["users"] == 5, report
    assert report["refusals"] == {"invalid_grant": 1} and set(report["versions"].values()) == {5}
    assert [(each["user"]["uid"], each["profile"]) for each in report["legacy"]] == [(legacy.user.id, "old-profile")]
    worst = {each["user"]["uid"]: each for each in report["worst"]}
    assert {id: worst[id]["fix"] for id in worst} == {
        revoked.user.id: "bedrock-agent login --profile work-dev",
        legacy.user.id: "bedrock-agent migrate --profile old-profile"}
    assert worst[revoked.user.id]["condition"] == "sign-in-needed"

    # Somebody pulls the second machine's cable. Those of the first say something more.
    second.root("ip", "link", "set", "fleet", "down")
    for user in first.users:
        user.systemctl("restart", SERVICE)
    heard = last_heard(first, second)

    def gone_silent():
        age = time.time() - heard
        now = fleet(first, "--silent-after", f"{int(age)}s")
        # The others have just been started anew, and their entries come one by one.
        return now["conditions"] == {"silent": 1, "sign-in-needed": 1, "healthy": 3} and now

    now = eventually(gone_silent, "one machine is silent", every=0.5)
    assert [(each["machine"], each["saidGoodbye"]) for each in now["silent"]] == [(machine_id(second), False)]

    # Whoever may read the journals may see them; nobody else is told anything.
    said = first.users[0].run("bedrock-agent", "fleet", check=False)
    assert said.returncode == 1 and "sudo bedrock-agent fleet" in said.stderr
    text = first.root("bedrock-agent", "fleet", "--html", "/root/fleet.html").stdout
    assert text.startswith("2 machine(s), 5 user(s)")
    page = first.files.joinpath("root/fleet.html").read_text()
    # No names of people, and no secrets.
    token = legacy.home.token("corp")
    # Not from the files, in which long values are compressed.
    collected = subprocess.run(
        first.command("journalctl", "--directory=/var/log/journal/remote", "--output=export"), check=True,
        capture_output=True, stdin=subprocess.DEVNULL).stdout
    assert b"BEDROCK_SESSION=" in collected
    for user in first.users + second.users:
        assert not re.search(rf"\b{user.name}\b", page + text)
    for secret in token["accessToken"], token["refreshToken"], token["clientSecret"]:
        assert secret.encode() not in collected


def machine_id(machine: Machine) -> str:
    return machine.files.joinpath("etc/machine-id").read_text().strip()


def last_heard(receiver: Machine, machine: Machine) -> float:
    """When a machine was last heard of."""
    lines = receiver.root(
        "journalctl", "--directory=/var/log/journal/remote", "--output=json", "--output-fields=_MACHINE_ID",
        "SYSLOG_IDENTIFIER=bedrock-agent", f"_MACHINE_ID={machine_id(machine)}").stdout.splitlines()
    return max(int(json.loads(line)["__REALTIME_TIMESTAMP"]) for line in lines) / 1_000_000
