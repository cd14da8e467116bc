"""`setup` with flags, the real AWS CLI and a sandbox to sign in to: only our keys change, and nothing is lost."""

import json
import os
import re
import shutil
import stat
from pathlib import Path

import pytest

from aws_cli import version
from claude_settings import COMMAND, settings, write_settings
from programs import write_program
from user_manager import user_manager

MODEL = "global.anthropic.claude-opus-4-5-20251101-v1:0"
FLAGS = ("--profile", "work-dev", "--region", "us-west-2", "--model", MODEL)
OURS = {"env": {"CLAUDE_CODE_USE_BEDROCK", "AWS_PROFILE", "AWS_REGION", "ANTHROPIC_MODEL"}, None: {"awsAuthRefresh"}}
QUIET = ("--yes", "--no-login", "--no-enable")


@pytest.fixture
def file(home) -> Path:
    return home.path / ".claude" / "settings.json"


@pytest.fixture
def state(home) -> Path:
    return home.path / ".local" / "state" / "bedrock-agent"


def put(file: Path, content: bytes):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


# Comparing files

TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')


def without_ours(content: bytes) -> bytes:
    """The file's bytes without our members and the separators next to them, and without an `env` that this leaves
    empty: what `setup` must not change. Walks over the tokens, and shares nothing with the code under test."""
    tokens = [(m.group(), m.start(), m.end()) for m in TOKEN.finditer(content)]
    cut: list[tuple[int, int]] = []

    def value_end(index: int) -> int:
        depth = 0
        while True:
            token = tokens[index][0]
            depth += (token in (b"{", b"[")) - (token in (b"}", b"]"))
            index += 1
            if depth == 0:
                return index

    def members(index: int, parent):
        """`index` is after the opening brace. Returns the index of the closing one."""
        spans = []
        while tokens[index][0] != b"}":
            name = json.loads(tokens[index][0])
            end = value_end(index + 2)
            is_ours = name in OURS[parent]
            if parent is None and name == "env" and tokens[index + 2][0] == b"{":
                inner = members(index + 3, "env")
                is_ours = inner
            spans.append((tokens[index][1], tokens[end - 1][2], is_ours))
            index = end
            if tokens[index][0] == b",":
                index += 1
        cut.extend((start, end) for start, end, is_ours in spans if is_ours)
        kept = [span for span in spans if not span[2]]
        return not kept

    assert tokens[0][0] == b"{"
    members(1, None)
    kept = b""
    position = 0
    for start, end in sorted(cut):
        if start < position:
            continue
        kept += content[position:start]
        position = end
    kept += content[position:]
    return kept


def same_but_for_ours(before: bytes, after: bytes) -> bool:
    """Outside our members, only the adjacent commas and white space may differ."""

    def rest(content):
        # A comma and white space next to a removed member go with it.
        return re.sub(rb"[\s,]+(?=[}])", b"", re.sub(rb",(\s*,)+", b",", without_ours(content)))

    return rest(before) == rest(after)


MANY = {f"key{number}": {"value": number, "list": [number] * 3} for number in range(300)}

CORPUS = {
    "nested": json.dumps(
        {"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "echo {\"a\": 1}"}]}]}, "model": "opus"},
        indent=2).encode(),
    "300 keys": json.dumps(MANY, indent=4).encode() + b"\n",
    "odd spacing": b'\n\n{ "b" :1 ,"a": [ 1 ,2,\n\n3 ] ,\n     "c"\n:\n{ }   }\n\n\n',
    "tabs": b'{\n\t"a": 1,\n\t"env": {\n\t\t"X": "y"\n\t}\n}\n',
    "CRLF": b'{\r\n  "a": 1,\r\n  "env": {\r\n    "X": "y"\r\n  }\r\n}\r\n',
    "no newline at the end": b'{\n  "a": 1\n}',
    "unicode escapes": b'{\n  "\\u0061b": "\\u00e9\\ud83d\\ude00 \xc3\xa9 \\/ /",\n  "env": {"\\u0058": "\\n"}\n}\n',
    "one line": b'{"a":1,"env":{"X":"y"},"z":null}',
    "numbers": b'{"n": [1E+2, 1.0, -0, 0.10, 100000000000000000000, 1e-7], "env": {}}\n',
    "ours already, in another order": (
        b'{"awsAuthRefresh": "old", "x": 1, "env": {"AWS_REGION": "r", "X": "y", "AWS_PROFILE": "p"}, "y": 2}\n'),
    "ours with values that are no strings": b'{"env": {"AWS_REGION": 5, "X": "y"}, "awsAuthRefresh": null}\n',
    "an empty object": b"{}\n",
    "an empty env": b'{"env":{},"a":1}',
}


@pytest.mark.parametrize("content", CORPUS.values(), ids=CORPUS.keys())
def test_only_our_keys_change(setup, file, state, content):
    put(file, content)
    file.chmod(0o640)
    setup(*FLAGS, *QUIET)
    after = file.read_bytes()
    expected = json.loads(content)
    expected["env"] = {**expected.get("env", {}), **settings()["env"]}
    expected["awsAuthRefresh"] = COMMAND
    assert json.loads(after) == expected
    assert same_but_for_ours(content, after), f"{content!r}\n{after!r}"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert (b"\r\n" in after) == (b"\r\n" in content) and after.count(b"\n") - after.count(b"\r\n") == (
        0 if b"\r\n" in content else after.count(b"\n"))
    assert after.endswith(b"\n") == content.endswith(b"\n")
    [backup] = (state / "backups").iterdir()
    assert backup.read_bytes() == content
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [entry.name for entry in file.parent.iterdir()] == ["settings.json"]
    # Repeating it changes nothing, and says so.
    before = (file.stat().st_ino, file.stat().st_mtime_ns)
    assert "nothing was changed" in setup(*FLAGS, *QUIET).stdout
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == before
    assert len(list((state / "backups").iterdir())) == 1


def test_what_is_compared_can_differ():
    """The comparison above finds these differences."""
    before = CORPUS["nested"]
    for after in (before.replace(b"opus", b"opus2"), before.replace(b'"model"', b' "model"'),
                  before.replace(b'\\"a\\"', b"'a'"), json.dumps(json.loads(before)).encode()):
        assert not same_but_for_ours(before, after)
    assert same_but_for_ours(before, before)


def test_a_new_file_in_a_new_folder(setup, home, file):
    assert not file.parent.exists()
    setup(*FLAGS, *QUIET)
    assert json.loads(file.read_text()) == settings()
    assert file.read_text().startswith('{\n  "env": {\n    "CLAUDE_CODE_USE_BEDROCK": "1",\n')
    assert file.read_text().endswith("}\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_folder_elsewhere(setup, home, file, tmp_path):
    setup(*FLAGS, *QUIET, CLAUDE_CONFIG_DIR=str(tmp_path / "a" / "b"))
    assert json.loads((tmp_path / "a" / "b" / "settings.json").read_text()) == settings()
    assert not file.exists()


def test_a_chain_of_links_stays(setup, home, file, tmp_path):
    real = tmp_path / "dotfiles" / "claude.json"
    put(real, b'{"a": 1}')
    middle = tmp_path / "middle.json"
    middle.symlink_to(os.path.relpath(real, tmp_path))
    file.parent.mkdir()
    file.symlink_to(middle)
    setup(*FLAGS, *QUIET)
    assert file.is_symlink() and middle.is_symlink() and not real.is_symlink()
    assert json.loads(real.read_text()) == {"a": 1, **settings()}
    assert [entry.name for entry in real.parent.iterdir()] == ["claude.json"]


def test_a_read_only_file_in_a_writable_folder(setup, file):
    put(file, b"{}")
    file.chmod(0o400)
    setup(*FLAGS, *QUIET)
    assert json.loads(file.read_text()) == settings()
    assert stat.S_IMODE(file.stat().st_mode) == 0o400


def test_the_newest_ten_backups(setup, file, state):
    put(file, b"{}")
    for number in range(12):
        setup("--profile", "work-dev", "--region", "us-west-2", "--model", f"model-{number}", *QUIET)
    backups = sorted((state / "backups").iterdir())
    assert len(backups) == 10
    assert [json.loads(backup.read_text())["env"]["ANTHROPIC_MODEL"] for backup in backups] == [
        f"model-{number}" for number in range(1, 11)]


# The steps


def test_the_whole_way(setup, home, file, state, sandbox, aws):
    """A sign-in through the real AWS CLI; then the role that Claude Code would use works."""
    result = setup(*FLAGS, "--yes", "--no-enable", PATH="/usr/bin:/bin")
    assert "AWS CLI" in result.stdout and version() in result.stdout and "/usr/bin/aws" in result.stdout
    assert "work-dev → corp" in result.stdout
    assert "RESTART REQUIRED" in result.stdout and "Undo:" in result.stdout
    assert sandbox.prompts() == 1
    assert "AccessKeyId" in aws("configure", "export-credentials", "--profile", "work-dev").stdout
    assert home.token()["refreshToken"]
    assert json.loads((state / "approvals.json").read_text()) == [COMMAND]
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    # A user who is signed in need not do it again.
    setup(*FLAGS, "--yes", "--no-enable")
    assert sandbox.prompts() == 1


def test_a_sign_in_that_is_refused_changes_nothing(setup, home, file, sandbox, state):
    put(file, b'{"a": 1}')
    result = setup(*FLAGS, "--yes", "--no-enable", status=1, BROWSER=sandbox.browser("--deny"))
    assert "access for corp was denied" in result.stderr and "--no-login" in result.stderr
    assert file.read_bytes() == b'{"a": 1}'
    assert not (state / "approvals.json").exists()


def test_dry_run_writes_nothing(setup, home, file, sandbox):
    put(file, b'{"env": {"AWS_REGION": "eu-west-1"}}')
    before = sorted(str(path) for path in home.path.rglob("*"))
    result = setup(*FLAGS, "--dry-run")
    removed = [line for line in result.stdout.splitlines() if line.startswith("-")]
    added = [line for line in result.stdout.splitlines() if line.startswith("+")]
    assert ["eu-west-1" in line for line in removed] == [True]
    assert any('"AWS_REGION": "us-west-2"' in line for line in added)
    assert any(f'"awsAuthRefresh": "{COMMAND}"' in line for line in added)
    assert "dry run: nothing was written" in result.stdout
    assert sorted(str(path) for path in home.path.rglob("*")) == before
    assert file.read_bytes() == b'{"env": {"AWS_REGION": "eu-west-1"}}'
    assert sandbox.prompts() == 0


@pytest.mark.parametrize("flag", ["--profile", "--region", "--model"])
def test_what_is_missing_is_an_error_that_names_the_flag(setup, file, flag):
    index = FLAGS.index(flag)
    result = setup(*FLAGS[:index], *FLAGS[index + 2:], *QUIET, status=1)
    assert flag in result.stderr
    assert not file.exists()


def test_all_that_is_missing_is_named_at_once(setup, file, sandbox):
    assert "no profile, no Bedrock region, no model is set: pass --profile and --region and --model" in setup(
        "--yes", status=1).stderr
    said = setup("--profile", "work-dev", "--region", "us-west-2", "--yes", status=1).stderr
    assert "no model is set: pass --model\n" in said
    assert sandbox.prompts() == 0 and not file.exists()


def test_without_yes_and_without_a_terminal(setup, file):
    result = setup(*FLAGS, "--no-login", "--no-enable", status=1)
    assert "--yes" in result.stderr
    assert not file.exists()


def test_it_repairs_from_what_is_set(setup, home, file):
    write_settings(home.path, "something else")
    setup(*QUIET)
    assert json.loads(file.read_text()) == settings()


def test_a_chained_profile_names_the_session(setup, home, file, sandbox):
    setup("--profile", "chained", *FLAGS[2:], "--yes", "--no-enable")
    assert json.loads(file.read_text())["awsAuthRefresh"] == "aws sso login --sso-session corp"
    assert home.token()["accessToken"]


def test_a_legacy_profile_is_warned_of(setup):
    assert "legacy" in setup("--profile", "old-profile", *FLAGS[2:], *QUIET).stdout


def test_without_systemctl_it_says_so(setup, home, file, aws_cli, tmp_path):
    """The settings are written nevertheless."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for program in (aws_cli, Path("/bin/sh"), Path("/usr/bin/python3")):
        (tools / program.name).symlink_to(program)
    with user_manager() as manager:
        result = setup(*FLAGS, "--yes", "--no-login", status=1, PATH=str(tools), **manager)
    assert "systemctl" in result.stderr and "bedrock-agent daemon" in result.stderr
    assert "settings are written" in result.stderr
    assert json.loads(file.read_text()) == settings()


def test_the_service_is_enabled(setup, aws_cli, tmp_path):
    """It calls `systemctl`, and reports its exit status."""
    tools = tmp_path / "tools"
    asked = tmp_path / "asked"
    for status in (0, 5):
        write_program(tools / "systemctl", f'echo "$@" >> "{asked}"\nexit {status}')
        with user_manager() as manager:
            result = setup(
                *FLAGS, "--yes", "--no-login", status=1 if status else 0, PATH=f"{tools}:/usr/bin:/bin", **manager)
        assert status == 0 or "status 5" in result.stderr
    assert asked.read_text().splitlines() == ["--user --quiet enable --now bedrock-agent"] * 2
    shutil.rmtree(tools)
