"""Programs that were written for a release keep working: the control interface, which is `status --json` too, only grows.

`org.bedrockagent.Control.varlink` is the interface as it was promised. What a later release adds is added there, too.
"""

from pathlib import Path

import varlink

from varlink_client import CONTROL, SERVICE

PROMISED = (Path(__file__).parent / "org.bedrockagent.Control.varlink").read_text()


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
