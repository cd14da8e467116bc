"""`login` by a code, with a browser anywhere (device flow): what the service may answer before the person has agreed,
and what is said when it fails. Also: a service that refuses whatever is asked first."""

import pytest

from own_sign_in import NET, nothing_is_left, sentence, shown
from waiting import eventually, stays

WHERE = ("corp", "Identity Center in us-east-1")
NOT_THEIRS = "did not come from the service"


@pytest.fixture
def by_code(agent, logins):
    """Starts a login by a code."""
    agent.open_tabs()
    return lambda **environment: logins.start("--device-code", **environment)


@pytest.fixture
def waiting(by_code):
    """A login that shows its code."""
    login = by_code()
    shown(login)
    return login


def polls(sandbox) -> list:
    return sandbox.record("CreateToken", client=NET)


def test_a_code(home, sandbox, waiting):
    [code] = sandbox.waiting()
    url, shown = waiting.page
    assert shown == code and url.startswith(sandbox.url)
    sandbox.approve()
    assert waiting.end() == 0, waiting.text
    assert home.token()["refreshToken"] and sandbox.tabs.opened() == []
    assert len(sandbox.record("StartDeviceAuthorization", client=NET)) == 1 and not sandbox.record("Authorize")


# While the person has not agreed


@pytest.mark.parametrize("faults", [
    [("error", {"error": "authorization_pending", "times": 2})],
    [("slow_down", {})],
    [("503", {})], [("500", {})], [("429", {})], [("reset", {})],
    [("html", {})], [("garbage", {})], [("empty", {})],
    [("503", {}), ("html", {})],
    [("error", {"error": "internal_server_error", "status": 400})],
    [("error", {"error": "proxy_login", "status": 407})],
], ids=["pending", "slow_down", "503", "500", "429", "reset", "HTML", "not JSON", "empty", "503 and HTML",
        "server error", "407"])
def test_what_says_nothing_of_the_code(home, sandbox, by_code, faults):
    """It is asked again: a network that is down, or a page of a hotel's, is no answer of the service's."""
    for fault, more in faults:
        sandbox.fault("CreateToken", fault, **more)
    login = by_code()
    shown(login)
    eventually(lambda: not sandbox.control("GET", "faults"), "each was met")
    sandbox.approve()
    assert login.end() == 0, login.text
    assert home.token()["refreshToken"]


def test_the_service_is_asked_as_seldom_as_it_wants(sandbox, by_code):
    sandbox.settings(deviceInterval="2s")
    login = by_code()
    eventually(lambda: len(polls(sandbox)) >= 4, "it was asked several times")
    sandbox.approve()
    assert login.end() == 0, login.text
    assert "slow_down" not in {entry.get("error") for entry in polls(sandbox)}


def test_the_code_expires(agent, sandbox, by_code):
    sandbox.settings(deviceCode="2s")
    sentence(by_code(), "the code for corp has expired")
    nothing_is_left(agent)


def test_denied(agent, home, sandbox, waiting):
    sandbox.deny()
    sentence(waiting, "access for corp was denied on the sign-in page")
    assert not home.token_file().exists()
    nothing_is_left(agent)


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_scope", "expired_token", "invalid_client"])
def test_the_code_is_refused(agent, home, sandbox, by_code, error):
    sandbox.fault("CreateToken", "error", error=error, times=-1)
    words = ["corp", "expired"] if error == "expired_token" else ["cannot get a token", *WHERE, f"{error}, Refused"]
    sentence(by_code(), *words)
    assert not home.token_file().exists()
    nothing_is_left(agent)


def test_nobody_answers(agent, sandbox, by_code):
    agent.configure(signInTimeout="20s")
    sentence(by_code(), "nobody signed in to corp within 20 s")
    nothing_is_left(agent)


def test_the_network_is_down_until_the_time_is_over(agent, sandbox, by_code):
    """It ends in time, whatever it waits for."""
    agent.configure(signInTimeout="20s")
    sandbox.fault("CreateToken", "503", times=-1)
    sentence(by_code(), "corp", "20 s")
    nothing_is_left(agent)


# The client registration


@pytest.fixture
def registered(home, by_code, sandbox):
    """Signed in once by a code, and out again: the registration is cached."""
    login = by_code()
    sandbox.approve()
    assert login.end() == 0, login.text
    home.token_file().unlink()


@pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client"])
def test_a_registration_that_the_service_forgot(home, registered, sandbox, by_code, error):
    """It is set aside, not deleted, and there is a new one."""
    sandbox.fault("StartDeviceAuthorization", "error", error=error, status=401)
    login = by_code()
    sandbox.approve()
    assert login.end() == 0, login.text
    assert len(list(home.cache.glob("*.set-aside-*"))) == 1 and len(sandbox.record("RegisterClient")) == 2


def test_it_forgets_the_new_one_too(agent, registered, sandbox, by_code):
    sandbox.fault("StartDeviceAuthorization", "error", error="invalid_client", status=401, times=-1)
    sentence(by_code(), "cannot ask for a code", *WHERE, "invalid_client")
    assert len(sandbox.record("RegisterClient")) == 2
    nothing_is_left(agent)


def test_a_registration_that_has_ended(home, registered, sandbox, by_code):
    sandbox.expire_registration()
    login = by_code()
    sandbox.approve()
    assert login.end() == 0, login.text
    assert len(sandbox.record("RegisterClient")) == 2


def test_a_registration_that_is_refused_while_polling_is_set_aside(home, registered, sandbox, by_code):
    """Else the next sign-in begins with it again."""
    login = by_code()
    shown(login)
    sandbox.expire_registration()
    sentence(login, *WHERE, "invalid_client")
    assert list(home.cache.glob("*.set-aside-*"))


# What is asked first


@pytest.mark.parametrize("flow", ["code", "page"])
@pytest.mark.parametrize("fault, more, words", [
    ("error", {"error": "invalid_scope"}, "invalid_scope, Refused on purpose"),
    ("error", {"error": "access_denied", "status": 403, "description": "No such\ninstance"}, "No such instance"),
    ("503", {}, "HTTP 503"), ("garbage", {}, NOT_THEIRS), ("html", {}, NOT_THEIRS), ("empty", {}, NOT_THEIRS),
    ("truncate", {}, "register"), ("reset", {}, "register"),
], ids=["invalid_scope", "access_denied", "503", "not JSON", "HTML", "empty", "cut off", "reset"])
def test_no_client_can_be_registered(agent, home, logins, sandbox, flow, fault, more, words):
    """No page opens."""
    agent.open_tabs()
    sandbox.fault("RegisterClient", fault, times=-1, **more)
    login = logins.start(*(["--device-code"] if flow == "code" else []))
    sentence(login, "cannot register a client", *WHERE, words)
    assert "Sign in at" not in login.text and sandbox.tabs.opened() == []
    assert not home.cache.exists() or list(home.cache.iterdir()) == []
    nothing_is_left(agent)


@pytest.mark.parametrize("fault, more, words", [
    ("error", {"error": "invalid_request", "description": "another region"}, "invalid_request, another region"),
    ("error", {"error": "access_denied", "status": 403}, "access_denied"),
    ("503", {}, "HTTP 503"), ("garbage", {}, NOT_THEIRS), ("html", {}, NOT_THEIRS), ("reset", {}, "ask for a code"),
], ids=["another region", "access_denied", "503", "not JSON", "HTML", "reset"])
def test_there_is_no_code(agent, sandbox, by_code, fault, more, words):
    sandbox.fault("StartDeviceAuthorization", fault, times=-1, **more)
    login = by_code()
    sentence(login, "cannot ask for a code", *WHERE, words)
    assert "Sign in at" not in login.text
    nothing_is_left(agent)


@pytest.mark.parametrize("change", [
    {"verificationUri": "javascript:alert(1)"}, {"verificationUri": "file:///etc/passwd"}, {"verificationUri": ""},
    {"verificationUri": "https://a/\x1b[2J"}, {"verificationUri": "https://a/\nhttps://b/"},
    {"verificationUri": "--help"}, {"verificationUri": None}, {"deviceCode": None}, {"deviceCode": ""},
    {"userCode": None}, {"userCode": 7},
], ids=str)
def test_a_code_that_cannot_be_shown(agent, logins, sandbox, service, change):
    """What is no address of a page is neither opened nor printed."""
    agent.open_tabs()
    service.changes["/device_authorization"] = lambda asked, status, said: (status, {**said, **change})
    # A legacy profile's page is opened here.
    login = logins.start("--profile", "old-profile", AWS_ENDPOINT_URL_SSO_OIDC=service.url)
    sentence(login, "cannot ask for a code", "us-east-1", NOT_THEIRS)
    assert "Sign in at" not in login.text and "\x1b" not in login.text
    stays(lambda: sandbox.tabs.opened() == [], "no page opens", seconds=1)


@pytest.mark.parametrize("profile", ["work-dev", "old-profile"])
def test_an_address_in_an_error_is_not_the_page(logins, sandbox, agent, profile):
    """Nor is a word in capitals the code."""
    agent.open_tabs()
    sandbox.fault("RegisterClient", "error", error="access_denied", times=-1,
                  description="AAAA-BBBB, see https://evil.example/?user_code=AAAA-BBBB")
    login = logins.start("--profile", profile)
    sentence(login, "cannot register a client", "us-east-1", "see https://evil.example/")
    assert login.page is None and "Sign in at" not in login.text and "with the code" not in login.text
    stays(lambda: sandbox.tabs.opened() == [], "no page opens", seconds=1)


@pytest.mark.parametrize("complete", ["javascript:alert(1)", "--help", "https://a/ b", "", None])
def test_a_shortcut_that_is_no_page(agent, logins, sandbox, service, complete):
    """The page itself is good enough."""
    agent.open_tabs()
    service.changes["/device_authorization"] = lambda asked, status, said: (
        status, {**said, "verificationUriComplete": complete})
    login = logins.start("--profile", "old-profile", AWS_ENDPOINT_URL_SSO_OIDC=service.url)
    sandbox.tabs.wait_for(1)
    [url] = sandbox.tabs.opened()
    assert url.startswith(sandbox.url), url
    sandbox.approve(user_code=login.code)
    assert login.end() == 0, login.text


@pytest.mark.parametrize("change", [
    {"clientSecretExpiresAt": None}, {"clientId": ""}, {"clientSecret": None}, {"clientSecret": 5}], ids=str)
def test_a_registration_that_is_none(agent, home, by_code, service, change):
    service.changes["/client/register"] = lambda asked, status, said: (status, {**said, **change})
    sentence(by_code(AWS_ENDPOINT_URL_SSO_OIDC=service.url), "cannot register a client", *WHERE, NOT_THEIRS)
    assert not home.cache.exists() or list(home.cache.iterdir()) == []


@pytest.mark.parametrize("interval", [None, 0, -5, "soon"], ids=str)
def test_whatever_the_interval(by_code, sandbox, service, interval):
    service.changes["/device_authorization"] = lambda asked, status, said: (status, {**said, "interval": interval})
    login = by_code(AWS_ENDPOINT_URL_SSO_OIDC=service.url)
    sandbox.approve()
    assert login.end() == 0, login.text


def test_an_interval_without_end(agent, by_code, service):
    service.changes["/device_authorization"] = lambda asked, status, said: (status, {**said, "interval": 2**62})
    login = by_code(AWS_ENDPOINT_URL_SSO_OIDC=service.url)
    shown(login)
    login.interrupt()
    assert login.end() == 130
    nothing_is_left(agent)
