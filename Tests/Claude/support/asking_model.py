"""A model that wants to run one command before it answers: Bedrock's stream, as far as it takes."""

import base64
import binascii
import http.server
import json
import struct
import threading


def event(fields: dict) -> bytes:
    """One event of a model's answer, in an AWS event stream."""
    headers = b"".join(
        struct.pack("!B", len(name)) + name + b"\x07" + struct.pack("!H", len(value)) + value
        for name, value in ((b":event-type", b"chunk"), (b":content-type", b"application/json"),
                            (b":message-type", b"event")))
    payload = json.dumps({"bytes": base64.b64encode(json.dumps(fields).encode()).decode()}).encode()
    prelude = struct.pack("!II", 12 + len(headers) + len(payload) + 4, len(headers))
    message = prelude + struct.pack("!I", binascii.crc32(prelude)) + headers + payload
    return message + struct.pack("!I", binascii.crc32(message))


def stream(block: dict, delta: dict, reason: str) -> bytes:
    """A whole answer of one block."""
    usage = {"input_tokens": 1, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "content": [],
               "stop_reason": None, "stop_sequence": None, "usage": usage}
    return b"".join(map(event, (
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, "usage": usage},
        {"type": "message_stop"})))


class AskingModel(http.server.ThreadingHTTPServer):
    """For ANTHROPIC_BEDROCK_BASE_URL. It wants to run `command` when it is asked "please", and says "Done." after."""

    daemon_threads = True

    def __init__(self, command: str):
        use = stream({"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {}},
                     {"type": "input_json_delta",
                      "partial_json": json.dumps({"command": command, "description": "Does it"})}, "tool_use")
        done = stream({"type": "text", "text": ""}, {"type": "text_delta", "text": "Done."}, "end_turn")

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                last = json.dumps(asked.get("messages", [])[-1:])
                wants = "please" in last and "tool_result" not in last and asked.get("tools")
                self.answer("application/vnd.amazon.eventstream", use if wants else done)

            def do_GET(self):
                self.answer("application/json", b"{}")

            def answer(self, kind: str, body: bytes):
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def end(self):
        self.shutdown()
        self.server_close()
