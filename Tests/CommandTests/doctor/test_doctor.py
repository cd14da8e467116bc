"""`bedrock-agent doctor` on programs and files: each problem is caused, found with its code, and fixed as printed."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from nobody import NOBODY
from doctor_cases import both, case, cases, check
from patient import CLAUDE, ill
from waiting import eventually


# Programs


def without_aws(patient):
    """A PATH of everything except the AWS CLI."""
    folder = patient.home.path / "bin"
    folder.mkdir()
    for program in Path("/usr/bin").iterdir():
        if program.name != "aws":
            (folder / program.name).symlink_to(program)
    patient.environment["PATH"] = f"{patient.tools}:{folder}"
    (patient.tools / "aws").unlink()


def alone(patient):
    """bedrock-agent without the programs that belong to it."""
    program = patient.tools / "bedrock-agent"
    program.unlink()
    shutil.copy(patient.build / "bedrock-agent", program)


def updating(version):
    """A Claude Code of this version that can update itself."""
    def cause(patient):
        file = patient.tools / "claude"
        patient.tool("claude", f"""
            [ "$1" = update ] && {{ echo '#!/bin/sh' > {file}; echo 'echo "{CLAUDE}"' >> {file}; exit; }}
            echo '{version} (Claude Code)'""")
    return cause


@cases(
    case("net-program-missing", "failure", alone,
         lambda p: shutil.copy(p.build / "bedrock-agent-net", p.tools), besides={"models-unknown"}),
    case("aws-cli-missing", "failure", without_aws, lambda p: (p.tools / "aws").symlink_to("/usr/bin/aws")),
    case("aws-cli-old", "failure", lambda p: p.tool("aws", "echo aws-cli/1.46.3 Python/3.11.2"),
         lambda p: (p.tools / "aws").unlink(), id="1"),
    case("aws-cli-old", "failure", lambda p: p.tool("aws", "echo aws-cli/2.8.13 Python/3.11.2"),
         lambda p: (p.tools / "aws").unlink(), id="2.8"),
    case("aws-cli-unknown", "failure", lambda p: p.tool("aws", "echo hello"), lambda p: (p.tools / "aws").unlink()),
    case("claude-missing", "warning", lambda p: (p.tools / "claude").unlink(), lambda p: p.claude(CLAUDE)),
    case("claude-version-unknown", "warning", lambda p: p.tool("claude", "echo 2.1; exit 1"),
         lambda p: p.claude(CLAUDE)),
    case("claude-version-unknown", "warning", lambda p: p.tool("claude", "trap '' TERM; sleep 600; sleep 600"),
         lambda p: p.claude(CLAUDE), id="hangs"),
    case("claude-old", "warning", updating("2.1.206")),
    case("claude-old", "warning", updating("2.1.285"), id="tab-each"),
    # The profile signs in in us-east-1, but Bedrock is used in us-west-2.
    case("claude-old", "failure", updating("2.1.207"), id="across-regions"),
    case("claude-old", "warning",
         both(updating("2.1.238"), lambda p: p.environment.update(HTTPS_PROXY="http://127.0.0.1:9")), id="proxy"))
def test_programs(patient, case):
    check(patient, case)


# Files


def give_away(path):
    return lambda patient: os.chown(path(patient), NOBODY, NOBODY)


def mode(path, number):
    return lambda patient: path(patient).chmod(number)


def write_credentials(patient):
    file = patient.home.path / ".aws" / "credentials"
    file.write_text("[other]\n")
    file.chmod(0o644)


def settings_file(patient):
    return patient.settings_file


def config(patient):
    return patient.home.config


def token(patient):
    return patient.home.token_file()


def own_config(content):
    return lambda p: p.write(p.home.path / ".config" / "bedrock-agent" / "config.json", content)


def is_forgotten(patient):
    """The daemon writes its records again."""
    patient.start()
    eventually(lambda: "state-damaged" not in ill(patient.doctor("--offline")), "the records are written anew")


BROKEN = '{\n  "env": {\n    "AWS_PROFILE": "work-dev",\n  }\n}\n'
@cases(
    case("settings-wrong-owner", "failure", give_away(settings_file), besides={"command-untrusted"}),
    case("settings-writable-by-others", "failure", mode(settings_file, 0o666), besides={"command-untrusted"}),
    case("settings-not-json", "failure", lambda p: p.write(p.settings_file, BROKEN),
         lambda p: p.settings(), besides={"unguarded"}),
    case("settings-not-object", "failure", lambda p: p.write(p.settings_file, "[]"),
         lambda p: p.settings(), besides={"unguarded"}),
    case("settings-too-large", "failure", lambda p: p.write(p.settings_file, {"a": "b" * (2 << 20)}),
         lambda p: p.settings(), besides={"unguarded"}),
    case("file-wrong-owner", "failure", give_away(config)),
    case("file-wrong-owner", "failure", give_away(token), id="token"),
    case("file-writable-by-others", "failure", mode(config, 0o622)),
    case("file-writable-by-others", "failure", mode(lambda p: p.settings_file.parent, 0o777),
         besides={"settings-writable-by-others", "command-untrusted"}, id="folder"),
    case("file-open-to-others", "failure", mode(token, 0o644), id="token"),
    case("file-open-to-others", "failure", write_credentials, id="credentials"),
    case("file-open-to-others", "warning", mode(lambda p: p.state, 0o755), id="records"),
    case("config-wrong", "failure", own_config({"refreshAheed": "20min"}), own_config({"refreshAhead": "20min"})),
    case("approvals-damaged", "warning", lambda p: p.write(p.state / "approvals.json", "{"),
         besides={"command-unapproved"}),
    case("state-damaged", "warning", lambda p: p.write(p.state / "state.json", "{"), is_forgotten))
def test_files(patient, case):
    check(patient, case, "--offline")


def test_a_configuration_of_the_administrator(patient):
    """Examined as another user than the one who runs the tests, which is root."""
    with tempfile.TemporaryDirectory(prefix="machine-") as machine:
        machine = Path(machine)
        machine.chmod(0o755)
        for program in ("bedrock-agent", "bedrock-agent-net"):
            shutil.copy(patient.build / program, machine)
        (machine / "etc").mkdir(mode=0o755)
        shutil.copy(patient.home.config, machine / "etc" / "config")
        (machine / "etc" / "config").chmod(0o644)
        settings = machine / "home" / ".claude" / "settings.json"
        settings.parent.mkdir(parents=True)
        shutil.copy(patient.settings_file, settings)
        for file in (machine / "home", settings.parent, settings):
            os.chown(file, NOBODY, NOBODY)
        result = subprocess.run(
            ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", machine / "bedrock-agent", "doctor",
             "--json", "--offline"], capture_output=True, text=True, timeout=60, cwd=machine,
            env={"PATH": "/usr/bin:/bin", "HOME": str(machine / "home"), "XDG_RUNTIME_DIR": str(machine / "home"),
                 "AWS_CONFIG_FILE": str(machine / "etc" / "config")})
        checks = json.loads(result.stdout)["checks"]
    assert [check for check in checks if check["subject"].endswith("/etc/config")][0]["result"] == "pass"
    assert "file-wrong-owner" not in [check["code"] for check in checks], checks
