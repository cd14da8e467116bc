import FoundationEssentials
import Glibc
import SessionHealth

/// A program that the daemon runs, and its purpose.
package struct Program {
    package enum Purpose: String {
        /// One exchange with AWS; it needs only a few files and the network.
        case refresh
        /// `awsAuthRefresh`: a user's own command, which may start a browser.
        case signIn = "sign-in"
        /// `notify`: a user's own command, which gets a message.
        case notify
        /// `setup`, which may start a browser, too.
        case setUp = "set-up"
    }

    /// A file or folder: the path that the program uses, and the real path.
    package struct Place: Equatable {
        package var path: String
        package var real: String

        package init(_ path: String) throws(SystemError) {
            guard let real = Folder.real(path) else { throw SystemError("find", path) }
            self.path = path
            self.real = real
        }
    }

    /// The user's files that the program needs.
    package struct Files {
        /// Folders that it writes to.
        package var written: [Place] = []
        /// Files that it reads, including its own executable.
        package var read: [Place] = []

        package init() {}
    }

    package var purpose: Purpose
    /// Part of the unit's name: the token file's name without its extension.
    package var key: String
    /// A one-line description for users.
    package var summary: String
    /// The program's path, or its name in `PATH`, and its arguments. Never a secret.
    package var command: [String]
    /// Seconds until it is killed.
    package var timeout: TimeInterval
    package var files: Files
    /// What it has in its environment besides ours.
    package var variables: [String: String] = [:]
    /// What it reads on its standard input; at most `OwnedDescriptor.mostHeld` bytes of it.
    package var input: [UInt8] = []

    package init(
        _ purpose: Purpose, key: String, summary: String, command: [String], timeout: TimeInterval,
        files: Files = Files()
    ) {
        self.purpose = purpose
        self.key = key
        self.summary = summary
        self.command = command
        self.timeout = timeout
        self.files = files
    }
}

/// A running program. It ends by itself or at its time limit; keep this object until then.
package protocol RunningProgram: AnyObject {
    /// The descriptor from which a later daemon can read the output; nil if there is none.
    var keptOutput: OwnedDescriptor? { get }

    /// Ends its whole session now, as at the time limit.
    func terminate()

    /// Records what a later daemon needs to find the program again.
    func note(in record: inout AgentState.RunningSignIn)
}
