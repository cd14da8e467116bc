"""The archive in a booted system without a toolchain and without the package: installed for one user and for all, used, and
taken back."""

import json
import re
import subprocess
import tarfile

import pytest
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from machine_agent import MachineAgent
from waiting import eventually
from whole_machine import booted, sandbox_of

MODEL = "global.anthropic.claude-opus-4-5-20251101-v1:0"
SETUP = ("bedrock-agent", "setup", "--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--yes")
LOADED = {"libsystemd.so.0", "libcurl.so.4", "libm.so.6", "libgcc_s.so.1", "libc.so.6", "ld-linux-x86-64.so.2"}


@pytest.fixture(scope="module")
def machine(build, archive):
    """A machine of its own, with the archive unpacked by root."""
    def prepare(machine):
        for name in ("opt/swift", "usr/bin/swift"):
            machine.root("rm", "-rf", f"/{name}")
        subprocess.run(["tar", "-xf", archive, "-C", machine.files / "opt", "--no-same-owner"], check=True)

    with booted(build, prepare) as machine:
        yield machine


@pytest.fixture(scope="module")
def sandbox(machine, build):
    with sandbox_of(machine, build) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def scripts(machine) -> str:
    """The folder of its scripts, as the machine sees it."""
    (folder,) = (machine.files / "opt").glob("bedrock-agent-*")
    return f"/opt/{folder.name}/systemd"


def lives(agent) -> None:
    """Set up, enabled, refreshed."""
    agent.arrive()
    assert "RESTART REQUIRED" in agent.user.run(*SETUP).stdout
    agent.enable()
    agent.wait_until("healthy")
    before = agent.home.token()["accessToken"]
    agent.home.age_token(left=600)
    eventually(lambda: agent.home.token()["accessToken"] != before, "it is refreshed")


def files(folder) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def test_for_one_user(user, sandbox, scripts):
    agent = MachineAgent(user, sandbox)
    before = [name for name in files(user.path(".")) if not name.startswith(".aws/sso")]
    said = user.run(f"{scripts}/install").stdout
    assert "Installed" in said and "is not in your PATH" in said and "Building" not in said
    user.environment["PATH"] = f"{user.home}/.local/bin:/usr/bin:/bin"
    lives(agent)
    assert user.property("bedrock-agent.service", "ExecStart").startswith(
        f"{{ path={user.home}/.local/bin/bedrock-agent ;")
    assert "Removed" in user.run(f"{scripts}/remove", "--yes").stdout
    left = [name for name in files(user.path(".")) if not name.startswith(".aws/sso")]
    assert left == before, set(left) ^ set(before)
    assert "not-found" in user.property("bedrock-agent.service", "LoadState")


def test_for_all_users(machine, user, other, sandbox, scripts):
    before = files(machine.files / "usr" / "local")
    refused = user.run(f"{scripts}/install", "--all-users", check=False)
    assert refused.returncode == 1 and f"sudo {scripts}/install --all-users" in refused.stderr
    machine.root(f"{scripts}/install", "--all-users")
    assert machine.root("journalctl", "--list-catalog").stdout.count(" bedrock-agent: ") > 10
    for name in user, other:
        name.environment["PATH"] = "/usr/local/bin:/usr/bin:/bin"
    lives(MachineAgent(user, sandbox))
    assert user.property("bedrock-agent.service", "FragmentPath").startswith("/usr/local/")

    MachineAgent(other, sandbox).arrive()
    other.run(*SETUP, "--no-login", "--no-enable", "--coalesce")
    machine.root(f"{scripts}/remove", "--all-users")
    # What was signed in to stays signed in to; nobody's Claude Code runs a program that has gone.
    assert "bedrock-agent" not in other.path(".claude/settings.json").read_text()
    assert machine.root("pgrep", "bedrock-agent", check=False).stdout == ""
    assert files(machine.files / "usr" / "local") == before
    assert machine.root("journalctl", "--list-catalog").stdout.count(" bedrock-agent: ") == 0


def test_nothing_in_it_is_of_the_folder_where_it_was_built(machine, scripts):
    """Two sections would be: then two builds are not the same bytes (`Tests/run reproduce`)."""
    for program in "bedrock-agent", "bedrock-agent-net":
        file = machine.files / f"{scripts}/../programs/{program}".lstrip("/")
        shown = subprocess.run(
            ["readelf", "-SW", "--hex-dump=.swift_modhash", file], capture_output=True, text=True, check=True).stdout
        bytes_of = re.findall(r"^  0x\w{8} ((?:\w+ )+)", shown, re.MULTILINE)
        assert "build-id" not in shown and bytes_of and set("".join(bytes_of)) == {"0", " "}, shown


def test_it_says_what_is_linked_in(archive, tmp_path):
    bill = tmp_path / "bedrock-agent.spdx.json"
    with tarfile.open(archive) as content:
        (name,) = (name for name in content.getnames() if name.endswith(bill.name))
        bill.write_bytes(content.extractfile(name).read())
    assert validate_full_spdx_document(parse_file(str(bill))) == []
    document = json.loads(bill.read_text())
    packages = {package["SPDXID"]: package for package in document["packages"]}
    linked = {"STATIC_LINK": set(), "DYNAMIC_LINK": set(), "DESCRIBES": set()}
    for relation in document["relationships"]:
        linked[relation["relationshipType"]].add(packages[relation["relatedSpdxElement"]]["name"])
    assert linked["STATIC_LINK"] == {"swift", "swift-argument-parser", "libstdc++", "libmd"}
    assert linked["DYNAMIC_LINK"] == LOADED
    assert all(package.get("versionInfo") for package in packages.values() if package["name"] not in LOADED)
