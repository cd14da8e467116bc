"""The Debian package, and what else the tests need in the machine."""

import re
import shutil
import subprocess
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[3]


def build_package(folder: Path) -> Path:
    """Builds the package."""
    subprocess.run([SOURCES / "systemd" / "package", folder], check=True)
    (package,) = folder.glob("*.deb")
    return package


def build_archive(folder: Path) -> Path:
    """Builds the archive for who has neither Debian nor a toolchain."""
    subprocess.run([SOURCES / "systemd" / "package", "--tarball", folder], check=True)
    (archive,) = folder.glob("*.tar.gz")
    return archive


def next_package(package: Path, folder: Path) -> Path:
    """An upgrade of the package: the same programs, packed again."""
    content = folder / "content"
    subprocess.run(["dpkg-deb", "--raw-extract", package, content], check=True)
    control = content / "DEBIAN" / "control"
    control.write_text(re.sub(r"^(Version: .+)$", r"\1+1", control.read_text(), flags=re.MULTILINE))
    subprocess.run(["dpkg-deb", "-Znone", "--root-owner-group", "--build", content, folder / "next.deb"], check=True,
                   stdout=subprocess.DEVNULL)
    return folder / "next.deb"


def dpkg(machine, *arguments: str):
    """Runs dpkg, which must not print any warning."""
    assert machine.root("dpkg", *arguments, timeout=300).stderr == ""


def install(machine, package: Path):
    """Installs the package as an administrator does."""
    shutil.copy(package, machine.files / "root")
    dpkg(machine, "--install", f"/root/{package.name}")


def install_sandbox(machine, build: Path):
    """Installs bedrock-sandbox, whose `browser` plays the users' browser, and the Swift runtime that it needs."""
    program = build / "bedrock-sandbox"
    assert program.exists(), f"no {program}: swift build -c release"
    shutil.copy(program, machine.files / "usr/local/bin")
    linked = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    for library in map(Path, re.findall(r"=> (/.*/swift/\S+)", linked)):
        there = machine.files / library.relative_to("/")
        if not there.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, there)
