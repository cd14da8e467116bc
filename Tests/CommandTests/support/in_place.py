"""What can be in place of a file: a FIFO, a device, a loop of links, a folder, 10 GB, or somebody else's file."""

import os
import shutil

SOMEBODY = 12345
# A tenth of the largest file: who reads all of that fails. A sanitizer's own memory is more.
LITTLE_MEMORY = () if "BEDROCK_SANITIZED" in os.environ else ("prlimit", f"--as={1 << 30}")


def huge(path):
    with path.open("wb") as file:
        file.truncate(10 << 30)


def of_somebody(path):
    path.write_text("{}")
    os.chown(path, SOMEBODY, SOMEBODY)


KINDS = {
    "a FIFO": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a loop": lambda path: path.symlink_to(path.name),
    "a folder": lambda path: path.mkdir(),
    "10 GB": huge,
    "somebody's": of_somebody,
}


def put(path, make):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    make(path)
