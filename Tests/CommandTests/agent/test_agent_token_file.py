"""The token file as other programs may leave it: half-written, damaged, missing."""

import json

import pytest

from aws_home import stamp
from waiting import eventually, stays


@pytest.fixture
def healthy(agent, home, raw):
    home.sign_in(raw)
    agent.start(signIn="ask")
    agent.wait_until("healthy")
    return agent


def rewritten(home, left):
    return json.dumps({**home.token(), "accessToken": "another", "expiresAt": stamp(left)}).encode()


def test_a_file_that_is_just_being_written(healthy, home, sandbox):
    """The AWS CLI writes in place, after truncating the file. Nothing is reported, and nothing is done."""
    agent, file = healthy, home.token_file()
    for number, cut in enumerate([0, 1, 20, 300, -1]):
        text = rewritten(home, left=3000 + number)
        with file.open("r+b") as writing:
            writing.truncate()
            writing.write(text[:cut])
        stays(lambda: (agent.status()["condition"], agent.findings()) in [("healthy", []), ("refreshing", [])],
              "it waits for the rest", seconds=0.7)
        with file.open("ab") as writing:
            writing.write(text[cut:])
        end = json.loads(text)["expiresAt"]
        eventually(lambda: agent.session()["accessTokenExpiresAt"] == end, f"read whole after cut {cut}")
    assert agent.status()["condition"] == "healthy" and agent.requests() == []
    assert agent.sign_ins() == 0 and not agent.entries("damaged") and not agent.entries("sign-in-needed")


def test_a_torn_file_at_the_start(agent, home, sandbox, raw):
    home.sign_in(raw)
    whole = home.token_file().read_bytes()
    home.token_file().write_bytes(whole[:100])
    agent.start()
    assert agent.status()["condition"] == "refreshing" and agent.findings() == []
    home.token_file().write_bytes(whole)
    agent.wait_until("healthy")
    assert agent.sign_ins() == 0


def test_a_good_token_that_cannot_be_read(agent, home, raw):
    """As on a failing disk: the content is unknown, so the file is not damaged, what was read last counts, and nobody has
    to sign in because of it."""
    home.sign_in(raw)
    agent.start()
    agent.wait_until("healthy")
    file, other = home.token_file(), home.token_file().with_name("other")
    whole = file.read_bytes()
    # A regular file whose start cannot be read.
    other.symlink_to("/proc/self/mem")
    other.replace(file)
    eventually(lambda: agent.findings() == ["token-unreadable"], "it says so")
    status = agent.status()
    assert status["condition"] == "healthy" and status["exit"] == 1
    other.write_bytes(whole)
    other.replace(file)
    eventually(lambda: agent.findings() == [], "it is read again")
    assert agent.sign_ins() == 0 and agent.requests() == [] and not agent.entries("damaged")


def test_a_file_that_stays_damaged_is_a_finding(healthy, home):
    agent, whole = healthy, home.token_file().read_bytes()
    home.token_file().write_bytes(whole[:100])
    status = agent.wait_until("sign-in-needed")
    assert [finding["code"] for finding in status["findings"]] == ["token-damaged", "sign-in-needed"]
    assert home.token_file().name in status["findings"][0]["message"]
    home.token_file().write_bytes(whole)
    assert agent.wait_until("healthy")["findings"] == []
    assert agent.sign_ins() == 0 and agent.requests() == []


def test_a_damaged_file_is_mended_by_a_sign_in(agent, home, raw):
    home.sign_in(raw)
    home.token_file().write_bytes(home.token_file().read_bytes()[:100])
    agent.start()
    eventually(lambda: agent.sign_ins() == 1, "a sign-in")
    agent.wait_until("healthy")
    assert agent.sign_ins() == 1 and home.token()["refreshToken"]
    assert len([line for line in agent.entries(home.token_file().name) if "resolved:" not in line]) == 1


def test_a_deleted_file_is_meant(agent, home, sandbox, raw):
    """No tab by itself; the fix that is printed signs in."""
    home.sign_in(raw)
    agent.start()
    agent.wait_until("healthy")
    home.token_file().unlink()
    finding, = agent.wait_until("sign-in-needed")["findings"]
    assert "may have signed out on purpose" in finding["message"], finding
    agent.control("Reload")
    agent.kill()
    agent.start()
    stays(lambda: agent.sign_ins() == 0, "no sign-in by itself", seconds=1)
    agent.run(*finding["fix"].split()[1:])
    agent.wait_until("healthy")
    assert agent.sign_ins() == 1 and sandbox.prompts() == 1


def test_signing_out_and_in_again(agent, aws, home, sandbox):
    aws("sso", "login", "--profile", "work-dev")
    agent.start()
    agent.wait_until("healthy")
    aws("sso", "logout")
    agent.wait_until("sign-in-needed")
    stays(lambda: agent.sign_ins() == 0, "no sign-in by itself", seconds=1)
    aws("sso", "login", "--profile", "work-dev")
    agent.wait_until("healthy")
    assert agent.sign_ins() == 0


def test_a_link_into_a_folder_that_comes_later(agent, home, sandbox, raw):
    """As with a home folder that is mounted after the daemon started."""
    home.sign_in(raw)
    home.age_token(left=1202)
    later = home.path / "later"
    elsewhere = home.path / "elsewhere"
    elsewhere.mkdir()
    home.token_file().rename(elsewhere / "corp.json")
    home.token_file().symlink_to(later / "corp.json")
    agent.start(signIn="ask")
    agent.wait_until("sign-in-needed")
    elsewhere.rename(later)
    # It is healthy before that, too.
    eventually(lambda: len(agent.requests()) == 1, "a refresh")
    agent.wait_until("healthy")
    assert len(agent.requests()) == 1 and home.token_file().is_symlink() and agent.sign_ins() == 0
