"""The picture in the README: safe to show anywhere, and still what the programs print.

It fails after a change of what they print: run Tests/Picture/draw then, and look at the new picture.
"""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "Picture"))

import picture  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"
# Whoever looks at the clock sees something else each time.
CHANGING = [
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "DATE"), (r"(\w{3} \d+ \w{3} )?\b\d\d:\d\d\b", "TIME"),
    (r"\b\d+ (s|min|h|days)( \d+ (s|min))?\b", "SPAN"), (r"\b\d+\.\d+\.\d+\b", "VERSION")]


@pytest.fixture(scope="module")
def drawing() -> ElementTree.Element:
    return ElementTree.fromstring(picture.PICTURE.read_bytes())


def rows(drawing) -> list[str]:
    return ["".join(row.itertext()) for row in drawing.iter(f"{SVG}text") if row.get("class") == "row"]


def masked(line: str) -> str:
    for pattern, name in CHANGING:
        line = re.sub(pattern, name, line)
    return line


def test_it_is_text_for_every_reader(drawing):
    assert picture.PICTURE.stat().st_size < 40_000
    assert drawing.tag == f"{SVG}svg" and drawing.get("role") == "img"
    for name in ("title", "desc"):
        assert drawing.find(f"{SVG}{name}[@id='{name}']").text
    assert all(len(row) <= picture.COLUMNS for row in rows(drawing))


def test_it_runs_and_fetches_nothing(drawing):
    assert {element.tag.removeprefix(SVG) for element in drawing.iter()} == {
        "svg", "title", "desc", "rect", "circle", "g", "text", "tspan"}
    for element in drawing.iter():
        for name, value in element.attrib.items():
            assert not re.search(r"^on|href|style", name) and not re.search(r"url\(|:/|script", value), (name, value)
    assert b"<!" not in picture.PICTURE.read_bytes() and b"<?" not in picture.PICTURE.read_bytes()


def test_it_shows_nothing_of_the_machine_that_drew_it(drawing):
    assert not re.search(r"127\.0\.0\.1|localhost|/tmp|/home|\broot\b", "\n".join(rows(drawing)))


def test_the_programs_print_what_it_shows(drawing, build):
    now = [picture.text(row) for row in picture.story(build) if row]
    assert [masked(row) for row in rows(drawing)] == [masked(row) for row in now], (
        "run Tests/Picture/draw, and look at picture.svg")
