"""The Debian package, and what else the tests' persons need in the machine."""

import shutil
import subprocess
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[3]


def build_package(version: str, folder: Path) -> Path:
    """Builds the package; a second one is the same programs packed again."""
    subprocess.run([SOURCES / "systemd" / "package", "--version", version, folder], check=True)
    (package,) = folder.glob(f"*_{version}_*.deb")
    return package


def dpkg(machine, *arguments: str):
    """Runs dpkg; it has nothing to complain about."""
    assert machine.root("dpkg", *arguments, timeout=300).stderr == ""


def install(machine, package: Path):
    """Installs the package as an administrator does."""
    shutil.copy(package, machine.files / "root")
    dpkg(machine, "--install", f"/root/{package.name}")


def install_sandbox(machine, build: Path):
    """bedrock-sandbox, whose `browser` the tests' persons sit at."""
    program = build / "bedrock-sandbox"
    assert program.exists(), f"no {program}: swift build -c release"
    shutil.copy(program, machine.files / "usr/local/bin")
