"""Another version of this program writes the same records: after it, before it, or in turn with it, as where two machines share
a home. Neither loses what is the other's, nor what limits the sign-ins."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from waiting import eventually

MODEL = "global.anthropic.claude-opus-4-5-20251101-v1:0"
SETUP = ("setup", "--yes", "--no-enable", "--no-login", "--profile", "work-dev", "--region", "us-west-2", "--model")


def hours_ago(hours: float) -> str:
    return (datetime.now(timezone.utc) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def change(path, edit) -> dict:
    """As another program does: a new file in its place, of what is there just now."""
    other = path.with_suffix(".other")
    while True:
        before = path.read_text()
        record = json.loads(before)
        edit(record)
        other.write_text(json.dumps(record))
        if path.read_text() == before:
            other.replace(path)
            return record


def test_the_record_of_setup_keeps_what_a_later_version_wrote(agent, signed_in):
    agent.settings.parent.mkdir()
    agent.settings.write_text('{"theme": "dark"}')
    agent.run(*SETUP, MODEL)
    record = agent.state / "setup.json"

    def later(record: dict):
        record["later"] = {"kept": 1.5}
        [file] = record["files"]
        file["ofFile"] = ["a"]
        file["history"]["steps"][0]["ofStep"] = True

    change(record, later)
    agent.run(*SETUP, "sonnet")
    now = json.loads(record.read_text())
    [file] = now["files"]
    assert now["later"] == {"kept": 1.5} and file["ofFile"] == ["a"]
    assert [step.get("ofStep") for step in file["history"]["steps"]] == [True, None]
    agent.run("reset", "--yes")
    assert agent.settings.read_text() == '{"theme": "dark"}'
    assert json.loads(record.read_text())["later"] == {"kept": 1.5}


@pytest.mark.parametrize("name, refuses, begins_anew", [
    ("setup.json", (*SETUP, "sonnet"), ("reset", "--yes")), ("approvals.json", ("approve", "--yes"), (*SETUP, "sonnet"))])
def test_a_record_of_another_form_is_refused_by_name_and_kept(agent, signed_in, name, refuses, begins_anew):
    agent.run(*SETUP, MODEL)
    record = agent.state / name
    later = '{"version": 2, "entries": [{"later": true}]}'
    record.write_text(later)
    said = agent.run(*refuses, check=False)
    assert said.returncode == 1 and str(record) in said.stderr and "a later version's" in said.stderr
    assert record.read_text() == later
    # What goes on without it leaves it there under another name.
    agent.run(*begins_anew)
    assert record.read_text() != later and record.with_name(f"{name}.unreadable").read_text() == later


@pytest.mark.parametrize("isLater", [True, False], ids=["later", "earlier"])
def test_two_at_once(agent, home, raw, isLater):
    """The daemon here, another version there; each writes twice."""
    home.sign_in(raw)
    agent.start(notify="cat > /dev/null", signIn="ask")
    agent.run("approve", "--yes")
    agent.wait_until("healthy")
    state = agent.state / "state.json"
    for turn in range(2):
        # What ends a session, and what begins one, is written down here.
        home.token_file().unlink()
        agent.wait_until("sign-in-needed")
        spent = [hours_ago(20 - turn * 2), hours_ago(19 - turn * 2)]

        def there(record: dict):
            record["automaticSignIns"] = sorted({*record.get("automaticSignIns", []), *spent})
            if isLater:
                record["wholly"] = f"new {turn}"
                record["sessions"]["corp"]["later"] = turn
            else:
                # It does not know these.
                record.pop("attendance", None)
                del record["sessions"]["corp"]["toldOf"]

        before = json.loads(eventually(lambda: "toldOf" in state.read_text() and state.read_text(), "it is written"))
        written = change(state, there)
        home.sign_in(raw)
        agent.wait_until("healthy")
        now = eventually(
            lambda: (found := json.loads(state.read_text())) != written and found, "it has written that, too")
        assert set(spent) <= set(now["automaticSignIns"])
        if isLater:
            assert now["wholly"] == f"new {turn}" and now["sessions"]["corp"]["later"] == turn
        else:
            assert [key for key in before if key not in now] == []
    assert len(json.loads(state.read_text())["automaticSignIns"]) == 4 and agent.sign_ins() == 0
