"""A command that fails: the journal has one warning that says how, with the last line of its output. It is not run
again."""

import re
import signal
import subprocess

import pytest

from spawning import die_with_parent
from telling import ADDRESS, warnings
from waiting import eventually, stays


@pytest.fixture
def fail(asking, chat):
    """Runs this command for the need; returns what the journal says of its end. Checks that it is run once."""
    begun = chat.folder / "begun"

    def run(command: str) -> str:
        chat.use(f"echo >> {begun}\n{command}", signIn="ask")
        asking.start()
        only = eventually(lambda: warnings(asking), "a warning")
        asking.control("Reload")
        asking.kill()
        asking.start()
        asking.wait_until("sign-in-needed")
        stays(lambda: warnings(asking) == only and begun.read_text() == "\n", "one run, one warning", seconds=1)
        assert len(only) == 1 and not asking.entries("notify was run")
        words = re.search(r"corp: notify in (\S+) (.*)$", only[0])
        assert words[1] == str(asking.config)
        return words[2]

    return run


@pytest.mark.parametrize(("command", "said"), [
    ("exit 3", ""),
    ("echo out; exit 3", ": out"),
    ("echo out; echo no such room >&2; exit 3", ": no such room"),
    ("echo no such room; echo; echo '  '; exit 3", ": no such room"),
    ("printf 'no line end'; exit 3", ": no line end"),
    (r"printf 'one\r\ntwo\r\n'; exit 3", ": two"),
])
def test_it_exits_with_a_status(fail, command, said):
    assert fail(command) == "exited with status 3" + said


def test_what_it_says_cannot_write_to_the_terminal(fail):
    said = fail(r"printf 'a\033[31mb\007\342\200\256c\n'; exit 3")
    assert said.startswith("exited with status 3: a") and not re.search("[\x00-\x1f\x7f\u202e]", said)


def test_a_long_line_is_cut(fail):
    assert fail("head -c 5000 /dev/zero | tr '\\0' x; exit 3") == "exited with status 3: " + 200 * "x"


def test_much_output(fail):
    """It does not stop the command, and the line is still one of its."""
    assert re.fullmatch("exited with status 3(: y+)?", fail("yes yyyy | head -c 3000000; exit 3"))


def test_bytes_that_are_no_text(fail):
    assert fail(r"printf '\377\376broken\n'; exit 3").endswith("broken")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_it_is_killed_by_a_signal(fail, number):
    assert fail(f"echo out; kill -{int(number)} $$") == f"was killed by signal {int(number)}: out"


def test_there_is_no_such_program(fail):
    said = fail("no-such-program")
    assert said.startswith("exited with status 127: ") and said.endswith("no-such-program: not found")


def test_it_is_no_shell_command(fail):
    assert fail("echo 'half a quote").startswith("exited with status 2: ")


def test_it_cannot_be_run(agent, chat, need):
    """It is longer than a program's argument can be."""
    need.begin()
    chat.use(chat.command + " # " + 140_000 * "x", signIn="ask")
    agent.start()
    only = eventually(lambda: warnings(agent), "a warning")
    agent.control("Reload")
    stays(lambda: warnings(agent) == only, "one warning", seconds=1)
    assert len(only) == 1 and "could not be run: " in only[0] and "Argument list too long" in only[0]
    assert ADDRESS not in agent.journal() and "xxx" not in agent.journal() and chat.count() == 0


def test_it_does_not_end(asking, chat):
    """It has a minute, as has all that it started; whatever left its session stays."""
    pids = chat.folder / "pids"
    chat.use(
        f"trap '' TERM; echo waiting; sleep 300 & echo $! >> {pids}; setsid sleep 300 & echo $! >> {pids}; wait; wait",
        signIn="ask")
    asking.start()
    only = eventually(lambda: warnings(asking), "a warning", seconds=120)
    assert len(only) == 1 and only[0].endswith("did not end in time")
    inside, outside = map(int, pids.read_text().split())
    eventually(lambda: inside not in asking.processes(), "what it started has ended, too")
    assert asking.processes() == [outside]


def test_it_fails_for_the_next_need_too(asking, chat, need):
    """Each need has its warning."""
    chat.use("echo no; exit 1", signIn="ask")
    asking.start()
    eventually(lambda: len(warnings(asking)) == 1, "a warning")
    need.end()
    need.begin()
    eventually(lambda: len(warnings(asking)) == 2, "another warning")


def test_the_warning_is_one(agent, chat, need):
    """By its priority, as the journal keeps it."""
    need.begin()
    chat.use("exit 3", signIn="ask")
    daemon = subprocess.Popen(
        [agent.program, "daemon"], env=agent.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
    try:
        line = next(line for line in daemon.stderr if "notify in" in line)
        assert line == f"<4>corp: notify in {agent.config} exited with status 3\n"
    finally:
        daemon.terminate()
        daemon.communicate(timeout=20)
