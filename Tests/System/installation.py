"""Brings the programs into the machine."""

import shutil
from pathlib import Path

UNITS = Path(__file__).resolve().parents[2] / "systemd"


def install(machine, build: Path):
    """As the package does: the programs, and the units for every user. And bedrock-sandbox, for the tests' persons."""
    # Soon: dpkg -i of what systemd/package builds.
    for program, folder in {
            "bedrock-agent": "usr/bin", "bedrock-agent-net": "usr/libexec", "bedrock-sandbox": "usr/local/bin"}.items():
        assert (build / program).exists(), f"no {program} in {build}: swift build -c release"
        shutil.copy(build / program, machine.files / folder)
    for unit in UNITS.glob("bedrock-agent.*"):
        shutil.copy(unit, machine.files / "usr/lib/systemd/user")
