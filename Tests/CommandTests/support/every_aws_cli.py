"""Every AWS CLI at hand: the one that is installed, and those of other releases of Debian.

`BEDROCK_ROOTS=/srv/trixie:/srv/sid` names their folders, which `debootstrap --variant=minbase --include=awscli trixie
/srv/trixie` fills.
"""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import aws_cli


@dataclass(frozen=True)
class OneAWSCLI:
    name: str
    command: tuple[str, ...]
    # See `aws_cli`.
    redirects: bool
    # What it needs to find its own Python's files.
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess:
        result = subprocess.run(
            [*self.command, *arguments], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
            env={**environment, **self.environment})
        assert result.returncode == 0, f"{self.name}: {' '.join(arguments)}: {result.returncode}\n{result.stderr}"
        return result

    def __str__(self):
        return self.name


def every_aws_cli() -> list[OneAWSCLI]:
    installed = OneAWSCLI(f"aws {aws_cli.version()}", (str(aws_cli.AWS),), aws_cli.redirects())
    return [installed, *(elsewhere(root) for root in roots())]


def roots() -> list[Path]:
    return [Path(root) for root in os.environ.get("BEDROCK_ROOTS", "").split(":") if root]


def python(root: Path) -> tuple[list[str], dict[str, str]]:
    """The command and the environment of another release's own Python, with that release's own libraries."""
    libraries = root / "usr" / "lib" / f"{os.uname().machine}-linux-gnu"
    loader = next(libraries.glob("ld-linux*.so.*"))
    program = next(file for file in (root / "usr" / "bin").glob("python3.*") if file.suffix[1:].isdigit())
    modules = root / "usr" / "lib" / "python3" / "dist-packages"
    return [str(loader), "--library-path", str(libraries), str(program)], {
        "PYTHONHOME": str(root / "usr"), "PYTHONPATH": str(modules), "PYTHONDONTWRITEBYTECODE": "1"}


def elsewhere(root: Path) -> OneAWSCLI:
    command, environment = python(root)
    command.append(str(root / "usr" / "bin" / "aws"))
    said = subprocess.run(
        [*command, "--version"], env={"PATH": "/usr/bin:/bin", **environment}, capture_output=True, text=True,
        check=True)
    version = said.stdout.split()[0].removeprefix("aws-cli/")
    numbers = tuple(map(int, version.split(".")))
    return OneAWSCLI(f"aws {version} of {root.name}", tuple(command), numbers >= (2, 22), environment)
