"""Two machines upload their journals over TLS, by systemd's own programs; `fleet` says of each user how they are."""

import json
import re
import subprocess
import time
from pathlib import Path

import pytest

from aws_home import stamp
from installation import install
from machine import Machine
from machine_agent import SERVICE, MachineAgent
from raw_client import RawClient
from waiting import eventually
from whole_machine import booted, sandbox_of

RECEIVER, SENDER, PORT = "10.99.0.1", "10.99.0.2", 19532
KEYS = Path("/etc/ssl/journal")


def openssl(folder: Path, *arguments: str):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory) -> Path:
    """An authority, and a key and a certificate for each side."""
    folder = tmp_path_factory.mktemp("certificates")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl(folder, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=fleet-authority")
    for name, address in ("receiver", RECEIVER), ("sender", SENDER):
        openssl(folder, "req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (folder / "names").write_text(f"subjectAltName=IP:{address},IP:127.0.0.1\n")
        openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-out", f"{name}.pem", "-extfile", "names")
    return folder


def give_keys(machine: Machine, certificates: Path, name: str, owner: str):
    """The machine's key, which only the programs of that user or group can read."""
    folder = machine.files / str(KEYS).lstrip("/")
    folder.mkdir(exist_ok=True)
    for file in ("ca.pem", f"{name}.pem", f"{name}.key"):
        (folder / file).write_bytes((certificates / file).read_bytes())
    machine.root("chown", owner, KEYS / f"{name}.key")
    machine.root("chmod", "440", KEYS / f"{name}.key")


def configure(machine: Machine, program: str, section: str, name: str, *lines: str):
    folder = machine.files / f"etc/systemd/{program}.conf.d"
    folder.mkdir(exist_ok=True)
    (folder / "test.conf").write_text("\n".join([
        f"[{section}]", f"ServerKeyFile={KEYS}/{name}.key", f"ServerCertificateFile={KEYS}/{name}.pem",
        f"TrustedCertificateFile={KEYS}/ca.pem", *lines, ""]))


@pytest.fixture(scope="module")
def machine(build, package):
    """A machine of its own: the others' journals have the users of all tests."""
    with booted(build, lambda machine: install(machine, package)) as machine:
        yield machine


@pytest.fixture(scope="module")
def sandbox(machine, build):
    with sandbox_of(machine, build) as sandbox:
        yield sandbox


@pytest.fixture
def receiver(machine, package, certificates):
    """A second machine that collects journals, joined with the first by a cable."""
    receiver = Machine()
    try:
        install(receiver, package)
        subprocess.run(
            ["ip", "link", "add", "name", "fleet", "netns", str(machine.leader), "type", "veth",
             "peer", "name", "fleet", "netns", str(receiver.leader)], check=True)
        for each, address in (receiver, RECEIVER), (machine, SENDER):
            each.root("ip", "address", "add", f"{address}/24", "dev", "fleet")
            each.root("ip", "link", "set", "fleet", "up")
        give_keys(receiver, certificates, "receiver", "systemd-journal-remote:systemd-journal")
        configure(receiver, "journal-remote", "Remote", "receiver", "SplitMode=host")
        receiver.root("systemctl", "start", "systemd-journal-remote.socket")
        yield receiver
    finally:
        machine.root("systemctl", "stop", "systemd-journal-upload", check=False)
        receiver.end()


def upload(machine: Machine, name: str):
    configure(machine, "journal-upload", "Upload", name, f"URL=https://{RECEIVER}:{PORT}")
    machine.root("systemctl", "start", "systemd-journal-upload")


def fleet(receiver: Machine, *arguments: str) -> dict:
    result = receiver.root("bedrock-agent", "fleet", "--json", *arguments, check=False)
    return json.loads(result.stdout) if result.returncode == 0 else {"conditions": {}, "said": result.stderr}


def until(receiver: Machine, conditions: dict, *arguments: str) -> dict:
    def seen():
        report = fleet(receiver, *arguments)
        return report if conditions.items() <= report["conditions"].items() else None

    try:
        return eventually(seen, f"the fleet is {conditions}", seconds=60, every=0.5)
    except AssertionError as error:
        said = [receiver.root("journalctl", "-u", "systemd-journal-remote", "-n", "20").stdout]
        raise AssertionError(f"{error}\n{json.dumps(fleet(receiver), indent=1)}\n{said[0]}") from None


def guard(user, sandbox, profile: str = "work-dev") -> MachineAgent:
    agent = MachineAgent(user, sandbox)
    agent.guard(profile)
    return agent


def test_the_fleet_is_seen_from_another_machine(machine, receiver, sandbox, certificates):
    give_keys(machine, certificates, "sender", "root:systemd-journal")
    revoked, legacy, well = (machine.add_user() for _ in range(3))
    # One on the receiver itself, which also uploads.
    gone = guard(receiver.add_user(), sandbox)
    gone.enable()
    gone.wait_until("healthy")
    upload(receiver, "receiver")
    until(receiver, {"healthy": 1})
    receiver.root("systemctl", "stop", "systemd-journal-upload")
    gone.kill("KILL")

    first = guard(revoked, sandbox)
    first.enable()
    first.wait_until("healthy")
    sandbox.revoke()
    first.home.age_token(left=600)
    first.wait_until("sign-in-needed")
    old = guard(legacy, sandbox, "old-profile")
    issued = RawClient(sandbox).sign_in()
    old.home.write_token({"startUrl": sandbox.start_url, "region": "us-east-1", "accessToken": issued["accessToken"],
                          "expiresAt": stamp(8 * 3600)}, sandbox.start_url)
    old.enable()
    last = guard(well, sandbox)
    last.enable()
    for agent in old, last:
        agent.wait_until("healthy")
    upload(machine, "sender")
    report = until(receiver, {"sign-in-needed": 1, "healthy": 3})
    assert report["machines"] == 2 and report["users"] == 4, report
    assert report["refusals"] == {"invalid_grant": 1}
    assert [(each["user"]["uid"], each["profile"]) for each in report["legacy"]] == [(legacy.id, "old-profile")]
    worst = {each["user"]["uid"]: each for each in report["worst"] if each["user"]["machine"] != silent_id(receiver)}
    assert worst[revoked.id]["condition"] == "sign-in-needed"
    assert worst[revoked.id]["fix"] == "bedrock-agent login --profile work-dev"
    assert worst[legacy.id]["fix"] == "bedrock-agent migrate --profile old-profile"
    assert set(report["versions"].values()) == {4}

    # Those of the first machine say something more.
    for agent in first, old, last:
        agent.user.systemctl("restart", SERVICE)
    heard = last_heard(receiver)

    def gone_silent():
        age = time.time() - heard
        now = fleet(receiver, "--silent-after", f"{int(age)}s")
        # The others have just been started anew, and their entries come one by one.
        return now["conditions"] == {"silent": 1, "sign-in-needed": 1, "healthy": 2} and now

    now = eventually(gone_silent, "one machine is silent", seconds=60, every=0.5)
    assert [each["machine"] for each in now["silent"]] == [silent_id(receiver)]
    assert not now["silent"][0]["saidGoodbye"]

    # Whoever may read the journals may see them; nobody else is told anything.
    said = receiver.users[0].run("bedrock-agent", "fleet", check=False)
    assert said.returncode == 1 and "sudo bedrock-agent fleet" in said.stderr
    text = receiver.root("bedrock-agent", "fleet", "--html", "/root/fleet.html").stdout
    assert text.startswith("2 machine(s), 4 user(s)")
    page = receiver.files.joinpath("root/fleet.html").read_text()
    # No names of people, and no secrets.
    token = last.home.token()
    collected = b"".join(file.read_bytes() for file in receiver.files.glob("var/log/journal/remote/*"))
    for name in (revoked.name, legacy.name, well.name):
        assert not re.search(rf"\b{name}\b", page + text)
    for secret in token["accessToken"], token["refreshToken"], token["clientSecret"]:
        assert secret.encode() not in collected


def silent_id(machine: Machine) -> str:
    return machine.files.joinpath("etc/machine-id").read_text().strip()


def last_heard(receiver: Machine) -> float:
    """When the receiver's own user was last heard of."""
    lines = receiver.root(
        "journalctl", "--directory=/var/log/journal/remote", "--output=json", "--output-fields=_MACHINE_ID",
        "SYSLOG_IDENTIFIER=bedrock-agent", f"_MACHINE_ID={silent_id(receiver)}").stdout.splitlines()
    return max(int(json.loads(line)["__REALTIME_TIMESTAMP"]) for line in lines) / 1_000_000
