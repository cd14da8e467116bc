"""Measures `bedrock-agent fleet` over the generated journals of a month: time, processor time and memory, by machines.

    Tests/Benchmarks/fleet.py AGENT [--machines 1000 10000] [--days 30] [--folder FOLDER]

Ten thousand machines are some 3.6 million entries: minutes to generate, and 6 GB. With --folder they are kept, and what
is there is not generated again.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "CommandTests" / "fleet"))

from generated_fleet import DAY, Company, stamp, write_journal  # noqa: E402

# As many machines write to one file, as where systemd-journal-remote does not split by host.
IN_A_FILE = 500


def generate(folder: Path, first: int, until: int, days: int) -> Path:
    """The journal of the machines from this number on."""
    file = folder / f"remote-{first:05}.journal"
    if not file.exists():
        new = folder / "new" / file.name
        new.parent.mkdir(exist_ok=True)
        new.unlink(missing_ok=True)
        company = Company(until, days)
        write_journal(new, (entry for number in range(first, first + IN_A_FILE) for entry in company.machine(number)))
        new.rename(file)
    return file


def measure(agent: Path, files: list[Path], since: str) -> tuple[dict, float, float, float]:
    """The report, seconds, seconds of the processor, and MB of memory at most."""
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryFile() as output:
        for file in files:
            (Path(made) / file.name).symlink_to(file)
        start = time.monotonic()
        process = subprocess.Popen(
            [agent, "fleet", "--directory", made, "--since", since, "--json"], stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        assert status == 0
        output.seek(0)
        return json.load(output), seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("agent", type=Path)
    parser.add_argument("--machines", type=int, nargs="+", default=[1000, 10000])
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    until = int(time.time()) // DAY * DAY
    with tempfile.TemporaryDirectory(dir="/var/tmp") as made:
        folder = (options.folder or Path(made)).resolve()
        folder.mkdir(exist_ok=True)
        print("machines  entries  files MB       s   CPU s  peak MB  µs an entry")
        for machines in sorted(options.machines):
            files = [generate(folder, first, until, options.days) for first in range(0, machines, IN_A_FILE)]
            size = sum(file.stat().st_blocks for file in files) * 512 / 1e6
            report, seconds, processor, memory = measure(
                options.agent, files, stamp(until - options.days * DAY))
            entries = report["entries"]
            print(f"{report['machines']:8} {entries:8} {size:9.0f} {seconds:7.1f} {processor:7.1f} {memory:8.0f}"
                  f" {processor / entries * 1e6:12.1f}", flush=True)


if __name__ == "__main__":
    main()
