"""Unusual clients: many calls at once, half-closed connections, clients that never read or that disappear."""

from calls import GET_INFO, GET_STATUS, MONITOR, sign_in_by
from claude_settings import write_settings
from varlink_client import CONTROL, SERVICE
from waiting import eventually


def test_oneway_has_no_answer(agent):
    with agent.client() as raw:
        raw.send({**GET_STATUS, "oneway": True}, {"method": f"{CONTROL}.Monitor", "oneway": True},
                 {"method": f"{CONTROL}.Nothing", "oneway": True}, {"method": f"{CONTROL}.Reload", "oneway": True},
                 GET_INFO)
        assert raw.reply()["parameters"]["product"] == "bedrock-agent"


def test_oneway_sign_in_holds_nothing_up(gate, agent, home):
    sign_in_by(agent, home, f"cat '{gate}'")
    with agent.client() as raw:
        raw.send({"method": f"{CONTROL}.SignIn", "oneway": True}, GET_STATUS)
        assert raw.reply()["parameters"]["status"]["version"] == 1
        eventually(lambda: agent.status()["condition"] == "signing-in", "the sign-in runs")
        with gate.open("w"):
            pass
        eventually(lambda: agent.status()["condition"] != "signing-in", "the command has ended")
        raw.send(GET_INFO)
        assert raw.reply()["parameters"]["product"] == "bedrock-agent"


def test_pipelined_calls_are_answered_in_order(agent):
    names = [f"org.example.I{number}" for number in range(500)]
    with agent.client() as raw:
        raw.send(*({"method": f"{SERVICE}.GetInterfaceDescription", "parameters": {"interface": name}}
                   for name in names))
        assert [raw.reply()["parameters"]["interface"] for _ in names] == names


def test_half_closed_with_a_call_pending(gate, agent, home):
    sign_in_by(agent, home, f"cat '{gate}'; exit 3")
    with agent.client() as raw:
        raw.send({"method": f"{CONTROL}.SignIn"}, GET_INFO)
        raw.finish_sending()
        assert agent.status()["condition"] == "signing-in"
        with gate.open("w"):
            pass
        assert raw.reply()["error"] == f"{CONTROL}.SignInFailed"
        assert raw.reply()["parameters"]["product"] == "bedrock-agent"
        assert raw.is_dropped()


def test_half_closed_monitor_goes_on(agent, home):
    with agent.client() as raw:
        raw.send(MONITOR)
        raw.finish_sending()
        assert raw.reply()["continues"]
        write_settings(home.path, ANTHROPIC_MODEL="another")
        assert raw.reply()["parameters"]["status"]["claude"]["model"] == "another"


def test_a_monitor_that_never_reads_gets_the_newest_in_the_end(agent, home):
    """No more is kept for a client than its socket holds: when it reads again, it gets the current status."""
    changes = 40
    with agent.client() as lazy, agent.client() as eager:
        lazy.send(MONITOR)
        eager.send(MONITOR)
        eager.reply()
        for number in range(changes):
            model = f"{number}-" + "x" * 20_000
            write_settings(home.path, ANTHROPIC_MODEL=model)
            while eager.reply()["parameters"]["status"]["claude"]["model"] != model:
                pass
            assert agent.status()["claude"]["model"] == model
        seen = [lazy.reply()["parameters"]["status"]["claude"]["model"]]
        while seen[-1] != model:
            seen.append(lazy.reply()["parameters"]["status"]["claude"]["model"])
        assert len(seen) < changes


def test_clients_that_vanish(agent, home):
    """In the middle of a call, of a reply, of a monitor, and of a sign-in that others have joined."""
    command = "sleep 0.2; exit 1"
    sign_in_by(agent, home, command)
    with agent.client() as waiting:
        for number in range(20):
            for message in (b'{"method"', MONITOR, {"method": f"{CONTROL}.SignIn", "more": True}, GET_STATUS):
                with agent.client() as raw:
                    raw.write(message) if isinstance(message, bytes) else raw.send(message)
            if number == 0:
                waiting.send({"method": f"{CONTROL}.SignIn"})
            write_settings(home.path, command, ANTHROPIC_MODEL=f"m{number}")
        assert waiting.reply()["error"] == f"{CONTROL}.SignInFailed"
    assert agent.status()["daemon"]["pid"] == agent.process.pid
