"""Values of `notify` that are wrong: the finding names the key, and what held before still does."""

import json

import pytest

from waiting import eventually

WRONG = ['3', 'true', 'null', '""', '"  "', '"\\n\\t"', '["mail", "me"]', '{"command": "mail me"}']


def found(agent) -> dict | None:
    return next((each for each in agent.status()["findings"] if each["code"] == "config-wrong"), None)


def put(agent, value: str):
    agent.config.parent.mkdir(parents=True, exist_ok=True)
    agent.config.write_text(f'{{"signIn": "ask", "notify": {value}}}')


def refuse(agent):
    finding = eventually(lambda: found(agent), "that is a finding")
    assert "key notify: must be a shell command line" in finding["message"] and finding["subject"] == str(agent.config)
    assert str(agent.config) in finding["message"] and finding["fix"].startswith("correct it")
    return finding["fix"]


@pytest.mark.parametrize("value", WRONG)
def test_it_is_said_with_and_without_a_daemon(agent, signed_in, value):
    agent.use()
    put(agent, value)
    refuse(agent)
    agent.start()
    refuse(agent)
    agent.wait_until("healthy")


@pytest.mark.parametrize("value", WRONG)
def test_the_command_from_before_stays_in_force(agent, chat, need, signed_in, value):
    chat.use(signIn="ask")
    agent.start()
    agent.wait_until("healthy")
    put(agent, value)
    assert refuse(agent).endswith("until then the previous configuration stays in force")
    need.begin()
    chat.wait_for()
    assert agent.sign_ins() == 0


def test_it_stays_in_force_only_as_long_as_it_is_approved(agent, chat, need, signed_in):
    chat.use(signIn="ask")
    agent.start()
    agent.wait_until("healthy")
    put(agent, "3")
    refuse(agent)
    (agent.state / "approvals.json").write_text("[]")
    eventually(lambda: "notify-unapproved" in agent.findings(), "it is seen")
    need.begin()
    agent.wait_until("sign-in-needed")
    chat.no_more(0)


def test_corrected_it_is_run_for_the_need_that_is_still_there(agent, chat, need):
    need.begin()
    agent.use()
    agent.run("approve", "--yes")
    put(agent, "3")
    agent.start(signIn="ask")
    agent.wait_until("sign-in-needed")
    chat.no_more(0)
    chat.use(signIn="ask")
    chat.wait_for()


@pytest.mark.parametrize("removed", ["key", "file"])
def test_removed_it_is_not_run(agent, chat, need, signed_in, removed):
    chat.use()
    del agent.environment["DISPLAY"]
    agent.start()
    agent.wait_until("healthy")
    if removed == "key":
        agent.configure()
    else:
        agent.config.unlink()
    agent.control("Reload")
    need.begin()
    agent.wait_until("sign-in-needed")
    chat.no_more(0)
    assert agent.findings() == ["sign-in-needed"] and "notify" not in agent.journal()


def test_a_key_that_is_nearly_it(agent, signed_in):
    agent.use()
    agent.config.parent.mkdir(parents=True)
    agent.config.write_text(json.dumps({"notfy": "mail me"}))
    assert "unknown key notfy; did you mean notify?" in found(agent)["message"]
