"""What of a token file the agent must read as AWS's own programs do, and where it does not on purpose."""

from datetime import datetime

from agent_view import View
from differences import Comparison, Difference, Excuse
from readers import Answer

USED = ("usable now", "is refreshed now", "ends at")
EXCUSES = [
    Excuse("no program writes a time so", "token-damaged",
           "key expiresAt: (not a time|a time without)", USED),
    Excuse("no program writes a time so; a sign-in writes it anew", "sign-in-needed",
           "contains no client registration", USED),
    Excuse("without an access token, no program but AWS's refreshes", "token-damaged", "key accessToken", USED),
    Excuse("JSON has none of it, and Claude Code's parser refuses it", "token-damaged", "expected a (value|digit)",
           USED),
    Excuse("no program writes half a character", "token-damaged", "half of a surrogate pair", USED),
    Excuse("no program nests so deep", "token-damaged", "nested more than", USED),
    Excuse("no program writes so much", "token-unreadable", "File too large", USED),
    Excuse("what is no file is in the way of every sign-in", "token-unreadable",
           "Is a directory|not a regular file|symbolic links", ("there is none",)),
    Excuse("a refresh token that is none makes AWS's programs fail, until the sign-in that is announced",
           "no-refresh-token", "", USED),
]


def differences(answers: dict[str, Answer], view: View, now: datetime, is_legacy: bool) -> list[Difference]:
    """All of them."""
    compare = Comparison(answers)
    ends = view.session and view.session.get("accessTokenExpiresAt")
    ends = ends and datetime.fromisoformat(ends.replace("Z", "+00:00")).timestamp()
    refreshes = bool(view.session and view.session["refreshable"] and "next" not in view.session)
    is_none = view.codes() >= {"sign-in-needed"} and ends is None and "token-damaged" not in view.codes()
    compare("there is none", is_none, lambda answer: answer.no_token_for is not None)
    compare("usable now", bool(ends and ends > now.timestamp()),
            lambda answer: bool(answer.request("GetRoleCredentials")))
    # Such a token has a refresh token only where another program put it there; AWS's programs do not use it.
    if is_legacy:
        return compare.found
    compare("is refreshed now", refreshes, lambda answer: bool(answer.request("CreateToken")))
    compare("ends at", ends, lambda answer: float(int(answer.expires)), lambda answer: answer.expires is not None)
    return compare.found
