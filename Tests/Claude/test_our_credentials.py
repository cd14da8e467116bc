"""`bedrock-agent credentials` as `awsCredentialExport`: Claude Code has one role, and its shell another."""

import subprocess

import pytest

from folder import settings
from scene import HELLO, trusted

EXPORT = "bedrock-agent credentials --profile globex-dev --format {} --login"
REFRESH = "bedrock-agent login --profile globex-dev --if-needed"


@pytest.fixture
def apart(scene):
    """Claude Code has globex-dev; its shell, without a word of a profile, has the default one, of another session."""

    def write(form: str = "export"):
        trusted(scene)
        scene.folder.put(user={
            "env": settings("AWS_PROFILE"), "awsAuthRefresh": REFRESH, "awsCredentialExport": EXPORT.format(form)})
        scene.daemon.run("approve", "--yes")

    write()
    scene.write = write
    return scene


def signers(scene) -> set:
    """The roles that asked a model."""
    return {entry["signer"]["role"] for entry in scene.sandbox.record("InvokeModelWithResponseStream")}


@pytest.mark.parametrize("form", ["export", "process"])
def test_it_signs_by_that_role_alone(apart, form):
    """Claude Code takes both forms."""
    apart.write(form)
    answer = apart.claude.ask(apart.folder, to_the_end=True)
    assert answer.words == HELLO and signers(apart) == {"210987654321/Globex"}
    assert answer.sign_ins == 0 and apart.tabs.opened() == []
    env = apart.folder.environment()
    assert "AWS_PROFILE" not in env
    shown = subprocess.run(
        ["aws", "configure", "export-credentials", "--format", "process"], env=env, capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    assert [entry["subject"] for entry in apart.sandbox.record("GetRoleCredentials")][-1] == "123456789012/Default"


def test_a_session_that_is_over_costs_one_tab(apart):
    """Its shell's session works, so that Claude Code sees no reason to sign in: the export does."""
    apart.folder.expire("globex")
    apart.folder.sign_in("corp")
    apart.herd.start(5)
    apart.ends_well(answers=5, tabs=1)
    assert signers(apart) == {"210987654321/Globex"}


def test_without_credentials_in_its_shell_no_tab_is_opened_for_nothing(apart):
    """Claude Code runs awsAuthRefresh at each start then."""
    config = apart.folder.home.config
    config.write_text(config.read_text().replace("[default]", "[profile once-default]"))
    apart.herd.start(3)
    apart.ends_well(answers=3, tabs=0)
    assert signers(apart) == {"210987654321/Globex"}


def test_the_agent_guards_the_session_behind_it(apart):
    apart.daemon.start()
    status = apart.daemon.wait_until("healthy")
    assert [session["profiles"] for session in status["sessions"]] == [["globex-dev"]]
    assert status["claude"]["profile"] == "globex-dev"


def test_with_the_daemon_it_goes_on_after_a_revoked_session(apart):
    apart.daemon.start()
    apart.daemon.wait_until("healthy")
    apart.sandbox.revoke(hard=True)
    apart.folder.home.age_token(left=1000, key="globex")
    apart.tabs.wait_for(1)
    apart.folder.sign_in("corp")
    apart.herd.start(3)
    apart.ends_well(answers=3, tabs=1)
    assert signers(apart) == {"210987654321/Globex"}
