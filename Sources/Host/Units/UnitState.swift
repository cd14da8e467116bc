/// The properties of one unit.
struct UnitState {
    /// What a unit adds to the manager's environment: `Environment=` and `EnvironmentFile=`.
    struct Variables {
        var assignments: [String] = []
        var files: [(path: String, isOptional: Bool)] = []
    }

    /// `ActiveState`: `active`, `activating`, … A unit that is not loaded is `inactive`.
    var active = ""
    /// `LoadState`: `loaded`, `not-found`, …
    var load = ""
    /// `UnitFileState`: `enabled`, `disabled`, …; empty for a unit without a file.
    var file = ""
    /// `Result`: `success`, `exit-code`, `timeout`, …
    var result = ""
    /// How the main process ended: a `CLD_…` number, and its exit status or signal.
    var code: Int32 = 0
    var status: Int32 = 0
    /// The main process's PID; 0 before it starts.
    var mainPID: UInt32 = 0
    var variables = Variables()

    /// A job is queued: the unit is about to start or to stop.
    var hasJob = false

    var hasEnded: Bool { !hasJob && (active == "inactive" || active == "failed") }

    /// Reads the reply to `GetAll` for all interfaces.
    init(reading reply: BusMessage) {
        _ = reply.elements(of: "{sv}") { () -> Bool? in
            reply.enter("e", of: "sv") {
                switch reply.string() {
                case "ActiveState": active = reply.variant("s") { reply.string() } ?? ""
                case "LoadState": load = reply.variant("s") { reply.string() } ?? ""
                case "UnitFileState": file = reply.variant("s") { reply.string() } ?? ""
                case "Job":
                    let job = reply.variant("(uo)") { reply.enter("r", of: "uo") { reply.uint32() } ?? nil }
                    hasJob = job ?? 0 != 0
                case "Result": result = reply.variant("s") { reply.string() } ?? ""
                case "ExecMainCode": code = reply.variant("i") { reply.int32() } ?? 0
                case "ExecMainStatus": status = reply.variant("i") { reply.int32() } ?? 0
                case "ExecMainPID": mainPID = reply.variant("u") { reply.uint32() } ?? 0
                case "Environment": variables.assignments = reply.variant("as") { reply.strings() } ?? []
                case "EnvironmentFiles":
                    variables.files =
                        reply.variant("a(sb)") {
                            reply.elements(of: "(sb)") {
                                reply.enter("r", of: "sb") { (reply.string() ?? "", reply.boolean() ?? true) }
                            }
                        } ?? []
                default: break
                }
                return true
            }
        }
    }
}
