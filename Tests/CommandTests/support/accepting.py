"""The loop of a server whose connections a test speaks over itself."""

import socket
import threading


def accept_each(listener: socket.socket, talk):
    """Calls `talk(connection)` for each in a thread of its own, in the background, until the listener is closed."""
    def accept():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=[connection], daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
