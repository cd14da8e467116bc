"""A Varlink client in a few lines: messages are JSON, each ended by a NUL byte."""

import json
import socket


class VarlinkRefused(Exception):
    """An error reply; `name` is the error's, without its interface."""

    def __init__(self, reply: dict):
        super().__init__(json.dumps(reply))
        self.name = reply["error"].rsplit(".", 1)[-1]
        self.parameters = reply.get("parameters", {})


class VarlinkClient:
    """One connection. `send` and `receive` apart let other things happen while a call is under way."""

    def __init__(self, path, interface: str, timeout: float = 75):
        self.interface = interface
        self.input = b""
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.connect(str(path))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, method: str, more: bool = False, **parameters):
        request = {"method": f"{self.interface}.{method}", "parameters": parameters, **({"more": True} if more else {})}
        self.socket.sendall(json.dumps(request).encode() + b"\0")

    def receive(self) -> dict:
        """The parameters of the next reply."""
        while b"\0" not in self.input:
            more = self.socket.recv(65536)
            if not more:
                raise ConnectionError("the daemon closed the connection")
            self.input += more
        message, self.input = self.input.split(b"\0", 1)
        reply = json.loads(message)
        if "error" in reply:
            raise VarlinkRefused(reply)
        return reply["parameters"]

    def call(self, method: str, **parameters) -> dict:
        self.send(method, **parameters)
        return self.receive()
