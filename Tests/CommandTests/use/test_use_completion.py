"""What shells offer where a profile is to be named: those of the AWS files, as a real bash gets them."""

import subprocess

import pytest

from pty_terminal import Terminal

CLEAR = "\x15"
PROFILES = ["work-dev", "no-bedrock", "not-assigned", "work-unscoped", "old-profile", "chained"]
# As bash calls the function of `complete -F`; what is offered is printed, one a line.
COMPLETE = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
_bedrock-agent "$1" "${@: -1}" "${@: -2:1}"
[ ${#COMPREPLY[@]} = 0 ] || printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def on_path(build, tmp_path, home) -> dict:
    """An environment where bedrock-agent is in the PATH, and its script at `script`."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "bedrock-agent").symlink_to(build / "bedrock-agent")
    return home.environment(PATH=f"{tmp_path / 'bin'}:/usr/bin:/bin")


@pytest.fixture
def script(build, tmp_path):
    """Writes the completions for a shell."""

    def write(shell: str = "bash"):
        file = tmp_path / f"completions.{shell}"
        file.write_bytes(subprocess.run(
            [build / "bedrock-agent", "--generate-completion-script", shell], capture_output=True, check=True,
            timeout=20).stdout)
        return file

    return write


@pytest.fixture
def offered(on_path, script):
    """What bash offers for the last of these words."""

    def complete(*words: str, **environment: str) -> list[str]:
        result = subprocess.run(
            ["/bin/bash", "--norc", "-c", COMPLETE, "bash", script(), "bedrock-agent", *words], capture_output=True,
            text=True, timeout=20, env={**on_path, **environment})
        assert result.returncode == 0 and result.stderr == "", result.stderr
        return result.stdout.splitlines()

    return complete


def test_the_profiles_are_offered(offered):
    assert sorted(offered("use", "")) == sorted(PROFILES)
    assert sorted(offered("use", "work-")) == ["work-dev", "work-unscoped"]
    assert offered("use", "ghost") == []


@pytest.mark.parametrize("command", ["setup", "login", "migrate", "cover"])
def test_also_after_the_flag(offered, command):
    assert sorted(offered(command, "--profile", "")) == sorted(PROFILES)
    assert sorted(offered(command, "--profile", "no")) == ["no-bedrock", "not-assigned"]


def test_regions(offered):
    assert {"us-west-2", "eu-central-1"} <= set(offered("setup", "--region", ""))
    assert all(region.startswith("eu-") for region in offered("setup", "--region", "eu-"))


def test_the_files_that_the_shell_names(offered, tmp_path):
    other = tmp_path / "elsewhere"
    other.write_text("[profile alone]\nregion = us-west-2\n")
    assert offered("use", "", AWS_CONFIG_FILE=str(other)) == ["alone"]


@pytest.mark.parametrize("content", [None, b"", b"[profile", b"\xff\xfe[profile x]\n"])
def test_what_cannot_be_read_completes_nothing(offered, home, content):
    home.config.unlink()
    if content is not None:
        home.config.write_bytes(content)
    assert offered("use", "") == []


@pytest.mark.parametrize("name", ["x$(touch${IFS}$PROOF)", "x`touch${IFS}$PROOF`", "x${PROOF}"])
def test_the_name_of_a_profile_is_never_a_command(offered, home, tmp_path, name):
    """bash expands the words that it is given to choose from. Other programs write the file as well."""
    with home.config.open("a") as config:
        config.write(f"\n[profile {name}]\nregion = us-west-2\n")
    proof = tmp_path / "proof"
    found = offered("use", "", PROOF=str(proof))
    assert not proof.exists() and str(proof) not in "".join(found)
    assert set(PROFILES) <= set(found)


def test_at_a_prompt(on_path, script):
    """A Tab after the first letters writes the rest."""
    shell = Terminal(["/bin/bash", "--norc", "--noprofile", "-i"], {**on_path, "PS1": "ready> "})
    try:
        shell.wait_for("ready>")
        shell.type(f"source {script()}; echo sour''ced")
        shell.wait_for("sourced\n")
        for typed, completed in [("use old", "use old-profile"), ("setup --profile cha", "setup --profile chained")]:
            shell.press(f"bedrock-agent {typed}\t")
            shell.wait_for(f"bedrock-agent {completed}")
            shell.press(CLEAR)
        shell.type("exit 0")
        assert shell.wait() == 0
    finally:
        shell.end()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_call_in_each_script(script, on_path, shell):
    """The scripts for shells that are not here make the same call; each has it for every place of a profile."""
    text = script(shell).read_text()
    places = [("use", "positional@0"), *((command, "--profile") for command in ("setup", "login", "migrate", "cover"))]
    for command, argument in places:
        assert f"---completion {command} -- {argument} " in text
        words = ["bedrock-agent", command, *([argument] if argument.startswith("--") else []), ""]
        said = subprocess.run(
            ["bedrock-agent", "---completion", command, "--", argument, str(len(words) - 1), "0", *words],
            env={**on_path, "SAP_SHELL": shell}, executable=on_path["PATH"].split(":")[0] + "/bedrock-agent",
            capture_output=True, text=True, timeout=20)
        assert said.returncode == 0 and said.stderr == ""
        assert sorted(said.stdout.split()) == sorted(PROFILES)
