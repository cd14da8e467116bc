"""Programs of a test's own, to be found in PATH before the real ones or in their place."""

from pathlib import Path


def write_program(file: Path, script: str) -> Path:
    """A script of the shell that can be run, in the folder that it needs. One that is there goes; a link, too."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file
