"""Every fault has the named effect, as often as requested, and is recorded."""

import json
import os
import socket
import subprocess
import time
from pathlib import Path

import pytest
import requests

from raw_client import RawClient


@pytest.fixture
def client(sandbox):
    return RawClient(sandbox)


def last(sandbox):
    return sandbox.record()[-1]


@pytest.mark.parametrize("fault, status, error", [
    ("500", 500, "server_error"), ("503", 503, "ServiceUnavailableException"),
    ("429", 429, "TooManyRequestsException"), ("slow_down", 400, "slow_down")])
def test_refusals(sandbox, client, fault, status, error):
    sandbox.fault("CreateToken", fault)
    answer = client.refresh("x")
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert (last(sandbox)["fault"], last(sandbox)["status"]) == (fault, status)
    assert client.refresh("x").json()["error"] == "invalid_grant"  # once by default


def test_a_refusal_of_ones_own(sandbox, client):
    sandbox.fault("StartDeviceAuthorization", "error", status=400, error="access_denied", description="KMS says no")
    answer = client.start()
    assert answer.json() == {"error": "access_denied", "error_description": "KMS says no"}
    assert answer.headers["x-amzn-ErrorType"].startswith("AccessDeniedException:")


def test_refusals_in_the_words_of_the_portal(sandbox, client):
    token = client.sign_in()["accessToken"]
    sandbox.fault("GetRoleCredentials", "429")
    answer = client.role_credentials(token)
    assert answer.status_code == 429 and answer.json()["__type"].endswith("#TooManyRequestsException")


def test_answers_that_are_not_the_service(sandbox, client):
    sandbox.fault("CreateToken", "html")
    page = client.refresh("x")
    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
    sandbox.fault("CreateToken", "empty")
    assert client.refresh("x").content == b""
    sandbox.fault("CreateToken", "garbage")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        client.refresh("x").json()


def test_truncate_cuts_the_answer_of_a_call_that_was_carried_out(sandbox, client):
    token = client.sign_in()
    sandbox.fault("CreateToken", "truncate")
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        client.refresh(token["refreshToken"])
    assert last(sandbox)["issued"] == ["at-2", "rt-2"]


def test_lost_resets_a_call_that_was_carried_out(sandbox, client):
    token = client.sign_in()
    sandbox.fault("CreateToken", "lost")
    with pytest.raises(requests.exceptions.ConnectionError, match="Connection reset by peer"):
        client.refresh(token["refreshToken"])
    assert last(sandbox)["issued"] == ["at-2", "rt-2"] and "status" not in last(sandbox)
    assert client.refresh(token["refreshToken"]).json()["error"] == "invalid_grant"


def test_reset_before_anything_was_done(sandbox, client):
    token = client.sign_in()
    sandbox.fault("CreateToken", "reset")
    with pytest.raises(requests.exceptions.ConnectionError, match="Connection reset by peer"):
        client.refresh(token["refreshToken"])
    assert last(sandbox)["issued"] == []
    assert client.refresh(token["refreshToken"]).status_code == 200


def test_hang_keeps_the_connection_open_and_others_are_served(sandbox, client):
    sandbox.fault("CreateToken", "hang")
    body = json.dumps({"grantType": "refresh_token"}).encode()
    with socket.create_connection(("127.0.0.1", int(sandbox.url.rsplit(":")[-1])), timeout=1) as connection:
        connection.sendall(
            b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (len(body), body))
        with pytest.raises(TimeoutError):
            connection.recv(1)
        assert last(sandbox)["fault"] == "hang"
        assert client.start().status_code == 200
        assert sandbox.stop() == 0  # SIGTERM does not wait for it


def test_delay_only_delays(sandbox, client):
    token = client.sign_in()
    sandbox.fault("CreateToken", "delay", delay="700ms")
    began = time.monotonic()
    assert client.refresh(token["refreshToken"]).status_code == 200
    assert time.monotonic() - began >= 0.7


def test_faults_strike_what_they_name_as_often_as_they_say(sandbox, client):
    sandbox.fault("CreateToken", "500", grantType="refresh_token", times=2)
    started = client.start().json()
    assert client.poll(started["deviceCode"]).status_code == 400
    assert [client.refresh("x").status_code for _ in range(3)] == [500, 500, 400]
    sandbox.fault("any", "503", times=-1)
    assert [client.start().status_code for _ in range(4)] == [503] * 4
    assert requests.get(started["verificationUriComplete"], timeout=10).status_code == 200  # pages are not affected
    sandbox.clear_faults()
    assert client.start().status_code == 200


@pytest.mark.parametrize("fault", [
    {"operation": "CreateTokens", "fault": "500"}, {"operation": "CreateToken", "fault": "explode"},
    {"operation": "CreateToken", "fault": "500", "time": 2}, {"operation": "CreateToken", "fault": "500", "times": 0},
    {"operation": "CreateToken", "fault": "500", "grantType": "refresh"}, {"fault": "500"},
    {"operation": "CreateToken", "fault": "delay", "delay": "5"}])
def test_a_fault_that_cannot_be_is_refused(sandbox, fault):
    answer = requests.post(f"{sandbox.url}/sandbox/faults", json=fault, timeout=10)
    assert answer.status_code == 400 and answer.json()["message"]
    assert sandbox.state()["faults"] == []


@pytest.mark.parametrize("change", [{"accesToken": "5s"}, {"accessToken": "5"}, {"rotation": "maybe"}])
def test_a_setting_that_cannot_be_is_refused(sandbox, change):
    assert requests.post(f"{sandbox.url}/sandbox/lifetimes", json=change, timeout=10).status_code == 400


def test_the_knobs_from_a_terminal(build, sandbox, client):
    def control(*arguments, check=True):
        environment = {**os.environ, "BEDROCK_SANDBOX_URL": sandbox.url}
        return subprocess.run([build / "bedrock-sandbox", "control", *arguments], env=environment, check=check,
                              capture_output=True, text=True, timeout=20)

    token = client.sign_in()
    control("set", "--access-token", "90s", "--rotation", "off", "--account", "000000000001=One:A,B")
    settings = sandbox.state()["settings"]
    assert (settings["accessToken"], settings["rotation"], settings["accounts"][0]["roles"]) == (
        "90s", "off", ["A", "B"])
    assert settings["portalSession"] == "8h"
    control("fault", "CreateToken", "429", "--grant-type", "refresh_token", "--times", "-1")
    assert client.refresh(token["refreshToken"]).status_code == 429
    control("clear-faults")
    assert client.refresh(token["refreshToken"]).json()["expiresIn"] == 90
    started = client.start().json()
    control("approve", started["userCode"])
    assert client.poll(started["deviceCode"]).status_code == 200
    control("expire-registration", "cl-1")
    assert client.refresh(token["refreshToken"]).status_code == 401
    assert json.loads(control("revoke", "--hard").stdout) == {"ended": ["ps-1"]}
    assert json.loads(control("record").stdout)[0]["operation"] == "RegisterClient"
    nobody = control("deny", check=False)
    assert nobody.returncode != 0 and "No device code waits" in nobody.stderr


def test_no_secret_is_ever_shown(sandbox, client):
    token = client.sign_in()
    role = client.role_credentials(token["accessToken"]).json()["roleCredentials"]
    client.token(token["refreshToken"], refreshToken=token["refreshToken"])  # a secret where a name belongs
    shown = json.dumps([sandbox.record(), sandbox.state()]) + sandbox.record_file.read_text() + sandbox.output
    for secret in (client.identity["clientSecret"], token["accessToken"], token["refreshToken"],
                   role["secretAccessKey"], role["sessionToken"]):
        assert secret not in shown
    lines = [json.loads(line) for line in sandbox.record_file.read_text().splitlines()]
    assert lines == sandbox.record()
    assert [line["sequence"] for line in lines] == list(range(1, len(lines) + 1))


def test_it_ends_cleanly_and_listens_on_loopback_only(start_sandbox):
    sandbox = start_sandbox()
    port = int(sandbox.url.rsplit(":")[-1])
    sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = [fields[1] for fields in sockets if fields[3] == "0A" and int(fields[1].split(":")[1], 16) == port]
    assert [address.split(":")[0] for address in listening] == ["0100007F"]
    assert sandbox.stop() == 0
    assert sandbox.errors.read_text() == ""


def test_a_taken_port_says_so(build, sandbox):
    port = sandbox.url.rsplit(":")[-1]
    second = subprocess.run([build / "bedrock-sandbox", "--port", port], capture_output=True, text=True, timeout=30)
    assert second.returncode != 0 and "in use" in second.stderr and "listening" not in second.stdout
