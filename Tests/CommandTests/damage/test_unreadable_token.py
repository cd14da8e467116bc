"""A token file that is there and that we cannot read: `sudo aws …`, a container with `~/.aws` mounted, a slip. The fix that
is printed works when it is run, and no sign-in starts meanwhile."""

import os
import subprocess

import pytest

from nobody import NOBODY
from programs import write_program


def of_root(file):
    os.chown(file, 0, 0)
    file.chmod(0o600)


def in_a_folder_of_root(file):
    os.chown(file.parent, 0, 0)
    file.parent.chmod(0o700)


def a_folder(file):
    file.unlink()
    file.mkdir(mode=0o700)
    os.chown(file, NOBODY, NOBODY)


def a_pipe(file):
    file.unlink()
    os.mkfifo(file)
    os.chown(file, NOBODY, NOBODY)


def a_loop(file):
    file.unlink()
    file.symlink_to(file.name)


CASES = {
    "of root": (of_root, "Permission denied"), "in a folder of root": (in_a_folder_of_root, "Permission denied"),
    "mode 000": (lambda file: file.chmod(0), "Permission denied"), "a folder": (a_folder, "directory"),
    "a pipe": (a_pipe, "not a regular file"),
    "a link to itself": (a_loop, "symbolic links"),
}


@pytest.fixture
def fix(place, tmp_path):
    """Runs a printed command as the user would, whose sudo asks for no password here."""
    write_program(tmp_path / "tools" / "id", f'case "$1" in -u|-g) echo {NOBODY};; *) exec /usr/bin/id "$@";; esac')
    write_program(tmp_path / "tools" / "sudo", 'exec "$@"')

    def run(command: str):
        # With sudo, as root; else as the user.
        who = {} if command.startswith("sudo ") else {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        subprocess.run(
            ["sh", "-c", command], check=True, cwd="/", env={"PATH": f"{tmp_path / 'tools'}:/usr/bin:/bin"}, **who)

    return run


@pytest.mark.parametrize("name", CASES)
def test_the_fix_works(place, fix, name):
    make, reason = CASES[name]
    place.give_to(NOBODY)
    make(place.token_file())
    finding, = place.status(user=NOBODY)["findings"]
    assert finding["code"] == "token-unreadable" and reason in finding["message"], finding
    fix(finding["fix"])
    after = [found["code"] for found in place.status(user=NOBODY)["findings"]]
    # What cannot be a token any more is put aside, and a sign-in brings the next.
    assert after == ([] if name in ("of root", "in a folder of root", "mode 000") else ["sign-in-needed"])
