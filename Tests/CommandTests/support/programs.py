"""Fake programs, found in PATH before or instead of the real ones."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from aws_cli import AWS, device_flow, said


def write_program(file: Path, script: str) -> Path:
    """Writes an executable shell script, with its folder. An existing file or link is replaced."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


@cache
def aws_in_path() -> str:
    """The PATH of the real AWS CLI. It takes half a second to start, and each setup asks its version: that is answered in
    front of it."""
    folder = Path(tempfile.mkdtemp(prefix="aws-cli-"))
    atexit.register(shutil.rmtree, folder)
    folder.chmod(0o755)
    write_program(folder / "aws", f"""[ "$*" = --version ] && exec echo '{said()}'; exec {AWS} "$@\"""")
    return f"{folder}:/usr/bin:/bin"


def newer_cli(folder: Path, *, first: str = ":", pkce: str = "sleep 100") -> str:
    """An AWS CLI that signs in by PKCE unless it is told `--use-device-code`, as since 2.22: in front of the real one,
    which may be older. The machines of Tests/run have newer ones themselves.

    `first` is done before each sign-in, and `pkce` in place of one by PKCE. Returns the PATH to find it by.
    """
    write_program(folder / "aws", f"""
        [ "$1" = --version ] && echo aws-cli/2.30.0 Python/3.13 && exit
        if [ "$1 $2" = "sso login" ]; then
            {first}
            by_code=
            for word; do
                shift
                if [ "$word" = --use-device-code ]; then by_code=yes; else set -- "$@" "$word"; fi
            done
            if [ ! "$by_code" ]; then
                echo "If the browser does not open, open the following URL:"
                echo "https://oidc.us-east-1.amazonaws.com/authorize?response_type=code&code_challenge=none"
                {pkce}
                exit
            fi
            set -- "$@" {" ".join(device_flow())}
        fi
        exec {AWS} "$@\"""")
    return f"{folder}:/usr/bin:/bin"
