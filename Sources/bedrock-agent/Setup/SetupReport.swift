import Glibc
import Host
import SessionHealth

/// What `setup --json` prints.
struct SetupReport: Encodable {
    struct File: Encodable {
        var path: String
        var isNew: Bool
        var changed: Bool
        /// The backup of what was there before; absent if there was nothing, or nothing was written.
        var backup: String?
        /// As it is shown to people, without secrets.
        var diff: [String]
    }

    enum Service: String, Encodable {
        case enabled, leftAlone = "left-alone", failed
        /// There is no service manager that could have it.
        case noManager = "no-manager"
    }

    var version = 1
    var dryRun: Bool
    var profile: String
    /// Absent for a profile without a session.
    var session: String?
    var kind: String?
    /// Absent where the profile names none.
    var account: String?
    var role: String?
    var region: String
    var model: String
    var awsAuthRefresh: String?
    var signedIn: Bool
    var files: [File] = []
    var service = Service.leftAlone
    /// Why the service was not enabled.
    var problem: String?
    var changed = false
    var undo = "bedrock-agent reset"

    /// What Claude Code will use, by its name.
    var summary: [(label: String, text: String)] {
        [("Profile", profile), ("Account", account), ("Role", role), ("Region", region), ("Model", model)]
            .compactMap { label, text in text.map { (label, $0) } }
    }
}
