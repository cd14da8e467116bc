"""`bedrock-agent doctor` on the daemon and its socket, without a service manager; Tests/System covers the rest."""

import json
import os
import signal
import socket
import threading

from nobody import NOBODY
from doctor_cases import case, cases
from patient import ill, well


def check(patient, case):
    """A daemon that is healthy, then has a problem, then is healthy again."""
    patient.start()
    assert not ill(patient.doctor("--offline"))
    case.cause(patient)
    found = ill(patient.doctor("--offline"))
    assert set(found) == {case.code} and found[case.code]["result"] == case.result, found
    if case.mend:
        case.mend(patient)
        answer = patient.doctor("--offline")
    else:
        answer = patient.treat(found[case.code], "--offline")
    assert not ill(answer) and "daemon" in well(answer), answer


def hang(patient):
    patient.process.send_signal(signal.SIGSTOP)


def start_again(patient):
    patient.process.send_signal(signal.SIGCONT)
    patient.stop()
    patient.start()


@cases(
    case("no-user-manager", "warning", lambda p: p.stop(), lambda p: p.start()),
    case("daemon-silent", "failure", hang, start_again),
    case("socket-open-to-others", "failure", lambda p: p.socket.chmod(0o666)),
    case("socket-open-to-others", "failure", lambda p: p.socket.parent.chmod(0o755), id="folder"),
    case("socket-wrong-owner", "failure", lambda p: os.chown(p.socket, NOBODY, NOBODY)))
def test_service(patient, case):
    check(patient, case)


def test_a_daemon_of_another_version(patient):
    """As after an upgrade without a restart."""
    patient.start()
    status = json.loads(patient.bedrock_agent("status", "--json").stdout)
    patient.stop()
    status["daemon"]["version"] = "0.0.9"
    reply = json.dumps({"parameters": {"status": status}}).encode() + b"\0"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(patient.socket))
        patient.socket.chmod(0o600)
        listener.listen()

        def serve():
            connection = listener.accept()[0]
            connection.recv(4096)
            connection.sendall(reply)
            connection.close()

        threading.Thread(target=serve, daemon=True).start()
        found = ill(patient.doctor("--offline"))
    assert found["daemon-other-version"]["result"] == "warning" and "0.0.9" in found["daemon-other-version"]["message"]
    # The fix restarts the service; here the daemon is started by hand.
    assert found["daemon-other-version"]["fix"] == "systemctl --user restart bedrock-agent"
    patient.socket.unlink()
    patient.start()
    assert not ill(patient.doctor("--offline"))
