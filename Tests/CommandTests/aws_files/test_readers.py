"""The readers answer as the real program does: some drawings are given to the `aws` command as well.

`BEDROCK_COMMANDS=200 Tests/run command -k real_command` takes that many, from `BEDROCK_FIRST_CONFIG` on.
"""

import json
import os
import subprocess
from urllib.parse import parse_qs, urlsplit

import pytest

from config_grammar import draw
from granted import ROLE
from readers import INSTALLED

FIRST = int(os.environ.get("BEDROCK_FIRST_CONFIG", "1"))
COUNT = int(os.environ.get("BEDROCK_COMMANDS", "12"))


@pytest.fixture
def portal(serve, tmp_path):
    """A server that gives every role, and the variables by which any AWS CLI asks it; AWS itself is out of reach."""
    server = serve(lambda request: (200, {"roleCredentials": ROLE}))
    rules = {"version": "1.0", "parameters": {
        "Region": {"builtIn": "AWS::Region", "required": False, "documentation": "", "type": "String"}},
        "rules": [{
            "conditions": [], "type": "endpoint", "endpoint": {"url": server.url, "properties": {}, "headers": {}}}]}
    for service in ("sso", "sso-oidc"):
        folder = tmp_path / service / "2019-06-10"
        folder.mkdir(parents=True)
        (folder / "endpoint-rule-set-1.json").write_text(json.dumps(rules))
    server.environment = {
        "AWS_DATA_PATH": str(tmp_path), "AWS_ENDPOINT_URL_SSO": server.url, "AWS_ENDPOINT_URL_SSO_OIDC": server.url,
        "HTTPS_PROXY": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true"}
    return server


@pytest.mark.parametrize("number", range(FIRST, FIRST + COUNT))
def test_the_real_command(number, drawn_home, aws_readers, aws_cli, portal):
    drawn = draw(number)
    drawn.variables = {name: value for name, value in drawn.variables.items() if "ENDPOINT" not in name}
    drawn_home.furnish(drawn)
    answer = aws_readers[INSTALLED].ask(drawn_home.environment())
    if answer.no_token_for is not None:
        drawn_home.sign_in(answer.no_token_for)
        answer = aws_readers[INSTALLED].ask(drawn_home.environment())
    result = subprocess.run(
        [aws_cli, "configure", "export-credentials"], env={**drawn_home.environment(), **portal.environment},
        cwd=drawn_home.path.parent, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    roles = []
    for request in portal.requests:
        query = parse_qs(urlsplit(request.path).query, keep_blank_values=True)
        roles.append((query["account_id"][0], query["role_name"][0]))
        assert request.headers["x-amz-sso_bearer_token"] == answer.request("GetRoleCredentials")["token"]
    said = f"config {number}: {drawn}\n{answer}\n{result}"
    assert roles == ([answer.role] if answer.role else []), f"{roles}\n{said}"
    if answer.no_profile:
        assert "could not be found" in result.stderr, said
    elif answer.refused or answer.failed:
        assert result.returncode and (answer.refused or answer.failed).partition(": ")[2].strip() in result.stderr, said
    elif answer.method == "assume-role":
        # STS is out of reach.
        assert result.returncode and "proxy" in result.stderr, said
    elif answer.method:
        assert result.returncode == 0 and "AccessKeyId" in result.stdout, said
    else:
        assert result.returncode and "no credentials" in result.stderr, said
