"""Commands of all kinds: what they read, what they leave behind, and what they are given."""

import json

import pytest

from telling import HOST, warnings
from waiting import eventually, stays


def told(agent):
    """The command has ended well."""
    eventually(lambda: agent.entries("corp: notify was run: a sign-in is needed"), "it has ended well")
    assert not warnings(agent)


# What it reads


@pytest.mark.parametrize("command", [
    ":", "exec true", "exec < /dev/null; sleep 0.1", "exec 0<&-; :", "read line", "head -c 1"])
def test_one_that_does_not_read_it_all(asking, chat, command):
    chat.use(command, signIn="ask")
    asking.start()
    told(asking)
    asking.kill()
    asking.start()
    asking.wait_until("sign-in-needed")
    stays(lambda: len(asking.entries("notify was run")) == 1, "told once", seconds=1)


def test_one_that_reads_it_late(asking, chat):
    """Whoever wrote it need not be there any more."""
    go_on, begun = chat.folder / "go-on", chat.folder / "begun"
    chat.use(f"touch {begun}; until [ -e {go_on} ]; do sleep 0.1; done; {chat.command}", signIn="ask")
    asking.start()
    eventually(begun.exists, "it runs")
    asking.kill()
    go_on.touch()
    assert chat.only().startswith(f"AWS sign-in needed on {HOST}\n\n")


def test_the_first_line_for_the_subject_of_a_mail(asking, chat):
    chat.use(f'IFS= read -r subject; echo "$subject" > {chat.folder}/subject; {chat.command}', signIn="ask")
    asking.start()
    text = chat.only()
    assert (chat.folder / "subject").read_text() == f"AWS sign-in needed on {HOST}\n"
    assert text.startswith("\nwork-dev: ")


def test_a_command_over_lines(asking, chat):
    chat.use(f"if true; then\n  {chat.command} 'and '\"\"  \"$HOME\"\nfi\n", signIn="ask")
    asking.start()
    chat.wait_for()
    assert chat.words()[0].splitlines()[3:] == ["and ", str(asking.home.path)]


def test_one_that_writes_much(asking, chat):
    """Nobody needs to read that."""
    chat.use(f"yes | head -c 3000000; {chat.command}", signIn="ask")
    asking.start()
    chat.wait_for()
    told(asking)


# What it leaves behind


def test_a_process_that_it_leaves_behind(asking, chat):
    """As a mailer that sends in the background: it goes on, also beyond the daemon."""
    go_on, pid = chat.folder / "go-on", chat.folder / "pid"
    chat.use(
        f"cat > {chat.folder}/mail; (until [ -e {go_on} ]; do echo waiting; sleep 0.1; done;"
        f" {chat.command} < {chat.folder}/mail) & echo $! > {pid}", signIn="ask")
    asking.start()
    told(asking)
    left = int(pid.read_text())
    assert left in asking.processes() and chat.count() == 0
    for end in (asking.stop, asking.kill):
        end()
        assert left in asking.processes()
        asking.start()
    go_on.touch()
    assert chat.only().startswith("AWS sign-in needed on ")
    eventually(lambda: not asking.processes(), "it has ended")
    assert len(asking.entries("notify was run")) == 1


# What it is given


def test_it_has_the_environment_of_claude(agent, chat):
    """By which it finds its way out, and the AWS CLI its account. Nobody is signed in."""
    chat.use()
    settings = json.loads(agent.settings.read_text())
    settings["env"].update({"HTTPS_PROXY": "http://127.0.0.1:1", "AWS_CA_BUNDLE": "/etc/bundle", "OTHER": "not ours"})
    agent.settings.write_text(json.dumps(settings))
    agent.start()
    chat.wait_for()
    environment, = chat.environments()
    assert environment["HTTPS_PROXY"] == "http://127.0.0.1:1" and environment["AWS_CA_BUNDLE"] == "/etc/bundle"
    assert environment["AWS_PROFILE"] == "work-dev" and environment["HOME"] == str(agent.home.path)
    assert "OTHER" not in environment


def test_it_has_no_descriptor_but_the_three(asking, chat):
    chat.use(f"ls -l /proc/$$/fd > {chat.folder}/descriptors; {chat.command}", signIn="ask")
    asking.start()
    chat.wait_for()
    listed = [line.split(" -> ")[0].split()[-1] for line in (chat.folder / "descriptors").read_text().splitlines()[1:]]
    # The shell may keep one of its own while it redirects.
    assert {"0", "1", "2"} <= set(listed) and all(int(number) < 3 or int(number) >= 10 for number in listed), listed


def test_it_has_the_signals_of_a_program_that_begins(asking, chat):
    """Neither blocked nor ignored, but for the two that the C library keeps to itself."""
    chat.use(f"grep -E '^Sig(Blk|Ign)' /proc/self/status > {chat.folder}/signals; {chat.command}", signIn="ask")
    asking.start()
    chat.wait_for()
    blocked, ignored = (int(line.split()[1], 16) for line in (chat.folder / "signals").read_text().splitlines())
    assert blocked == 0 and ignored & ~(1 << 31 | 1 << 32) == 0


def test_a_host_without_a_display_has_none(agent, chat, need):
    need.begin()
    chat.use()
    del agent.environment["DISPLAY"]
    agent.start()
    chat.wait_for()
    assert "DISPLAY" not in chat.environments()[0]
