"""The real Claude Code and the hooks that setup writes: what it shows of them, and that they are in nobody's way.

`pytest -s` prints the screens.
"""

import json
import socket
from pathlib import Path

import pytest

from aws_home import stamp
from folder import MODEL
from scene import HELLO, trusted
from session import Session
from waiting import eventually

LOGIN = "bedrock-agent login --profile work-dev"
SAYS = "SessionStart:startup says:"
MINE = {"SessionStart": [{"hooks": [{"type": "command", "command": "echo '{\"systemMessage\": \"mine\"}'"}]}],
        "Stop": [{"hooks": [{"type": "command", "command": "true"}]}]}


def put(scene, hooks: dict | None = None):
    """As setup leaves it, among hooks that were there or not."""
    trusted(scene)
    scene.folder.put(user=json.dumps({"hooks": hooks} if hooks else {}, indent=2))
    scene.daemon.run("setup", "--profile", "work-dev", "--region", "us-west-2", "--model", MODEL, "--hooks",
                     "--coalesce", "--yes", "--no-login", "--no-enable")


def sign_in_by(scene, command: str):
    """Claude Code runs that instead, and so does the agent."""
    scene.folder.put(user=json.dumps({**scene.settings(), "awsAuthRefresh": command}, indent=2))
    scene.daemon.run("approve", "--yes")


def sign_out(scene):
    """Nobody is signed in, and what Claude Code has signed with is not accepted any more."""
    scene.sandbox.revoke(hard=True)
    scene.folder.home.token_file().unlink()
    scene.folder.home.forget_role_credentials()


def end_session(scene):
    """The session is over, and its access token goes on for a while, with which Claude Code works."""
    scene.sandbox.revoke()
    scene.folder.home.age_token(left=900)


@pytest.fixture
def session(scene):
    """Starts an interactive session."""
    started = []

    def start(name: str = "session", **exported: str) -> Session:
        started.append(Session(scene, name, **exported))
        return started[-1]

    yield start
    for one in started:
        one.end()


def words(one: Session) -> str:
    """The screen, wherever its lines were broken."""
    return " ".join(one.text().split())


def shows(one: Session, *expected: str) -> str:
    try:
        return eventually(lambda: words(one) if all(text in words(one) for text in expected) else None, f"{expected}")
    finally:
        print("\n".join(["", *(row for row in one.rows() if row.strip())]))


def has_ended(scene) -> bool:
    """None of our hooks is running."""
    return not [pid for pid in scene.daemon.processes() if b"\0hook\0" in command_line(pid)]


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


# The file


@pytest.mark.parametrize("there", [None, MINE], ids=["none", "others"])
def test_the_file_counts(scene, both, there):
    put(scene, there)
    answer = both.agree(scene.folder)
    assert (answer.provider, answer.session, answer.dropped) == ("bedrock", "corp", {})


def test_others_go_on(scene, session):
    put(scene, MINE)
    one = session().begin()
    shows(one, f"{SAYS} mine")
    assert words(one).count("says:") == 1


# At its start


def test_nothing_when_all_is_well(scene, session):
    scene.daemon.start()
    put(scene)
    scene.daemon.wait_until("healthy")
    one = session().begin()
    eventually(lambda: "SessionStart" in one.log and "bedrock-agent-failure" in one.log, "the hook has spoken")
    one.say("hello")
    screen = shows(one, HELLO)
    assert "says:" not in screen and "hook" not in screen and "Settings Error" not in screen


def test_it_ends_within_the_hour(scene, session):
    """A token that cannot be refreshed."""
    token = scene.folder.home.token()
    del token["refreshToken"]
    scene.folder.home.write_token({**token, "expiresAt": stamp(3000)}, lifetime=8 * 3600)
    scene.daemon.start()
    put(scene)
    scene.daemon.wait_until("healthy")
    shows(session().begin(), f"{SAYS} work-dev ends at", "needs your sign-in then; sooner: bedrock-agent cover 2h")


def test_a_sign_in_is_needed(scene, session):
    end_session(scene)
    scene.daemon.start(signIn="never")
    put(scene)
    scene.daemon.wait_until("sign-in-needed")
    shows(session().begin(), f"{SAYS} work-dev needs a sign-in: {LOGIN} (Identity Center has ended the session;")


def test_a_sign_in_waits_and_here_is_its_link(scene, session):
    end_session(scene)
    put(scene)
    scene.daemon.start()
    scene.tabs.wait_for(1)
    scene.daemon.wait_until("signing-in")
    url = eventually(lambda: scene.daemon.session("corp").get("signIn", {}).get("url"), "its link is known")
    screen = shows(session().begin(), f"{SAYS} Sign in to work-dev:")
    assert url in screen.replace(" ", "")


def test_it_has_failed_and_this_mends_it(scene, session):
    end_session(scene)
    put(scene)
    sign_in_by(scene, "exit 7")
    scene.daemon.start()
    eventually(lambda: scene.daemon.session("corp").get("lastSignIn", {}).get("result", "started") != "started",
               "the sign-in has failed")
    shows(session().begin(), f"{SAYS} work-dev needs a sign-in: {LOGIN}", "the last sign-in failed", "next try at")


# After a failure


def test_a_failure_for_want_of_credentials(scene, session):
    scene.daemon.start(signIn="never")
    put(scene)
    sign_in_by(scene, "exit 7")
    one, other = session().begin(), session("other").begin()
    sign_out(scene)
    scene.daemon.wait_until("sign-in-needed")
    one.say("hello")
    screen = shows(one, "API Error: Could not load AWS credentials", f"work-dev needs a sign-in: {LOGIN}")
    assert screen.count("needs a sign-in") == 1
    # Whoever sits before another one reads it, too: it is about to fail.
    shows(other, f"work-dev needs a sign-in: {LOGIN}")


def test_a_failure_although_the_agent_knows_of_nothing(scene, session):
    """As where the account refuses the role. Left alone, the program tries ten times, which takes minutes."""
    put(scene)
    scene.daemon.start()
    scene.daemon.wait_until("healthy")
    one, other = session(CLAUDE_CODE_MAX_RETRIES="1").begin(), session("other").begin()
    scene.sandbox.fault(
        "InvokeModelWithResponseStream", "error", status=403, error="AccessDeniedException", times=-1,
        description="You are not authorized to perform: bedrock:InvokeModelWithResponseStream")
    one.say("hello")
    shows(one, "work-dev is signed in: send it again; if that fails too, run bedrock-agent doctor")
    assert "is signed in" not in words(other)


def test_another_failure_is_none_of_ours(scene, session):
    put(scene)
    scene.daemon.start()
    one = session().begin()
    mark = Path(scene.daemon.state) / "bedrock-agent-failure"
    eventually(mark.exists, "the first hook has run")
    scene.sandbox.fault(
        "InvokeModelWithResponseStream", "error", status=400, error="ValidationException", times=-1, description="odd")
    one.say("hello")
    shows(one, "API Error: 400 odd")
    assert mark.read_bytes() == b""


# In nobody's way


def test_a_daemon_that_hangs_holds_nothing_up(scene, session):
    put(scene)
    path = Path(scene.daemon.environment["XDG_RUNTIME_DIR"]) / "bedrock-agent" / "control.sock"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        one = session().begin()
        one.say("hello")
        screen = shows(one, HELLO)
        assert "says:" not in screen and "hook" not in screen
        eventually(lambda: has_ended(scene), "the hook has given up")
    path.unlink()


def test_without_a_daemon(scene, session):
    put(scene)
    one = session().begin()
    one.say("hello")
    screen = shows(one, HELLO)
    assert "says:" not in screen and "hook" not in screen


@pytest.mark.parametrize("needed", [False, True], ids=["all is well", "a sign-in is needed"])
def test_what_scripts_read_is_as_without_them(scene, claude, needed):
    """`claude -p --output-format json`."""
    if needed:
        end_session(scene)
    put(scene)
    scene.daemon.start(signIn="never")
    if needed:
        scene.daemon.wait_until("sign-in-needed")
    answer = claude.ask(scene.folder, to_the_end=True)
    assert answer.words == HELLO


def test_the_package_is_gone(scene, session):
    """Removed without `reset`, or not in the PATH of an editor."""
    put(scene)
    one = session(PATH="/usr/bin:/bin").begin()
    one.say("hello")
    screen = shows(one, HELLO)
    assert "hook" not in screen and "not found" not in screen
