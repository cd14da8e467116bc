"""In place of AWS: takes down what the real program asks, and answers whatever token, account and role are named."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs

from exchanges import Server
from granted import ASSUMED, ROLE

SIGNER = re.compile("Credential=([^/]*)/[^/]*/([^/]*)/bedrock")


class AnsweringAWS(Server):
    """Its record has a line of JSON for each request, as the sandbox's has."""

    def __init__(self, record: Path):
        self.record_file = record
        record.touch()
        super().__init__(self.answer, takes_posts=True)

    def answer(self, request) -> tuple[int, dict | bytes]:
        if request.path.startswith("/federation/credentials?"):
            self.take_down(
                operation="GetRoleCredentials", url=request.path, token=request.headers["x-amz-sso_bearer_token"])
            return 200, {"roleCredentials": ROLE}
        action = parse_qs(request.content.decode()).get("Action", [""])[0]
        if action.startswith("AssumeRole"):
            return 200, ASSUMED.format(action).encode()
        if request.path.endswith("/invoke-with-response-stream"):
            signer = SIGNER.search(request.headers["Authorization"] or "")
            self.take_down(
                operation="InvokeModelWithResponseStream", subject="",
                signer=signer and {"accessKeyID": signer[1], "region": signer[2]})
        # Nobody is to go on from here, and nothing is to be tried again.
        return 400, {"error": "invalid_grant", "message": "no"}

    def take_down(self, **entry):
        with self.record_file.open("a") as record:
            record.write(json.dumps(entry) + "\n")

    def stop(self):
        self.shutdown()
        self.server_close()
