"""Which files count, over which others, and in which spelling."""

import json

import pytest

from both import NOT_UTF_8, PROJECTS, RELATIVE
from folder import settings

MARK = b"\xef\xbb\xbf"


def unless_project(*places: str) -> str | None:
    """Why the two differ where one of these is a project's."""
    return PROJECTS if {"project", "local"} & set(places) else None


def globex(**more) -> dict:
    return {"env": {"AWS_PROFILE": "globex-dev", **more}}


@pytest.mark.parametrize("place", ["user", "global_", "project", "local", "managed"])
def test_a_byte_order_mark(folder, both, place):
    folder.put(**{place: MARK + json.dumps({"env": settings()}).encode()})
    assert both.agree(folder, but=unless_project(place)).session == "corp"


@pytest.mark.parametrize("spell", [
    lambda text: f"\n\n {text}\n \n".encode(),
    lambda text: text.replace('"env"', '"env": {"AWS_PROFILE": "globex-dev"}, "env"').encode(),
    lambda text: text.replace('"AWS_PROFILE"', '"AWS_PROFILE": "globex-dev", "AWS_PROFILE"').encode(),
    lambda text: text.replace("us-west-2", "us-west-2\", \"X\": \"\\u0000").encode()])
def test_odd_and_read(folder, both, spell):
    folder.put(user=spell(json.dumps({"env": settings()})))
    answer = both.agree(folder)
    assert (answer.session, answer.region) == ("corp", "us-west-2")


@pytest.mark.parametrize("spell", [
    lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    lambda text: text.encode().replace(b"us-west-2", b'us-west-2", "X": "\xff')])
def test_read_although_it_is_not_utf_8(folder, both, spell):
    folder.put(user=spell(json.dumps({"env": settings()})))
    assert both.agree(folder, but=NOT_UTF_8).session == "corp"


@pytest.mark.parametrize("spell", [
    lambda text: MARK * 2 + text, lambda text: b"// mine\n" + text, lambda text: text[:-1] + b",}",
    lambda text: text + b" x", lambda text: b"", lambda text: b" \n", lambda text: b"null", lambda text: b"[]",
    lambda text: text + b" " * (2 << 20)])
def test_not_read(folder, both, spell):
    folder.put(user=spell(json.dumps({"env": settings()}).encode()))
    assert both.agree(folder).provider is None


@pytest.mark.parametrize("lower, higher", [
    ("global_", "user"), ("user", "project"), ("project", "local"), ("local", "managed"), ("global_", "managed")])
def test_the_order_of_files(folder, both, lower, higher):
    folder.put(**{lower: {"env": settings()}, higher: globex()})
    assert both.agree(folder, but=unless_project(lower, higher)).session == "globex"


@pytest.mark.parametrize("place", ["user", "global_"])
def test_files_over_the_shell(folder, both, place):
    folder.export(**settings())
    folder.put(**{place: globex()})
    assert both.agree(folder).session == "globex"


def test_the_shell_alone(folder, both):
    folder.export(**settings())
    assert both.agree(folder).session == "corp"


@pytest.mark.parametrize("values", [{"CLAUDE_CODE_USE_BEDROCK": True}, {"CLAUDE_CODE_USE_BEDROCK": 1},
                                    {"CLAUDE_CODE_USE_BEDROCK": " TRUE "}, {"X": None}, {"X": {}}, {"X": []}])
def test_values_of_the_global_file(folder, both, values):
    folder.put(global_={"env": settings(**values)})
    assert both.agree(folder).session == "corp"


@pytest.mark.parametrize("value", [None, ["globex-dev"], {}])
def test_values_that_the_global_file_leaves_out(folder, both, value):
    folder.export(AWS_PROFILE="globex-dev")
    folder.put(global_={"env": settings(AWS_PROFILE=value)})
    assert both.agree(folder).session == "globex"


@pytest.mark.parametrize("value", ["x", ["x"], None, 5])
def test_a_global_file_without_an_environment(folder, both, value):
    folder.put(global_={"env": value}, user={"env": settings()})
    assert both.agree(folder).session == "corp"


def test_the_global_file_has_only_an_environment(folder, both):
    folder.put(global_={"model": "us.m", "awsCredentialExport": "false"}, user={"env": settings()})
    assert both.agree(folder).model != "us.m"


@pytest.mark.parametrize("files, session", [
    ({"settings.json": {"env": settings()}}, "corp"), ({".claude.json": {"env": settings()}}, "corp"),
    ({".config.json": {"env": settings()}}, "corp"),
    ({".config.json": {"env": settings()}, ".claude.json": {"env": settings(AWS_PROFILE="globex-dev")}}, "corp")])
def test_another_folder(folder, both, files, session):
    folder.export(CLAUDE_CONFIG_DIR="@HOME@/other")
    folder.put(user={"env": settings(AWS_PROFILE="ghost")}, global_={"env": settings(AWS_PROFILE="ghost")})
    for name, content in files.items():
        folder.write(folder.home.path / "other" / name, content)
    assert both.agree(folder).session == session


def test_another_folder_hides_the_usual_one(folder, both):
    folder.export(CLAUDE_CONFIG_DIR="@HOME@/other")
    folder.put(user={"env": settings()}, global_={"env": settings()})
    assert both.agree(folder).provider is None


@pytest.mark.parametrize("path, found", [("@HOME@/other/", True), ("../home/other", True), ("~/other", False),
                                         (" @HOME@/other ", False)])
def test_how_another_folder_is_spelled(folder, both, path, found):
    folder.export(CLAUDE_CONFIG_DIR=path)
    folder.write(folder.home.path / "other" / "settings.json", {"env": settings()})
    assert (both.agree(folder, but=RELATIVE if path.startswith("..") else None).session == "corp") == found


def test_managed_pieces_in_their_order(folder, both):
    pieces = folder.managed / "managed-settings.d"
    folder.put(managed={"env": settings()})
    folder.write(pieces / "20.json", globex())
    folder.write(pieces / "10.json", {"env": {"AWS_PROFILE": "ghost"}})
    folder.write(pieces / ".30.json", {"env": {"AWS_PROFILE": "ghost"}})
    folder.write(pieces / "40.JSON", {"env": {"AWS_PROFILE": "ghost"}})
    assert both.agree(folder).session == "globex"


@pytest.mark.parametrize("broken", ["global_", "managed"])
def test_files_that_stop_the_program(folder, both, broken):
    folder.put(user={"env": settings()}, **{broken: "{"})
    answer, view = both.ask(folder)
    assert answer.provider is None and answer.words
    assert view.condition == "misconfigured"
