"""The Debian package, and what else the tests need in the machine."""

import re
import shutil
import subprocess
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[3]


CHANGELOG = SOURCES / "systemd" / "debian" / "changelog"
NEXT = """\
bedrock-agent ({version}+1) stable; urgency=medium

  * The same programs, packed again.

 -- bedrock-agent maintainers <maintainers@bedrockagent.example>  Wed, 01 Jan 2031 12:00:00 +0000

"""


def build_package(folder: Path, changelog: Path = CHANGELOG) -> Path:
    """Builds the package of the changelog's newest version."""
    subprocess.run([SOURCES / "systemd" / "package", "--changelog", changelog, folder], check=True)
    (package,) = folder.glob("*.deb")
    return package


def build_next_package(folder: Path) -> Path:
    """Builds an upgrade of the package."""
    changes = CHANGELOG.read_text()
    changelog = folder / "changelog"
    changelog.write_text(NEXT.format(version=re.search(r"\((.+?)\)", changes)[1]) + changes)
    return build_package(folder, changelog)


def dpkg(machine, *arguments: str):
    """Runs dpkg, which must not print any warning."""
    assert machine.root("dpkg", *arguments, timeout=300).stderr == ""


def install(machine, package: Path):
    """Installs the package as an administrator does."""
    shutil.copy(package, machine.files / "root")
    dpkg(machine, "--install", f"/root/{package.name}")


def install_sandbox(machine, build: Path):
    """Installs bedrock-sandbox, whose `browser` plays the users' browser."""
    program = build / "bedrock-sandbox"
    assert program.exists(), f"no {program}: swift build -c release"
    shutil.copy(program, machine.files / "usr/local/bin")
