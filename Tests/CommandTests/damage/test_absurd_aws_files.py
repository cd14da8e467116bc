"""AWS files that nobody would write: they are read in time that grows with their size, within bounds, or refused by
name."""

import subprocess

import pytest

from claude_settings import write_settings

# In kB, the program included: some times the largest file that is read (16 MiB).
MEMORY = 200 * 1024
CHAINED = "[profile p{}]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = p{}\n"


def lines(form: str, count: int) -> str:
    return "".join(map(form.format, range(count)))


def chain(count: int) -> str:
    links = "".join(CHAINED.format(n, n + 1) for n in range(count))
    return f"{links}[profile p{count}]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\n"


READ = {
    "keys": lambda text: text + "\n[profile x]\n" + lines("key{} = value\n", 80_000),
    "keys of a block": lambda text: text + "\n[profile x]\ns3 =\n" + lines("  key{} = value\n", 80_000),
    "continued lines": lambda text: text + "\n[profile x]\nkey = value\n" + lines("  more {}\n", 80_000),
    "sections": lambda text: text + lines("\n[profile x{}]\nregion = us-west-2", 60_000),
    "empty lines": lambda text: text + "\n" * 15_000_000,
    "carriage returns": lambda text: text + "\r" * 15_000_000,
    "comments": lambda text: text + "#\n" * 4_000_000,
    "one line": lambda text: text + "\n[profile x]\nkey = " + "v" * 15_000_000,
}
REFUSED = {
    "too many keys": (lambda text: text + "\n[profile x]\n" + lines("k{} =\n", 300_000), "more than 200000"),
    "defaults in each section": (
        lambda text: "[DEFAULT]\n" + lines("k{} = v\n", 2000) + text + lines("\n[profile x{}]\n", 20_000),
        "more than 200000"),
    "a chain of 100,000 profiles": (lambda text: text + "\n" + chain(100_000), "more than 200000"),
}


@pytest.fixture
def measured(place):
    """Runs `status`; returns its output, and checks what it took at most."""
    def run(seconds: int = 50) -> str:
        result = subprocess.run(
            ["/usr/bin/python3", "-c",
             "import resource, subprocess, sys; "
             "result = subprocess.run(sys.argv[1:], capture_output=True, text=True); "
             "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); print(result.stdout + result.stderr)",
             place.program, "status"],
            env=place.variables(), capture_output=True, text=True, timeout=seconds, cwd=place.path)
        peak, _, said = result.stdout.partition("\n")
        assert int(peak) < MEMORY
        return said

    return run


@pytest.mark.parametrize("change", READ.values(), ids=READ.keys())
def test_a_file_of_many(place, measured, change):
    text = change(place.config.read_text())
    place.config.write_text(text)
    assert measured().startswith("healthy")
    agent = place.daemon()
    assert agent.status()["condition"] == "healthy"
    assert agent.stop() == 0


@pytest.mark.parametrize("change, words", REFUSED.values(), ids=REFUSED.keys())
def test_a_file_of_too_many(place, measured, change, words):
    place.config.write_text(change(place.config.read_text()))
    said = measured()
    assert said.startswith("misconfigured") and words in said and str(place.config) in said


def test_keys_of_the_credentials_file(place, measured):
    """They are put into the profile of the config file."""
    keys = lines("key{} = value\n", 80_000)
    place.config.write_text(place.config.read_text() + "\n[profile x]\n" + keys)
    place.config.with_name("credentials").write_text("[x]\n" + keys.replace("key", "other"))
    assert measured().startswith("healthy")


@pytest.mark.parametrize("count, follows", [(250, True), (400, False), (40_000, False)])
def test_a_chain_of_profiles(place, measured, count, follows):
    """With some more than 300, the AWS CLI ends with a RecursionError."""
    place.config.write_text(place.config.read_text() + "\n" + chain(count))
    write_settings(place.path, AWS_PROFILE="p0")
    said = measured()
    if follows:
        assert said.startswith("healthy")
    else:
        assert said.startswith("misconfigured") and f"{place.config}:" in said and "cannot follow" in said


def test_a_name_of_a_megabyte(place, measured):
    """What it may have been meant to be takes time by the square of its length."""
    name = "n" * 1_000_000
    place.config.write_text(place.config.read_text() + f"\n[profile {name}a]\nregion = us-west-2\n")
    write_settings(place.path, AWS_PROFILE=f"{name}b")
    assert "no profile" in measured()
