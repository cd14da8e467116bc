"""A server that answers byte by byte as a test says: cut off, slow, without an end."""

import contextlib
import socket
import struct

from accepting import accept_each


class RawServer:
    """Calls `answer(connection)` for each request that has been read whole; the connection then ends by itself."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        accept_each(self.listener, self.talk)

    def talk(self, connection: socket.socket):
        # Whoever asks may leave at any byte.
        with connection, contextlib.suppress(ConnectionError):
            request = connection.makefile("rb")
            length = 0
            while (line := request.readline()) not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            request.read(length)
            self.asked += 1
            self.answer(connection)

    def end(self):
        self.listener.close()


def reset(connection: socket.socket):
    """Ends it by RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def response(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(head).encode() + body
