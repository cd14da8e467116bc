"""Somebody elsewhere is told of each need once: not again after a restart, and again for the next one."""

import subprocess

import pytest

from spawning import die_with_parent
from telling import ADDRESS, warnings
from varlink_client import VarlinkRefused
from waiting import eventually, stays


def test_told_once_of_a_need(asking, chat):
    asking.start()
    chat.wait_for()
    asking.control("Reload")
    # Another reason to wait is the same need.
    chat.configure(signIn="never")
    asking.control("Reload")
    chat.no_more()
    assert len(asking.entries("corp: notify was run: a sign-in is needed")) == 1
    assert asking.sign_ins() == 0 and not warnings(asking)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_not_again_after_a_restart(asking, chat, end):
    asking.start()
    chat.wait_for()
    for _ in range(3):
        getattr(asking, end)()
        asking.start()
        asking.wait_until("sign-in-needed")
    chat.no_more()


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_restart_while_the_command_runs(asking, chat, end):
    """It goes on, and is not run again."""
    go_on, begun = chat.folder / "go-on", chat.folder / "begun"
    chat.use(f"echo >> {begun}; until [ -e {go_on} ]; do sleep 0.1; done; {chat.command}", signIn="ask")
    asking.start()
    eventually(begun.exists, "it runs")
    for _ in range(2):
        getattr(asking, end)()
        asking.start()
        asking.wait_until("sign-in-needed")
    go_on.touch()
    assert chat.only().startswith("AWS sign-in needed on ")
    chat.no_more()
    assert begun.read_text() == "\n"


@pytest.mark.parametrize("end", [None, "stop", "kill"])
def test_told_again_for_the_next_need(asking, chat, need, end):
    asking.start()
    chat.wait_for()
    need.end()
    if end:
        getattr(asking, end)()
        asking.start()
        asking.wait_until("healthy")
    need.begin()
    asking.wait_until("sign-in-needed")
    chat.wait_for(2)
    chat.no_more(2)


def test_told_again_for_the_next_need_after_a_restart_in_between(asking, chat, need):
    """The daemon did not see the session work: another token had ended."""
    asking.start()
    chat.wait_for()
    asking.stop()
    need.another_token()
    asking.start()
    chat.wait_for(2)
    chat.no_more(2)


def test_told_again_for_another_token(asking, chat, need):
    asking.start()
    chat.wait_for()
    need.another_token()
    chat.wait_for(2)
    chat.no_more(2)


def test_the_next_need_while_the_first_message_is_being_sent(asking, chat, need):
    """Both are sent, and both are seen to end."""
    go_on = chat.folder / "go-on"
    chat.use(f"until [ -e {go_on} ]; do sleep 0.1; done; {chat.command}", signIn="ask")
    asking.start()
    eventually(lambda: len(sending(asking, go_on)) == 1, "the first is being sent")
    need.another_token()
    eventually(lambda: len(sending(asking, go_on)) == 2, "the second is being sent")
    go_on.touch()
    chat.wait_for(2)
    eventually(lambda: not zombies(asking), "the daemon has seen the end of both")
    eventually(lambda: len(asking.entries("notify was run")) == 2, "it tells of both")


def sending(agent, mark) -> list[int]:
    """The shells that run the command."""
    def words(pid: int) -> bytes:
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                return file.read()
        except OSError:
            return b""

    return [pid for pid in agent.processes() if str(mark).encode() in words(pid)]


def zombies(agent) -> list[str]:
    """The children that have ended, and that the daemon has not asked about."""
    listed = subprocess.run(
        ["ps", "--ppid", str(agent.process.pid), "-o", "pid=,stat="], capture_output=True, text=True).stdout
    return [line for line in listed.splitlines() if line.split()[1].startswith("Z")]


def test_each_session_has_its_own_message(asking, chat):
    chat.use(signIn="ask", profiles=["work-unscoped"])
    asking.start()
    chat.wait_for(2)
    chat.no_more(2)
    assert "--profile work-dev\n" in chat.text() and "--profile work-unscoped\n" in chat.text()


# What is no need, or the same


def test_no_message_where_nothing_is_needed(agent, chat, signed_in):
    chat.use(signIn="ask")
    agent.start()
    agent.wait_until("healthy")
    agent.control("Refresh")
    chat.no_more(0)


def test_no_message_where_the_sign_in_starts_by_itself(agent, chat, need, sandbox):
    """Somebody is at the screen."""
    need.begin()
    chat.use()
    agent.open_tabs()
    agent.start()
    sandbox.tabs.wait_for(1)
    agent.wait_until("signing-in")
    chat.no_more(0)
    sandbox.approve()
    agent.wait_until("healthy")
    chat.no_more(0)


@pytest.mark.parametrize("policy", ["auto", "ask"])
def test_no_message_while_cover_replaces_the_session(agent, chat, signed_in, sandbox, policy):
    """For a moment, nobody is signed in: but the person is there, and sits before the page."""
    chat.use(signIn=policy)
    agent.open_tabs()
    agent.start()
    agent.wait_until("healthy")
    with (chat.folder / "cover").open("w") as output:
        cover = subprocess.Popen(
            [agent.program, "cover", "9h", "--yes"], env=agent.environment, stdin=subprocess.DEVNULL, stdout=output,
            stderr=output, preexec_fn=die_with_parent)
    sandbox.tabs.wait_for(1)
    eventually(lambda: not signed_in.token_file().exists(), "the session has ended")
    chat.no_more(0)
    sandbox.approve()
    assert cover.wait(timeout=60) == 2, (chat.folder / "cover").read_text()
    agent.wait_until("healthy")
    chat.no_more(0)


def test_a_sign_in_that_failed_is_told_of_once(agent, chat, need):
    """And not the next failure, whoever asked."""
    need.begin()
    agent.use(command="false")
    chat.use()
    agent.start()
    chat.wait_for()
    for _ in range(2):
        with pytest.raises(VarlinkRefused):
            agent.control("SignIn")
    assert agent.sign_ins() == 3
    chat.no_more()


def test_a_token_file_that_cannot_be_read_for_a_moment(asking, chat, home):
    """Nothing has worked in between."""
    asking.start()
    chat.wait_for()
    file, kept, link = home.token_file(), chat.folder / "kept", chat.folder / "link"
    kept.hardlink_to(file)
    link.symlink_to(chat.folder)
    link.replace(file)
    asking.wait_until("misconfigured")
    kept.replace(file)
    asking.wait_until("sign-in-needed")
    chat.no_more()


def test_settings_that_name_no_session_for_a_moment(asking, chat):
    asking.start()
    chat.wait_for()
    settings = asking.settings.read_text()
    asking.settings.write_text(settings.replace("work-dev", "nobodys"))
    asking.wait_until("misconfigured")
    asking.settings.write_text(settings)
    asking.wait_until("sign-in-needed")
    chat.no_more()


def test_it_is_started_by_a_shell_with_its_words(asking, chat):
    asking.start()
    chat.wait_for()
    assert chat.words() == [f"/bin/sh\n{chat.program}\n{ADDRESS}\n"]
    stays(lambda: not asking.processes(), "nothing of it is left", seconds=0.5)
