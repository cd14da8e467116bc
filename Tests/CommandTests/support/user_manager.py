"""A user's service manager, as far as a file tells that it runs: its own socket, which never answers."""

import socket
import tempfile
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def user_manager():
    """Yields the environment of who has it. `systemctl` is for the test to stand in for."""
    # Short: a socket's path is limited to 107 bytes.
    with tempfile.TemporaryDirectory(prefix="user-") as folder, socket.socket(socket.AF_UNIX) as private:
        (Path(folder) / "systemd").mkdir()
        private.bind(f"{folder}/systemd/private")
        private.listen()
        yield {"XDG_RUNTIME_DIR": folder}
