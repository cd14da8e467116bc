"""What nobody is to see: no secret in the message or beside it, and the command in nothing but `approve`."""

import json
import subprocess

import pytest

from telling import ADDRESS, warnings
from waiting import eventually

SECRETS = ("accessToken", "refreshToken", "clientSecret")


@pytest.fixture
def said(agent):
    """Everything that our programs say, to people and to programs."""
    def all_of_it() -> str:
        texts = []
        for command in (
                ("status",), ("status", "--json"), ("doctor",), ("doctor", "--json"), ("doctor", "--offline"), ("log",),
                ("log", "--json"), ("cover", "9h", "--check")):
            result = agent.run(*command, check=False)
            texts.append(result.stdout + result.stderr)
        return "\n".join([*texts, agent.journal()])

    return all_of_it


def hidden(text: str, *words: str):
    found = [word for word in (*words, ADDRESS, "B4711") if word in text]
    assert not found, f"{found} in: {text}"


def test_no_secret_is_given_to_the_command(asking, chat, home):
    token = home.token()
    asking.start()
    chat.wait_for()
    given = chat.text() + json.dumps(chat.environments()) + "".join(chat.words())
    assert not [name for name in SECRETS if token[name] in given + asking.journal()]
    assert "BEDROCK_AGENT_SIGN_IN" not in given


def test_what_the_settings_keep_secret_is_not_in_the_message(asking, chat):
    settings = json.loads(asking.settings.read_text())
    settings["env"].update({"AWS_BEARER_TOKEN": "s3cret", "ANTHROPIC_API_KEY": "s3cret"})
    settings["apiKey"] = "s3cret"
    asking.settings.write_text(json.dumps(settings))
    asking.start()
    chat.wait_for()
    assert "s3cret" not in chat.text() + asking.journal()


def test_the_message_is_in_no_argument(asking, chat):
    """Everybody on the machine can read those."""
    go_on, begun = chat.folder / "go-on", chat.folder / "begun"
    chat.use(f"touch {begun}; until [ -e {go_on} ]; do sleep 0.1; done; {chat.command}", signIn="ask")
    asking.start()
    eventually(begun.exists, "it runs")
    lines = subprocess.run(["ps", "-wwo", "args=", "-p", ",".join(map(str, asking.processes()))],
                           capture_output=True, text=True, check=True).stdout
    go_on.touch()
    chat.wait_for()
    assert str(go_on) in lines and "sign-in needed" not in lines


# The command itself


def test_approved(asking, chat, said):
    asking.start()
    chat.wait_for()
    hidden(said())


def test_not_approved(asking, chat, said):
    chat.configure(chat.command + "; true", signIn="ask")
    hidden(said())
    asking.start()
    eventually(lambda: "notify-unapproved" in asking.findings(), "that is a finding")
    hidden(said())


def test_others_can_write_it(asking, chat, said):
    asking.config.chmod(0o666)
    asking.start()
    eventually(lambda: "notify-untrusted" in asking.findings(), "that is a finding")
    hidden(said())


def test_it_fails(asking, chat, said):
    """Not even where its output would tell it, as the shell's does by `set -x`: it is the last line that is shown."""
    chat.use(f"set -x; : {ADDRESS}; echo no; exit 3", signIn="ask")
    asking.start()
    line, = eventually(lambda: warnings(asking), "a warning")
    # The traced line of `exit` is the last one.
    assert line.endswith(": + exit 3")
    hidden(said())


@pytest.mark.parametrize("text", [
    f'{{"notify": "curl {ADDRESS}"', f'{{"notify": ["curl", "{ADDRESS}"]}}', f'{{"notifi": "curl {ADDRESS}"}}',
    f'{{"notify": "curl {ADDRESS}\n"}}'])
def test_the_file_is_wrong(asking, chat, said, text):
    asking.config.write_text(text)
    asking.start()
    eventually(lambda: "config-wrong" in asking.findings(), "that is a finding")
    hidden(said())


def test_records_say_nothing_of_it_but_the_approval(asking, chat):
    asking.start()
    chat.wait_for()
    asking.stop()
    tells = {file.name for file in asking.state.rglob("*") if file.is_file() and ADDRESS in file.read_text()}
    assert tells == {"approvals.json"}
    assert (asking.state / "approvals.json").stat().st_mode & 0o077 == 0
    asking.start()
