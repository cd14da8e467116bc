"""Servers between a program and the sandbox: a proxy that refuses, and one that brings TLS."""

import http.server
import socket
import ssl
import threading

from accepting import accept_each
from exchanges import make_certificate


class Proxy(http.server.ThreadingHTTPServer):
    """Refuses every connection, and keeps who wanted one."""

    daemon_threads = True

    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_CONNECT(self):
                self.server.wanted.add(self.path)
                self.send_error(502)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.wanted: set[str] = set()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def end(self):
        self.shutdown()
        self.server_close()


class TLS:
    """The sandbox behind a certificate that nobody knows."""

    def __init__(self, sandbox, folder):
        self.certificate, key = make_certificate(folder)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, key)
        self.behind = ("127.0.0.1", int(sandbox.url.rsplit(":")[-1]))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self.listener.getsockname()[1]}"
        accept_each(self.listener, self.serve)

    def serve(self, connection: socket.socket):
        try:
            with self.context.wrap_socket(connection, server_side=True) as near:
                with socket.create_connection(self.behind) as far:
                    back = threading.Thread(target=relay, args=(far, near), daemon=True)
                    back.start()
                    relay(near, far)
                    back.join()
        except OSError:  # it does not trust us, or has hung up
            connection.close()

    def end(self):
        self.listener.close()


def relay(source: socket.socket, target: socket.socket):
    """Until the source ends."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:  # the other end is gone
        pass
