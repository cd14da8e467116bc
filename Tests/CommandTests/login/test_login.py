"""`login`: any number of them share one sign-in, with and without a daemon; a login that does not help says why."""

import json
import stat

import pytest

from aws_cli import denied
from typed import Typed
from programs import write_program
from waiting import eventually, stays

HERD = 20


@pytest.fixture
def person(agent, sandbox):
    """The user only looks at the page; `sandbox.approve()` and `sandbox.deny()` decide."""
    agent.open_tabs()
    return sandbox


@pytest.fixture
def waits(agent):
    """Starts a daemon that signs in only on request."""
    return lambda **config: agent.start(signIn="ask", **config)


@pytest.fixture
def typed(agent):
    """A login that a user runs."""
    started = []

    def start(*arguments: str) -> Typed:
        started.append(Typed([agent.program, "login", *arguments], agent.environment))
        return started[-1]

    yield start
    for login in started:
        login.close()


def locks(agent):
    return agent.state / "locks"


def all_show(herd, sandbox):
    """Waits until every login shows the one page, with its code if there is one."""
    eventually(lambda: all(login.page for login in herd), "everybody shows the page")
    [(url, code)] = {login.page for login in herd}
    assert url.startswith(sandbox.url) and sandbox.waiting() == ([code] if code else [])


# Many at once


@pytest.mark.parametrize("daemon", [True, False], ids=["daemon", "no daemon"])
def test_twenty_at_once_make_one_authorization(agent, logins, person, waits, home, daemon):
    if daemon:
        waits()
    herd = [logins.start() for _ in range(HERD)]
    all_show(herd, person)
    person.approve()
    assert [login.end() for login in herd] == [0] * HERD, [login.text for login in herd]
    assert all("signed in to corp" in login.text for login in herd)
    assert person.prompts() == 1 and home.token()["refreshToken"]
    # A login shortly after the first one has finished belongs to the same group.
    late = logins.start()
    assert late.end() == 0 and person.prompts() == 1, late.text


@pytest.mark.parametrize("daemon", [True, False], ids=["daemon", "no daemon"])
def test_denied_all_fail_with_the_one_reason(agent, logins, person, waits, daemon):
    if daemon:
        waits()
    herd = [logins.start() for _ in range(6)]
    all_show(herd, person)
    person.deny()
    assert [login.end() for login in herd] == [1] * 6, [login.text for login in herd]
    late = logins.start()
    assert late.end() == 1
    assert person.prompts() == 1
    if daemon:
        assert all("corp" in login.text and f"{denied()}" in login.text for login in herd), herd[0].text
        assert f"exit-{denied()}" in late.text
    else:
        assert {login.text.splitlines()[-1] for login in [*herd, late]} == {
            "Error: access for corp was denied on the sign-in page"}


def test_who_comes_later_joins(agent, logins, person):
    first = logins.start()
    eventually(lambda: first.page, "the first shows the page")
    second = logins.start()
    eventually(lambda: second.page == first.page, "the second shows it too")
    person.approve()
    assert (first.end(), second.end(), person.prompts()) == (0, 0, 1)


def test_the_one_that_does_it_is_killed(agent, logins, person):
    """Its sign-in goes on, and everybody ends with that."""
    first = logins.start()
    eventually(lambda: first.page, "the first shows the page")
    herd = [logins.start() for _ in range(3)]
    all_show([first, *herd], person)
    first.process.kill()
    first.process.wait()
    herd.append(logins.start())
    eventually(lambda: herd[-1].page == first.page, "who comes later shows the same page")
    person.approve()
    assert [login.end() for login in herd] == [0] * 4 and person.prompts() == 1


def test_interrupted_it_leaves_nothing(agent, logins, person):
    login = logins.start()
    eventually(lambda: login.page, "it shows the page")
    [note] = eventually(lambda: list(locks(agent).glob("sign-in-*.json")), "it is noted for others")
    assert stat.S_IMODE(note.stat().st_mode) == 0o600 and json.loads(note.read_text()).get("code") == login.code
    login.interrupt()
    assert login.end() == 130
    eventually(lambda: not agent.processes(), "the program that signs in has ended")
    assert list(locks(agent).glob("sign-in-*.json")) == []
    again = logins.start()
    eventually(lambda: again.page, "the next one begins at once")


def test_nobody_answers(agent, logins, person):
    agent.configure(signInTimeout="20s")
    herd = [logins.start() for _ in range(3)]
    assert [login.end() for login in herd] == [1] * 3
    assert all("within 20 s" in login.text for login in herd) and person.prompts() == 1
    eventually(lambda: not agent.processes(), "the AWS CLI has ended")


def test_nobody_answers_the_daemon(agent, logins, person, waits):
    waits(signInTimeout="20s")
    herd = [logins.start() for _ in range(3)]
    assert [login.end() for login in herd] == [1] * 3 and person.prompts() == 1
    assert all("20 s" in login.text or "in time" in login.text for login in herd), [login.text for login in herd]


# A daemon that starts and stops


def test_the_daemon_opens_no_second_browser(agent, logins, person, home, raw):
    """The daemon's own sign-in waits while one runs in a terminal, and starts if that does not help."""
    home.sign_in(raw)
    person.expire_registration()
    home.age_token(left=1202)
    login = logins.start()
    eventually(lambda: login.page, "it shows the page")
    agent.start()
    needed = agent.wait_until("sign-in-needed")
    assert "somebody is signing in already" in json.dumps(needed["findings"])
    stays(lambda: agent.sign_ins() == 0, "the daemon waits", seconds=1)
    login.interrupt()
    login.end()
    eventually(lambda: agent.sign_ins() == 1, "the daemon's own sign-in")


def test_a_daemon_that_starts_meanwhile_sees_it(agent, logins, person):
    login = logins.start()
    eventually(lambda: login.page, "it shows the page")
    agent.start()
    second = logins.start()
    eventually(lambda: second.code == login.code, "the second joins the first, not the daemon")
    person.approve()
    assert (login.end(), second.end(), person.prompts()) == (0, 0, 1)
    assert agent.wait_until("healthy") and agent.sign_ins() == 0


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_the_daemon_is_restarted_meanwhile(agent, logins, person, waits, end):
    waits()
    login = logins.start()
    eventually(lambda: login.page, "it shows the page")
    getattr(agent, end)()
    waits()
    person.approve()
    assert login.end() == 0 and person.prompts() == 1, login.text


def test_the_daemon_goes_for_good(agent, logins, person, waits):
    waits()
    login = logins.start()
    eventually(lambda: login.page, "it shows the page")
    agent.stop()
    stays(lambda: login.process.poll() is None, "it waits for the sign-in, which goes on")
    person.approve()
    assert login.end() == 0 and person.prompts() == 1, login.text


# Explicit requests


def test_a_session_at_rest_is_signed_in_to_anew(agent, logins, home, sandbox, raw):
    """The user had a reason to sign in again."""
    home.sign_in(raw)
    home.age_token(left=3000)
    assert logins.start().end() == 0
    assert sandbox.prompts() == 1


def test_who_types_it_gets_a_new_one(agent, logins, sandbox, typed):
    assert logins.start().end() == 0
    login = typed()
    assert login.end() == 0 and sandbox.prompts() == 2, login.read()


@pytest.mark.parametrize("profile, session", [("chained", "corp"), ("old-profile", None), ("work-dev", "corp")])
def test_each_kind_of_profile(logins, home, sandbox, profile, session):
    login = logins.start("--profile", profile)
    assert login.end() == 0, login.text
    assert home.token(session or sandbox.start_url)["accessToken"] and sandbox.prompts() == 1


def test_a_profile_that_the_daemon_does_not_guard(agent, logins, home, sandbox, waits):
    waits()
    login = logins.start("--profile", "old-profile")
    assert login.end() == 0, login.text
    assert home.token(sandbox.start_url)["accessToken"] and agent.sign_ins() == 0


def test_a_command_that_is_not_approved_is_not_run(agent, logins, sandbox, waits, home):
    agent.use(command="touch /nonexistent/harm", approve=False)
    waits()
    login = logins.start()
    assert login.end() == 0 and "bedrock-agent approve" in login.text
    assert agent.sign_ins() == 0 and sandbox.prompts() == 1 and home.token()


# Failures


def test_a_damaged_registration_is_set_aside(logins, home, sandbox, aws):
    aws("sso", "login", "--profile", "work-dev")
    [registration] = [file for file in home.cache.glob("*.json") if file != home.token_file()]
    registration.write_text("{")
    home.age_token(left=-10)
    login = logins.start()
    assert login.end() == 0 and "set-aside" in login.text, login.text
    assert json.loads(registration.read_text())["clientId"] and list(home.cache.glob("*.set-aside-*"))


def test_a_registration_that_the_service_forgot(logins, home, sandbox, aws):
    aws("sso", "login", "--profile", "work-dev")
    sandbox.expire_registration()
    home.age_token(left=-10)
    login = logins.start()
    assert login.end() == 0 and "set-aside" in login.text, login.text


def test_a_sign_in_that_leaves_no_good_token(agent, logins, home, sandbox):
    # Long enough for the AWS CLI to ask for its token on a busy machine.
    sandbox.settings(accessToken="1s", portalSession="8s")
    tools = home.path / "tools"
    # The AWS CLI, and then enough time for its token and the session to end.
    write_program(tools / "aws", '/usr/bin/aws "$@"; s=$?; [ "$1" = --version ] || sleep 10; exit $s')
    login = logins.start("--with-aws-cli", PATH=f"{tools}:/usr/bin:/bin")
    assert login.end() == 1 and "without a valid token" in login.text, login.text


@pytest.mark.parametrize("version, words", [(None, "AWS CLI (aws) is not in PATH"), ("aws-cli/1.45.11 Python/3.11", "version 1.45.11")])
def test_without_an_aws_cli_that_can(agent, logins, home, sandbox, version, words):
    tools = home.path / "tools"
    tools.mkdir()
    if version:
        write_program(tools / "aws", f"echo {version}")
    (tools / "env").symlink_to("/usr/bin/env")
    (tools / "sh").symlink_to("/bin/sh")
    login = logins.start("--with-aws-cli", PATH=str(tools))
    assert login.end() == 1 and words in login.text and "awscli" in login.text
    # It is not needed.
    assert logins.start(PATH=str(tools)).end() == 0


def test_a_profile_without_a_session(agent, logins, home):
    home.config.write_text("[profile keys]\naws_access_key_id = a\naws_secret_access_key = b\n")
    login = logins.start("--profile", "keys")
    assert login.end() == 1 and "access keys" in login.text
    assert list(agent.state.glob("locks/sign-in*")) == []
