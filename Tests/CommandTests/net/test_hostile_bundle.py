"""In place of the CA bundle there is something else: a question ends, and its answer names the file."""

import json
import subprocess

import pytest

from exchanges import failure, make_certificate
from in_place import KINDS, LITTLE_MEMORY, put


@pytest.mark.parametrize("kind", KINDS)
def test_in_place_of_the_bundle(build, signed_in, serve, tmp_path, kind):
    server = serve(lambda request: (200, {"accountList": []}), make_certificate(tmp_path))
    bundle = tmp_path / "bundle.pem"
    put(bundle, KINDS[kind])
    said = subprocess.run(
        [*LITTLE_MEMORY, build / "bedrock-agent-net", "accounts", "--token-file", signed_in.token_file(), "--endpoint",
         server.url, "--ca-bundle", bundle, "--timeout", "2"], env=signed_in.environment(), capture_output=True,
        text=True, stdin=subprocess.DEVNULL, timeout=30)
    assert said.returncode == 0, said.stderr
    answer = failure(json.loads(said.stdout))
    assert answer["kind"] == "offline" and str(bundle) in answer["message"], answer
    assert server.requests == []
