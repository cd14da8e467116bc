"""`setup`, repeatedly, while another program rewrites the same settings: no change by either is lost."""

import json
import os
import subprocess
import sys

from place import Place
from spawning import die_with_parent

ROUNDS = 2000 if "BEDROCK_LONG" in os.environ else 500
BURST = 40

# As Claude Code writes: it reads the file, makes a change, and renames a complete new file into place. It takes no
# lock, so it may overwrite our change. Ours must never undo one of its changes. After each burst it waits for a write
# of ours.
WRITER = """
import json, os, sys, time
path, rounds, burst = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for number in range(1, rounds + 1):
    with open(path) as file:
        settings = json.load(file)
    assert settings["counter"] == number - 1, f"round {number}: the counter is {settings['counter']}"
    missing = [key for key in range(1, number) if f"key {key}" not in settings]
    assert not missing, f"round {number}: lost {missing}"
    settings["counter"] = number
    settings[f"key {number}"] = number
    with open(path + ".tmp." + str(os.getpid()), "w") as file:
        json.dump(settings, file, indent=2)
    own = os.stat(file.name).st_ino
    os.rename(file.name, path)
    deadline = time.monotonic() + 10
    while number % burst == 0 and number < rounds and os.stat(path).st_ino == own and time.monotonic() < deadline:
        time.sleep(0.001)
"""


def test_nothing_is_lost(build, tmp_path):
    place = Place(build, tmp_path)
    place.settings.parent.mkdir()
    place.settings.write_text('{"counter": 0, "env": {"THEIRS": "1"}}')
    theirs = {"counter": ROUNDS, **{f"key {number}": number for number in range(1, ROUNDS + 1)}}
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, place.settings, str(ROUNDS), str(BURST)], stderr=subprocess.PIPE,
        text=True, preexec_fn=die_with_parent)
    setups = 0
    try:
        while writer.poll() is None:
            setups += 1
            place.setup(model=f"model-{setups % 2}")
        assert writer.returncode == 0, writer.stderr.read()
    finally:
        writer.kill()
        writer.communicate()
    assert setups >= ROUNDS // BURST / 2
    place.setup(model="last")
    assert json.loads(place.settings.read_text()) == {
        **theirs, "awsAuthRefresh": "aws sso login --profile work-dev",
        "env": {"THEIRS": "1", "CLAUDE_CODE_USE_BEDROCK": "1", "AWS_PROFILE": "work-dev", "AWS_REGION": "us-west-2",
                "ANTHROPIC_MODEL": "last"}}
    place.run("reset", "--yes")
    assert json.loads(place.settings.read_text()) == {**theirs, "env": {"THEIRS": "1"}}
    assert [path.name for path in place.settings.parent.iterdir()] == ["settings.json"]
    assert (place.state / "setup.json").stat().st_size < 1 << 20
