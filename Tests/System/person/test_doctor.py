"""`bedrock-agent doctor` on an ordinary user's service: each problem is caused, and fixed by the printed command."""

import json

import pytest

from machine_agent import SERVICE, SOCKET
from waiting import eventually


@pytest.fixture
def patient(agent):
    """A healthy agent, and a Claude Code."""
    agent.user.write("bin/claude", "#!/bin/sh\necho '2.1.332 (Claude Code)'\n", 0o755)
    agent.user.environment["PATH"] = f"{agent.user.home}/bin:/usr/bin:/bin"
    agent.enable()
    agent.wait_until("healthy")
    assert not ill(agent)
    return agent


def ill(agent, before: str = ":") -> dict:
    """The checks that did not pass, by code; `before` runs in the same shell."""
    result = agent.user.run(
        "sh", "-c", f"{{ {before}\n}} >&2\nexec bedrock-agent doctor --offline --json", check=False)
    assert result.stdout, result.stderr
    return {check["code"]: check for check in json.loads(result.stdout)["checks"] if check["result"] != "pass"}


def found(agent, code: str, result: str, besides: tuple = ()) -> str:
    """The fix for this finding."""
    checks = ill(agent)
    assert code in checks and set(checks) <= {code, *besides}, checks
    assert checks[code]["result"] == result
    return checks[code]["fix"]


def treat(agent, fix: str):
    left = ill(agent, before=fix)
    assert not left, (fix, left)


def test_stopped(patient):
    patient.user.systemctl("stop", SERVICE, SOCKET)
    treat(patient, found(patient, "service-stopped", "failure"))


def test_disabled(patient):
    patient.user.systemctl("disable", SERVICE, SOCKET)
    treat(patient, found(patient, "service-disabled", "warning"))


def test_masked(patient):
    patient.user.systemctl("mask", "--now", SERVICE)
    treat(patient, found(patient, "service-masked", "failure"))


def test_not_installed(patient):
    file = f"/usr/lib/systemd/user/{SERVICE}"
    try:
        patient.user.machine.root("mv", file, f"{file}.away")
        patient.user.systemctl("stop", SERVICE)
        patient.user.systemctl("daemon-reload")
        assert "reinstall bedrock-agent" in found(patient, "service-missing", "failure")
    finally:
        patient.user.machine.root("mv", f"{file}.away", file)
    treat(patient, f"systemctl --user daemon-reload; systemctl --user reset-failed; systemctl --user start {SERVICE}")


def test_given_up(patient):
    patient.user.drop_in(SERVICE, "[Unit]\nStartLimitBurst=2\n[Service]\nExecStart=\nExecStart=/bin/false\n")
    patient.user.systemctl("restart", SERVICE, check=False)
    eventually(lambda: patient.user.property(SERVICE, "ActiveState") == "failed", "systemd has given up")
    fix = found(patient, "service-failed", "failure")
    patient.user.drop_in(SERVICE, "")
    treat(patient, fix)


def test_without_the_desktop(patient):
    patient.user.environment["DISPLAY"] = ":99"
    patient.user.systemctl("unset-environment", "DISPLAY")
    treat(patient, found(patient, "no-desktop-in-service", "warning"))


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "AWS_CA_BUNDLE"])
def test_a_variable_that_only_the_shell_has(patient, name):
    certificates = "/etc/ssl/certs/ca-certificates.crt"
    value = certificates if name == "AWS_CA_BUNDLE" else "http://127.0.0.1:9"
    patient.user.environment |= {name: value, "NODE_EXTRA_CA_CERTS": certificates}
    fix = found(patient, "not-in-service", "warning")
    assert value not in fix
    treat(patient, fix)
    assert f"{name}={value}" in patient.user.systemctl("show-environment").stdout


@pytest.mark.parametrize("file, code, besides", [
    (".claude/settings.json", "settings-unreadable", ("unguarded",)),
    (".aws/config", "config-unreadable", ()),
    ("token", "token-unreadable", ())])
def test_not_readable(patient, file, code, besides):
    """Root could still read it."""
    name = str(patient.home.token_file().relative_to(patient.home.path)) if file == "token" else file
    path = patient.user.path(name)
    path.chmod(0)
    found(patient, code, "failure", (*besides, "sign-in-needed"))
    fix = ill(patient)[code]["fix"]
    patient.user.run("sh", "-c", fix if fix.startswith("chmod") and "~" in fix else f"chmod u+rw ~/{name}")
    eventually(lambda: not ill(patient), "all is well again")


def test_a_folder_that_is_closed(patient):
    folder = patient.user.path(".aws")
    folder.chmod(0)
    checks = ill(patient)
    assert checks["file-unreadable"]["result"] == "failure" and "chmod u+rx" in checks["file-unreadable"]["fix"]
    folder.chmod(0o700)
    eventually(lambda: not ill(patient), "all is well again")
