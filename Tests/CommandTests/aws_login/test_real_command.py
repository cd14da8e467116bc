"""The real `aws login`, where the AWS CLI has it; and what `doctor` says where it does not."""

import json
import subprocess

import pytest

import aws_cli
from console import HOUR, SESSION
from console_service import ConsoleService
from programs import write_program
from waiting import eventually


@pytest.fixture
def service(console, tmp_path):
    service = ConsoleService(tmp_path, console.token("real"))
    console.agent.environment |= service.environment
    yield service
    service.stop()


def test_the_daemon_signs_in_with_it(console, agent, service):
    console.guard()
    console.sign_in(ago=12.1 * HOUR, left=-11.9 * HOUR)
    if not aws_cli.has_login():
        check = of_the_aws_cli(agent)
        assert check["result"] == "failure" and check["code"] == "aws-cli-old"
        assert subprocess.run([aws_cli.AWS, "login"], capture_output=True).returncode == 252
        return
    agent.start(claude=False)
    eventually(lambda: agent.session().get("lastSignIn", {}).get("result") == "ok", f"signed in {agent.journal()}")
    agent.wait_until("healthy")
    assert len(service.authorized) == service.tokens == 1
    kept = json.loads(console.file.read_text())["accessToken"]
    assert kept["secretAccessKey"] == console.token("real")["accessToken"]["secretAccessKey"]
    assert of_the_aws_cli(agent)["result"] == "pass" and "token-damaged" not in agent.findings()
    # Nothing that it wrote into the configuration takes the profile away.
    assert agent.session()["name"] == SESSION and agent.session()["profiles"] == ["console"]
    exported = subprocess.run(
        [aws_cli.AWS, "configure", "export-credentials", "--profile", "console"], env=agent.environment,
        capture_output=True, text=True, check=True).stdout
    assert json.loads(exported)["AccessKeyId"] == kept["accessKeyId"]


@pytest.mark.parametrize("version, code, words", [
    ("2.9.19", "aws-cli-old", "is version 2.9.19, which has no aws login, and console signs in with it"),
    ("2.31.39", "aws-cli-old", "has no aws login"), ("2.32.0", "aws-cli", "AWS CLI 2.32.0")])
def test_doctor_says_whether_it_can(console, agent, home, version, code, words):
    console.guard()
    program = write_program(home.path / "programs" / "aws", f"echo aws-cli/{version} Python/3.13.7")
    agent.environment["PATH"] = f"{program.parent}:{agent.environment['PATH']}"
    check = of_the_aws_cli(agent)
    assert check["code"] == code and words in check["message"]
    assert code == "aws-cli" or "install 2.32 or later (https://docs.aws.amazon.com/" in check["fix"]


def of_the_aws_cli(agent) -> dict:
    checks = json.loads(agent.run("doctor", "--json", check=False).stdout)["checks"]
    return next(check for check in checks if check["code"].startswith("aws-cli"))
