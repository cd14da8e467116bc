"""What the AWS CLI of this machine can do: each version is tested as it is."""

import subprocess
from functools import cache
from pathlib import Path

AWS = Path("/usr/bin/aws")


@cache
def said() -> str:
    """What it says of itself, such as aws-cli/2.9.19 Python/3.11.2 …"""
    return subprocess.run([AWS, "--version"], capture_output=True, text=True, check=True).stdout.strip()


def version() -> str:
    """Such as 2.9.19."""
    return said().split()[0][8:]


def is_at_least(*numbers: int) -> bool:
    return tuple(map(int, version().split("."))) >= numbers


def redirects() -> bool:
    """Whether it signs in to an sso-session by a page that redirects to it (PKCE)."""
    return is_at_least(2, 22)


def lists_models() -> bool:
    """Whether it has a `bedrock` command."""
    return is_at_least(2, 13)


def denied() -> int:
    """The exit status of a sign-in to an sso-session that the user denied."""
    return 255 if redirects() else 254


def device_flow() -> list[str]:
    """What `aws sso login` needs to sign in by a code nevertheless."""
    return ["--use-device-code"] if redirects() else []


def has_login() -> bool:
    """Whether it signs in with the console's session."""
    return is_at_least(2, 32)
