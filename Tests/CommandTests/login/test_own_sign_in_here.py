"""`login` by its own program on this machine: its files, its network, programs that are ended, what others can see of
it, and AWS's own programs on its token."""

import json
import os
import signal
import stat

import pytest

from exchanges import make_certificate
from own_sign_in import (
    NET, InBackground, Onlooker, Page, Proxy, Service, left_behind, nothing_is_left, own_processes, page_of, send,
    sentence, shown)
from programs import write_program
from waiting import eventually

FLOWS = {"page": (), "code": ("--device-code",)}
WHERE = ("corp", "Identity Center in us-east-1")


@pytest.fixture(params=FLOWS)
def flow(request) -> tuple[str, ...]:
    """The arguments for a sign-in by a page that calls back, and for one by a code."""
    return FLOWS[request.param]


@pytest.fixture
def ended(agent, home, raw, sandbox):
    """Signed in before; the session has ended, so that nothing but a sign-in helps."""
    home.sign_in(raw)
    sandbox.revoke()
    home.age_token(left=-60)
    return home.token()


@pytest.fixture
def tabs(agent, sandbox):
    """The person leaves the page open until `sandbox.approve()`."""
    agent.open_tabs()
    return sandbox.tabs


def finish(login, flow, sandbox):
    """The page that opens is answered by itself; one under a code is answered here."""
    if flow:
        sandbox.approve()
    assert login.end() == 0, login.text


def no_more_rights() -> list[str]:
    """Root, too, is then bound by modes."""
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


# Kinds of sessions


def test_a_legacy_profile(logins, home, sandbox, tabs):
    """There is no page that calls back for it. On this machine the page opens with the code in it."""
    login = logins.start("--profile", "old-profile")
    tabs.wait_for(1)
    assert tabs.opened() == [f"{login.page[0]}?user_code={login.code}"] or login.code in tabs.opened()[0]
    sandbox.approve()
    assert login.end() == 0, login.text
    token = home.token(sandbox.start_url)
    assert token["accessToken"] and "refreshToken" not in token


def test_a_session_without_scopes(logins, home, sandbox, tabs):
    """By the page it cannot have none: it gets what the AWS CLI asks for, and is refreshable."""
    login = logins.start("--profile", "work-unscoped")
    assert page_of(login).query["scopes"] == "sso:account:access"
    sandbox.approve()
    assert login.end() == 0, login.text
    assert home.token("unscoped")["refreshToken"]


def test_a_session_without_scopes_by_a_code(logins, home, sandbox, tabs):
    login = logins.start("--profile", "work-unscoped", "--device-code")
    sandbox.approve()
    assert login.end() == 0, login.text
    assert "refreshToken" not in home.token("unscoped")


# Files


def test_a_cache_that_is_not_there_yet(logins, home, flow, sandbox):
    login = logins.start(*flow)
    finish(login, flow, sandbox)
    assert stat.S_IMODE(home.cache.stat().st_mode) & 0o022 == 0
    files = list(home.cache.iterdir())
    assert len(files) == 2 and {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def unwritable(home):
    home.cache.mkdir(parents=True)
    home.cache.chmod(0o500)


def parent_unwritable(home):
    home.cache.parent.mkdir(parents=True)
    home.cache.parent.chmod(0o500)


def a_file(home):
    home.cache.parent.mkdir(parents=True)
    home.cache.write_text("")


def link_to_nowhere(home):
    home.cache.parent.mkdir(parents=True)
    home.cache.symlink_to("/proc/nowhere/cache")


def token_is_a_folder(home):
    home.token_file().mkdir(parents=True)


@pytest.mark.parametrize("damage, words", [
    (unwritable, "Permission denied"), (parent_unwritable, "Permission denied"), (a_file, "cannot"),
    (link_to_nowhere, "No such file"), (token_is_a_folder, "s a directory"),
], ids=["unwritable", "its parent unwritable", "a file", "a link to nowhere", "the token is a folder"])
def test_a_token_that_could_not_be_written(agent, logins, home, flow, sandbox, tabs, damage, words):
    """It is said before a page opens and a person signs in for nothing."""
    damage(home)
    agent.configure(signInTimeout="20s")
    program = write_program(home.path / "tools" / "login", f'exec {" ".join(no_more_rights())} {agent.program} "$@"')
    agent.program, own = program, agent.program
    login = logins.start(*flow)
    agent.program = own
    sentence(login, "sso/cache", words)
    assert "Sign in at" not in login.text and tabs.opened() == []
    assert left_behind(agent) == []


def test_a_registration_that_cannot_be_written_is_no_reason_to_stop(agent, logins, home, flow, sandbox):
    """It is made anew each time."""
    assert logins.start().end() == 0
    [registration] = [file for file in home.cache.iterdir() if file != home.token_file()]
    home.token_file().unlink()
    registration.unlink()
    registration.mkdir()
    login = logins.start(*flow)
    finish(login, flow, sandbox)
    assert home.token()["refreshToken"] and left_behind(agent) == []


def test_a_token_file_behind_a_link(logins, home, ended, flow, sandbox):
    real = home.path / "dotfiles" / "token.json"
    real.parent.mkdir()
    home.token_file().rename(real)
    home.token_file().symlink_to("../../../dotfiles/token.json")
    login = logins.start(*flow)
    finish(login, flow, sandbox)
    assert home.token_file().is_symlink() and json.loads(real.read_text())["accessToken"] != ended["accessToken"]
    assert [file.name for file in real.parent.iterdir()] == ["token.json"]


@pytest.mark.parametrize("mode", [0o400, 0o640])
def test_the_mode_of_the_token_file_is_kept(logins, home, ended, flow, sandbox, mode):
    home.token_file().chmod(mode)
    login = logins.start(*flow)
    finish(login, flow, sandbox)
    assert stat.S_IMODE(home.token_file().stat().st_mode) == mode
    assert home.token()["accessToken"] != ended["accessToken"]


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"\x00" * 100, b"\xff"])
def test_a_damaged_token_file(agent, logins, home, flow, sandbox, content):
    home.cache.mkdir(parents=True)
    home.token_file().write_bytes(content)
    login = logins.start(*flow)
    finish(login, flow, sandbox)
    assert home.token()["refreshToken"] and left_behind(agent) == []


def test_files_of_others_stay_as_they_are(logins, home, ended, flow, sandbox):
    others = {"0" * 40 + ".json": '{"accessToken": "of another"}', "botocore-client-id-us-east-1.json": "{",
              "notes.txt": "", ".hidden.tmp": "x", f"{'a' * 40}.json": '{"clientId": "x"}', "sub/file.json": "{}"}
    for name, content in others.items():
        (home.cache / name).parent.mkdir(exist_ok=True)
        (home.cache / name).write_text(content)
    before = {name: (home.cache / name).stat() for name in others}
    login = logins.start(*flow)
    finish(login, flow, sandbox)
    for name, content in others.items():
        now = (home.cache / name).stat()
        assert (home.cache / name).read_text() == content
        assert (now.st_ino, now.st_mtime_ns, now.st_mode) == (
            before[name].st_ino, before[name].st_mtime_ns, before[name].st_mode)
    (home.cache / ".hidden.tmp").unlink()


# Programs that are ended


def afterwards(agent, logins, home, sandbox, opened: int):
    """Nothing is left behind, and the next login opens one page and works."""
    nothing_is_left(agent)
    for note in (agent.state / "locks").glob("sign-in-*.json"):
        note.unlink()
    agent.open_tabs()
    login = logins.start()
    page_of(login)
    sandbox.tabs.wait_for(opened + 1)
    sandbox.tabs.followed += sandbox.tabs.unanswered()[:-1]
    sandbox.approve()
    assert login.end() == 0, login.text
    assert len(sandbox.tabs.opened()) == opened + 1
    nothing_is_left(agent)
    assert home.token()["refreshToken"]


@pytest.mark.parametrize("first", ["no token", "an old token"])
def test_ctrl_c_in_front_of_the_page(agent, logins, home, flow, sandbox, tabs, request, first):
    if first == "an old token":
        request.getfixturevalue("ended")
    login = logins.start(*flow)
    url, code = shown(login)
    login.interrupt()
    assert login.end() == 130, login.text
    assert code or Page(url).addresses() == set()
    afterwards(agent, logins, home, sandbox, len(tabs.opened()))


@pytest.mark.parametrize("operation", ["RegisterClient", "StartDeviceAuthorization", "CreateToken"])
def test_ctrl_c_while_the_service_is_asked(agent, logins, home, sandbox, tabs, operation):
    sandbox.fault(operation, "hang", times=-1)
    login = logins.start(*FLOWS["code"])
    eventually(lambda: sandbox.record(operation, client=NET), "it is asked")
    login.interrupt()
    assert login.end() == 130, login.text
    sandbox.clear_faults()
    afterwards(agent, logins, home, sandbox, 0)


def test_ctrl_c_while_the_code_is_exchanged(agent, logins, home, sandbox, tabs):
    sandbox.fault("CreateToken", "hang", times=-1)
    login = logins.start()
    page = page_of(login)
    sandbox.tabs.wait_for(1)
    code = page.code(sandbox)
    with page.connect() as connection:
        target = f"/oauth/callback?code={code}&state={page.state}"
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\n\r\n".encode())
        eventually(lambda: sandbox.record("CreateToken"), "it is asked")
        login.interrupt()
        assert login.end() == 130, login.text
    sandbox.settings(approve="button")
    sandbox.clear_faults()
    afterwards(agent, logins, home, sandbox, 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_the_login_is_ended_and_its_page_goes_on(agent, logins, home, flow, sandbox, tabs, number):
    """Claude Code ends its commands: the next one shows the same page, and opens none."""
    login = logins.start(*flow)
    page = shown(login)
    if not flow:
        tabs.wait_for(1)
    login.interrupt(number)
    assert login.end() in (128 + number, -number)
    next_one = logins.start(*flow)
    assert shown(next_one) == page
    sandbox.approve()
    assert next_one.end() == 0, next_one.text
    assert len(tabs.opened()) == (0 if flow else 1) and home.token()["refreshToken"]
    nothing_is_left(agent)


def test_nobody_waits_any_more_and_the_person_agrees(agent, logins, home, flow, sandbox, tabs):
    login = logins.start(*flow)
    shown(login)
    if not flow:
        tabs.wait_for(1)
    login.interrupt(signal.SIGKILL)
    login.end()
    sandbox.approve()
    eventually(lambda: home.token_file().exists() and home.token()["refreshToken"], "signed in")
    eventually(lambda: not own_processes(agent), "its program has ended")
    nothing_is_left(agent)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_what_is_said_of_its_program_that_was_ended(agent, logins, flow, tabs, number):
    login = logins.start(*flow)
    shown(login)
    send(own_processes(agent), number)
    sentence(login, NET, str(-number if number == signal.SIGKILL else 128 + number))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("first", ["no token", "an old token"])
def test_its_program_is_ended(agent, logins, home, flow, sandbox, tabs, request, number, first):
    if first == "an old token":
        request.getfixturevalue("ended")
    login = logins.start(*flow)
    shown(login)
    if not flow:
        tabs.wait_for(1)
    send(own_processes(agent), number)
    assert login.end() == 1, login.text
    afterwards(agent, logins, home, sandbox, len(tabs.opened()))


@pytest.mark.parametrize("first", ["no token", "an old token"])
def test_its_program_is_killed(agent, logins, home, flow, sandbox, tabs, request, first):
    """What it leaves is not in the way of the next, which clears it away."""
    if first == "an old token":
        request.getfixturevalue("ended")
    login = logins.start(*flow)
    shown(login)
    if not flow:
        tabs.wait_for(1)
    send(own_processes(agent), signal.SIGKILL)
    assert login.end() == 1, login.text
    for file in (agent.state / "locks").glob("sign-in-*.json"):
        file.unlink()
    again = logins.start(*flow)
    shown(again)
    if not flow:
        tabs.wait_for(2)
        sandbox.tabs.followed += sandbox.tabs.unanswered()[:-1]
        sandbox.approve()
    else:
        sandbox.approve(user_code=again.code)
    assert again.end() == 0, again.text
    assert home.token()["refreshToken"]
    nothing_is_left(agent)


# The network


@pytest.fixture
def beyond(sandbox, tmp_path):
    """The service by TLS, with a certificate of its own, and a proxy in front of it."""
    certificate = make_certificate(tmp_path)
    service, proxy = Service(sandbox, certificate), Proxy()
    service.certificate = certificate[0]
    yield service, proxy
    for server in (service, proxy):
        server.shutdown()
        server.server_close()


def agree(login, flow, sandbox):
    """On the sandbox's own page: its browser knows no certificates."""
    if flow:
        sandbox.approve()
    else:
        page = page_of(login)
        assert page.bring(code=page.code(sandbox), state=page.state).status_code == 200


def test_through_a_proxy_with_certificates_of_ones_own(logins, home, flow, sandbox, tabs, beyond):
    service, proxy = beyond
    login = logins.start(*flow, AWS_ENDPOINT_URL_SSO_OIDC=service.url, AWS_CA_BUNDLE=service.certificate,
                         HTTPS_PROXY=proxy.url)
    agree(login, flow, sandbox)
    assert login.end() == 0, login.text
    assert home.token()["refreshToken"] and set(proxy.asked) == {service.url.removeprefix("https://")}


def test_the_bundle_of_the_profile_and_no_proxy(logins, home, flow, sandbox, tabs, beyond):
    service, proxy = beyond
    home.config.write_text(home.config.read_text().replace(
        "[profile work-dev]\n", f"[profile work-dev]\nca_bundle = {service.certificate}\n"))
    login = logins.start(
        *flow, AWS_ENDPOINT_URL_SSO_OIDC=service.url, HTTPS_PROXY=proxy.url, NO_PROXY="127.0.0.1,localhost")
    agree(login, flow, sandbox)
    assert login.end() == 0, login.text
    assert proxy.asked == []


def test_a_certificate_that_nobody_knows(agent, logins, flow, sandbox, tabs, beyond):
    service, _ = beyond
    login = logins.start(*flow, AWS_ENDPOINT_URL_SSO_OIDC=service.url)
    sentence(login, "cannot register a client", *WHERE, "certificate")
    assert tabs.opened() == []
    nothing_is_left(agent)


def test_a_bundle_that_is_not_there(logins, flow, tabs, beyond, tmp_path):
    service, _ = beyond
    login = logins.start(*flow, AWS_ENDPOINT_URL_SSO_OIDC=service.url, AWS_CA_BUNDLE=str(tmp_path / "none.pem"))
    sentence(login, "cannot register a client", *WHERE)


def test_a_proxy_that_does_not_answer(agent, logins, flow, tabs, beyond):
    """Its password is not for others."""
    service, _ = beyond
    login = logins.start(*flow, AWS_ENDPOINT_URL_SSO_OIDC=service.url, AWS_CA_BUNDLE=service.certificate,
                         HTTPS_PROXY="http://me:s3cret@127.0.0.1:1")
    assert "s3cret" not in sentence(login, "cannot register a client", *WHERE)
    nothing_is_left(agent)


def test_a_service_that_is_not_there(logins, flow, tabs):
    login = logins.start(*flow, AWS_ENDPOINT_URL_SSO_OIDC="http://127.0.0.1:1")
    sentence(login, "cannot register a client", *WHERE)
    assert tabs.opened() == []


# What others can see of it


def written_down(agent, home) -> str:
    """All that it has written outside the token cache."""
    files = [file for folder in (agent.state, agent.state.parent, home.path / ".claude") for file in folder.rglob("*")]
    return "\n".join(file.read_text(errors="replace") for file in files if file.is_file())


def no_secret(service, home, *texts: str | bytes):
    """Of what was said to the service and by it, and of what is in the token file."""
    token = home.token()
    secrets = {**service.secrets, **{token[name]: name for name in ("accessToken", "refreshToken", "clientSecret")}}
    for text in texts:
        text = text if isinstance(text, bytes) else text.encode()
        said = [name for secret, name in secrets.items() if secret.encode() in text]
        assert not said, said


def test_no_secret_is_seen_by_others(agent, logins, home, flow, sandbox, tabs, service):
    onlooker = Onlooker()
    try:
        login = logins.start(*flow, AWS_ENDPOINT_URL_SSO_OIDC=service.url)
        shown(login)
        eventually(lambda: NET in onlooker.programs, "it was looked at")
        agree(login, flow, sandbox)
        assert login.end() == 0, login.text
    finally:
        seen = onlooker.end()
    expected = {"accessToken", "refreshToken", "clientSecret"}
    assert set(service.secrets.values()) == expected | ({"deviceCode"} if flow else {"code", "codeVerifier"})
    status = agent.run("status", check=False)
    no_secret(service, home, seen, login.text, written_down(agent, home), status.stdout, status.stderr)


def test_no_secret_is_in_the_journal(agent, home, flow, sandbox, tabs, service):
    """The daemon signs in, by the command that Claude Code would run."""
    agent.environment["AWS_ENDPOINT_URL_SSO_OIDC"] = service.url
    agent.use(approve=False)
    settings = json.loads(agent.settings.read_text())
    settings["awsAuthRefresh"] = " ".join(["bedrock-agent login --profile work-dev", *flow])
    agent.settings.write_text(json.dumps(settings))
    agent.run("approve", "--yes")
    agent.start()
    InBackground(lambda: agent.control("SignIn"))
    eventually(lambda: tabs.opened() or sandbox.waiting(), "a page waits for an answer")
    if sandbox.waiting():
        sandbox.approve(user_code=sandbox.waiting()[0])
    else:
        page = Page(tabs.opened()[0])
        assert page.bring(code=page.code(sandbox), state=page.state).status_code == 200
    agent.wait_until("healthy")
    status = agent.run("status", check=False).stdout + agent.run("status", "--json", check=False).stdout
    no_secret(service, home, agent.journal(), status, written_down(agent, home))


# AWS's own programs


@pytest.fixture
def signed_in_by_it(logins, sandbox, flow):
    login = logins.start(*flow)
    finish(login, flow, sandbox)


def test_the_aws_cli_takes_the_token_and_refreshes_it(aws, home, sandbox, signed_in_by_it):
    credentials = json.loads(aws("configure", "export-credentials", "--profile", "work-dev").stdout)
    assert credentials["AccessKeyId"] and credentials["SessionToken"]
    before = home.token()
    home.age_token(left=60)
    home.forget_role_credentials()
    aws("configure", "export-credentials", "--profile", "work-dev")
    assert home.token()["accessToken"] != before["accessToken"]
    [refresh] = sandbox.record("CreateToken", grantType="refresh_token")
    assert refresh["status"] == 200


def test_boto3_takes_the_token_and_refreshes_it(python, home, sandbox, signed_in_by_it):
    script = """
import boto3
credentials = boto3.Session(profile_name="work-dev").get_credentials().get_frozen_credentials()
assert credentials.access_key and credentials.token"""
    python(script)
    before = home.token()
    home.age_token(left=60)
    python(script)
    assert home.token()["accessToken"] != before["accessToken"]


def test_the_daemon_refreshes_the_token(agent, home, sandbox, signed_in_by_it):
    home.age_token(left=60)
    agent.start(signIn="never")
    eventually(lambda: agent.requests(), "it is refreshed")
    agent.wait_until("healthy")


def test_the_aws_cli_takes_a_legacy_token(aws, logins, home, sandbox):
    assert logins.start("--profile", "old-profile").end() == 0
    credentials = json.loads(aws("configure", "export-credentials", "--profile", "old-profile").stdout)
    assert credentials["AccessKeyId"]


@pytest.mark.parametrize("profile", ["work-dev", "old-profile"])
def test_the_aws_cli_signs_in_after_it_and_it_after_the_aws_cli(aws, agent, logins, home, sandbox, profile):
    """Each with the registration that the other left."""
    for _ in range(2):
        assert logins.start("--profile", profile).end() == 0
        aws("sso", "login", "--profile", profile)
        for file in home.cache.glob("*.json"):
            if "accessToken" in file.read_text():
                file.unlink()
    assert list(home.cache.glob("*.set-aside-*")) == []


def test_on_request_the_aws_cli_signs_in(logins, home, sandbox):
    login = logins.start("--with-aws-cli")
    assert login.end() == 0, login.text
    assert sandbox.record("RegisterClient", client="aws-cli") and not sandbox.record("RegisterClient", client=NET)
    assert home.token()["refreshToken"]


def test_without_the_aws_cli(logins, home, sandbox, flow):
    tools = home.path / "tools"
    tools.mkdir()
    (tools / "sh").symlink_to("/bin/sh")
    login = logins.start(*flow, PATH=str(tools))
    finish(login, flow, sandbox)
    assert home.token()["refreshToken"]
