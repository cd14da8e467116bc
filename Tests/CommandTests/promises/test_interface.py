"""Programs that were written for a release keep working: the control interface, which is `status --json` too, only grows.

`org.bedrockagent.Control.varlink` is the interface as it was promised, and `words.json` the words in it that programs go
by. What a later release adds is added there, too.
"""

import json
import re
from pathlib import Path

import varlink

from varlink_client import CONTROL, SERVICE

HERE = Path(__file__).parent
PROMISED = (HERE / "org.bedrockagent.Control.varlink").read_text()
SOURCES = HERE.parents[2] / "Sources" / "SessionHealth"
WORDS = {"code": ("Reports/FindingCode.swift", "Code"), "severity": ("Reports/Finding.swift", "Severity"),
         "condition": ("Plan/Plan.swift", "Condition"), "kind": ("AWSConfig/SSOSession.swift", "Kind")}
# Those that are no enumeration: the files that write them, and how.
WRITTEN = {"action": ("Plan/*.swift", r'\baction: "([\w-]+)"'),
           "lastRefresh": ("*/RefreshOutcome.swift", r'^ +case \.\w+: "([\w-]+)"'),
           "lastSignIn": ("Core/*.swift", r'\b(?:word|result): (?:helped \? )?"([\w-]+)')}


def spelled(kind) -> str:
    """The type of a field or parameter: `_Maybe str`, `_Array Session`."""
    if hasattr(kind, "element_type"):
        return f"{type(kind).__name__} {spelled(kind.element_type)}"
    return getattr(kind, "name", None) or type(kind).__name__


def fields(struct) -> set:
    return {(name, spelled(kind)) for name, kind in struct.fields.items()}


def contents(member) -> dict:
    """What a client knows of a type, an error or a method."""
    if hasattr(member, "in_type"):
        return {"takes": fields(member.in_type), "gives": fields(member.out_type)}
    return {"has": fields(member.type)}


def test_what_was_promised_is_there(agent, signed_in):
    agent.start()
    with agent.client() as client:
        reply = client.call(f"{SERVICE}.GetInterfaceDescription", {"interface": CONTROL})
    now, promised = (varlink.Interface(text).members for text in (reply["parameters"]["description"], PROMISED))
    for name, member in promised.items():
        here = contents(now[name])
        for part, known in contents(member).items():
            assert known <= here[part], f"{name} {part} no longer {known - here[part]}"
            # Who does not know a new parameter leaves it out.
            assert part != "takes" or all(kind.startswith("_Maybe") for _, kind in here[part] - known), name
    assert now.keys() == promised.keys() and all(contents(now[name]) == contents(promised[name]) for name in now), \
        "what is new is not promised yet: add it to the .varlink file beside this test"


def words(file: str, name: str) -> list[str]:
    """What the cases of a Swift enumeration are called outside."""
    text = (SOURCES / file).read_text()
    body = text[text.index(f"enum {name}:"):]
    body = body[:re.search(r"^ *\}|^ *(?:package )?(?:static )?(?:var|func) ", body, re.MULTILINE).start()]
    cases = [case for line in re.findall(r"^ *case (.+)$", body, re.MULTILINE) for case in line.split(", ")]
    return [re.fullmatch(r'(\w+)(?: = "([\w-]+)")?', case).expand(r"\2") or case for case in cases]


def test_no_word_is_taken_back():
    """As the README has it: codes of findings and the other words keep their names."""
    promised = json.loads((HERE / "words.json").read_text())
    now = {field: words(*where) for field, where in WORDS.items()}
    for field, (files, pattern) in WRITTEN.items():
        texts = [file.read_text() for file in SOURCES.glob(files)]
        now[field] = {word for text in texts for word in re.findall(pattern, text, re.MULTILINE)}
    for field, known in promised.items():
        assert set(known) <= set(now[field]), f"{field}: no longer {set(known) - set(now[field])}"
    assert {field: sorted(found) for field, found in now.items()} == promised, "add what is new to words.json"


def test_the_words_are_those_that_are_seen(agent, signed_in):
    agent.use(approve=False)
    agent.start()
    promised, status = json.loads((HERE / "words.json").read_text()), agent.status()
    assert status["findings"] and {finding["code"] for finding in status["findings"]} <= set(promised["code"])
    assert {finding["severity"] for finding in status["findings"]} <= set(promised["severity"])
    assert {session["kind"] for session in status["sessions"]} <= set(promised["kind"])
    assert {status["condition"], *(session["condition"] for session in status["sessions"])} <= set(promised["condition"])
