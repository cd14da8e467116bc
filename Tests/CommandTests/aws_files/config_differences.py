"""What of a configuration the agent must read as AWS's own programs do, and where it does not on purpose."""

from agent_view import View
from differences import Comparison, Difference, Excuse
from drawn_home import token_name
from readers import Answer

MISSED, INVENTED = "only AWS's programs find a session", "only the agent finds a session"
ASKED = ("token file", "portal", "token service", INVENTED)
EXCUSES = [
    Excuse("no account has such an ID: the portal refuses it, and blames the administrator", "bad-account",
           "is not 12 digits", (MISSED,)),
    Excuse("no access portal has such an address: a sign-in there fails", "bad-start-url", "is not an address|continues",
           (MISSED,)),
    Excuse("with an empty value, no sign-in and no role comes about", "profile-incomplete", "has no |is indented",
           (MISSED,)),
    Excuse("Claude Code, which is to be served, does not find the profile or its session, or finds another",
           "config-read-differently", "Claude Code (reads|does not see|cannot)|is there twice", (MISSED,)),
    Excuse("Claude Code prefers other credentials of the profile", "unguarded", "Claude Code uses", (MISSED,)),
    Excuse("the AWS CLI has no file then, and Claude Code its usual one", "config-read-differently",
           "is set but empty", (MISSED, INVENTED, "there is no such profile", "the file is refused")),
    Excuse("Claude Code assumes the role; AWS's programs stumble over a session that they do not need",
           "config-read-differently", "Claude Code does not look at it", (INVENTED,)),
    Excuse("Claude Code leaves a service out that AWS's programs fail with", "config-read-differently",
           "Claude Code leaves it out", (INVENTED,)),
    Excuse("the region is the one that Claude Code uses", "config-read-differently",
           r"\bregion (of|is) |is there twice", ("region",)),
    Excuse("Claude Code leaves out what the AWS CLI adds to the value", "config-read-differently",
           "sso_(account_id|role_name) of ", ("account and role",)),
    Excuse("without a profile of that name, others may have no credentials either", "unguarded",
           '"default" has no credential settings', ("there is no such profile",)),
    Excuse("no token goes to a host without TLS, or to an address with a user or a query", "endpoint-wrong", "", ASKED),
    Excuse("the same, which only doctor says of the portal's", "models-unknown",
           "is not an http|is plain http|has no .services", ASKED),
]


def differences(answers: dict[str, Answer], view: View) -> list[Difference]:
    """All of them."""
    compare = Comparison(answers)
    compare("the file is refused", "config-refused" in view.codes(), lambda answer: bool(answer.refused))
    compare("there is no such profile", no_profile(view), lambda answer: answer.no_profile)
    # That of an aws login is none of Identity Center's.
    has_session = view.session is not None and view.session["kind"] != "aws-login"
    compare(INVENTED if has_session else MISSED, has_session, lambda answer: answer.uses_session)
    if not has_session:
        return compare.found
    compare("token file", view.token_file, lambda answer: token_of(answer, view), lambda answer: answer.uses_session)
    # Without one, Claude Code takes us-east-1.
    compare("region", view.region, lambda answer: answer.region or "us-east-1", lambda answer: answer.uses_session)
    compare("account and role", view.role, lambda answer: answer.role, lambda answer: answer.role)
    for what, exchange, operation in [
            ("portal", "accounts", "GetRoleCredentials"), ("token service", "refresh", "CreateToken")]:
        compare(what, view.endpoint(exchange), lambda answer: answer.endpoint(operation),
                lambda answer: answer.request(operation))
    return compare.found


def no_profile(view: View) -> bool:
    finding = view.finding("no-such-profile")
    return bool(finding and finding["message"].startswith("no profile"))


def token_of(answer: Answer, view: View) -> str | None:
    """The name of the file that it looked for, or of the one whose token it sent: each has its own."""
    if answer.no_token_for is not None:
        return token_name(answer.no_token_for)
    token = answer.request("GetRoleCredentials")["token"].removeprefix("at-")
    return view.token_file if view.token_file and view.token_file.startswith(token) else token
