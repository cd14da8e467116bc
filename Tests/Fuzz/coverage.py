"""Prints how many lines of the files that read what others wrote were reached, from llvm-cov's summary."""

import json
import pathlib
import sys

READERS = {
    "JSON": None,
    "INI": None,
    "Time": None,
    "Tokens": None,
    "AWSConfig": None,
    "ClaudeSettings": None,
    "Secrets": None,
    "Edits": None,
    "Bedrock": None,
    "Steps": {"OIDCReply.swift", "TokenServiceAnswer.swift"},
    "OwnConfig": {"AgentConfig.swift"},
    "Plan": {"AgentState.swift", "SessionRecord.swift"},
    "Varlink": {"VarlinkCall.swift"},
}

named = {name for names in READERS.values() for name in names or ()}
reached = total = 0
for file in json.load(sys.stdin)["data"][0]["files"]:
    path = pathlib.Path(file["filename"])
    folder = path.parent.name
    if folder not in READERS or (READERS[folder] and path.name not in READERS[folder]):
        continue
    named.discard(path.name)
    lines = file["summary"]["lines"]
    reached += lines["covered"]
    total += lines["count"]
    print(f"{lines['covered']:5} of {lines['count']:5}  {lines['percent']:5.1f} %  {folder}/{path.name}")
print(f"{reached:5} of {total:5}  {100 * reached / total:5.1f} %")
if named:
    sys.exit(f"not among them: {', '.join(sorted(named))}")
