/// The Varlink interface of the daemon: how others ask for its status, and have it do something.
package enum ControlInterface {
    package static let name = "org.bedrockagent.Control"

    /// As Varlink describes it. What it says of `Status` is what `Status` encodes.
    package static let description = """
        # Keeps the IAM Identity Center sessions healthy that Claude Code uses.
        interface org.bedrockagent.Control

        # Times are RFC 3339 in UTC. What is not known is left out.
        type Attempt (at: string, result: string)

        type Next (action: string, at: string)

        type PendingSignIn (url: ?string, code: ?string, startedAt: string)

        type Session (
          name: string,
          # sso-session, legacy or aws-login
          kind: string,
          startUrl: string,
          region: string,
          profiles: []string,
          condition: string,
          refreshable: bool,
          accessTokenExpiresAt: ?string,
          registrationExpiresAt: ?string,
          signedInAt: ?string,
          # Learned: how long such a session usually lasts, in seconds
          usualLifetime: ?int,
          next: ?Next,
          lastRefresh: ?Attempt,
          lastSignIn: ?Attempt,
          signIn: ?PendingSignIn
        )

        type Daemon (running: bool, version: string, pid: ?int, since: ?string)

        type Claude (
          usesBedrock: bool,
          profile: ?string,
          region: ?string,
          model: ?string,
          awsAuthRefresh: ?string,
          approved: bool,
          settings: ?string
        )

        # severity: info, warning or error
        type Finding (code: string, severity: string, subject: string, message: string, fix: string)

        # condition, worst last: healthy refreshing expiring offline signing-in unguarded misconfigured sign-in-needed
        type Status (
          version: int,
          condition: string,
          daemon: Daemon,
          claude: Claude,
          sessions: []Session,
          findings: []Finding
        )

        # Returns the current status. With one of Claude Code's configuration folders, it says what Claude Code uses
        # there and what is wrong there; without, what is wrong anywhere.
        method GetStatus(claudeFolder: ?string) -> (status: Status)

        # Returns the status, then again after each change. Needs "more".
        method Monitor() -> (status: Status)

        # Signs in, or joins the sign-in under way. With "more", says where to sign in as soon as that is known.
        # Without a session: the one that Claude Code uses. With "since", a sign-in that ended then or later counts.
        method SignIn(session: ?string, since: ?string) -> (state: string, url: ?string, code: ?string)

        # Refreshes now, due or not, and returns when that has ended.
        method Refresh(session: ?string) -> ()

        # Lets the agent run this awsAuthRefresh; it must be the one that the settings have now.
        method Approve(command: string) -> ()

        # Reads every file anew.
        method Reload() -> ()

        error NoSuchSession (session: string)
        error NotApproved ()
        error SignInFailed (reason: string)
        error Unguarded (reason: string)

        """
}
