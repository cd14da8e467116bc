import FoundationEssentials
import Glibc
import SessionHealth

/// A program that the daemon has run beside itself, and for what.
package struct Program {
    package enum Purpose: String {
        /// One exchange with AWS: nothing that it needs is beyond a few files and the network.
        case refresh
        /// `awsAuthRefresh`: a person's own command, from which a browser may descend.
        case signIn = "sign-in"
    }

    /// A file or folder by the name that the program uses, and where it really is.
    package struct Place: Equatable {
        package var path: String
        package var real: String

        package init(_ path: String) throws(SystemError) {
            guard let resolved = realpath(path, nil) else { throw SystemError("find", path) }
            defer { free(resolved) }
            self.path = path
            real = String(cString: resolved)
        }
    }

    /// What it needs of the files of its user.
    package struct Files {
        /// Folders.
        package var written: [Place] = []
        /// Files, its own among them.
        package var read: [Place] = []

        package init() {}
    }

    package var purpose: Purpose
    /// What a unit of it is named after: a token file's name, without its ending.
    package var key: String
    /// One line for people.
    package var summary: String
    /// The path of the program, or its name in `PATH`, and its arguments. Never a secret.
    package var command: [String]
    /// Seconds until it is killed.
    package var timeout: TimeInterval
    package var files: Files

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

/// A program at work, for as long as it is kept; it ends by itself or at its time limit.
package protocol RunningProgram: AnyObject {
    /// The descriptor that a later daemon would read its output from; nil where it would find nothing to read.
    var keptOutput: OwnedDescriptor? { get }

    /// Notes what a later daemon needs to find it again.
    func note(in record: inout AgentState.RunningSignIn)
}
