/// An injected fault, for the next calls that match.
struct Fault: Codable, Sendable {
    /// The kind of fault.
    enum Kind: String, Codable, CaseIterable, Sendable {
        /// The connection stays open, but no response is sent.
        case hang
        /// The connection is reset (RST) before the call is performed.
        case reset
        /// The call is performed, but the connection is reset before any response: the client cannot know.
        case lost
        /// The call is performed, but the response breaks off in the middle.
        case truncate
        /// 200 with an HTML page, as from a captive portal or a proxy. The call is not performed.
        case html
        /// 200 with an empty body. The call is not performed.
        case empty
        /// 200 with a body that is not JSON. The call is not performed.
        case garbage
        /// Internal server error.
        case status500 = "500"
        /// Service unavailable.
        case status503 = "503"
        /// Too many requests.
        case status429 = "429"
        /// OIDC's `slow_down`.
        case slowDown = "slow_down"
        /// The error given by `status`, `error` and `description`.
        case error
        /// Only the delay.
        case delay
    }

    /// The operation's name, or `any` for all operations except the pages.
    var operation: String
    /// Restricts it to one grant type: `refresh_token`, `authorization_code`, `device_code`.
    var grantType: String?
    var fault: Kind
    /// How many calls it affects; -1 for all until it is removed.
    var times: Int?
    /// How long to wait before anything else.
    var delay: Lifetime?
    /// For `error`: HTTP status, default 400.
    var status: Int?
    /// For `error`: OIDC's `error`, default `invalid_request`; for the portal and Bedrock, the matching exception.
    var error: String?
    /// For `error`: the error description.
    var description: String?

    /// All keys of the JSON form.
    static let keys: Set<String> = [
        "operation", "grantType", "fault", "times", "delay", "status", "error", "description",
    ]

    /// Why it is invalid; nil if it is valid.
    var problem: String? {
        if operation != "any", Operation(rawValue: operation) == nil { return "No such operation: \(operation)" }
        if let grantType, Grant(rawValue: Self.fullName(grantType)) == nil { return "No such grant: \(grantType)" }
        if let times, times == 0 || times < -1 { return "times must be -1 or at least 1" }
        if let status, !(100...599).contains(status) { return "status must be an HTTP status" }
        return nil
    }

    /// Whether it applies to a call.
    func strikes(_ operation: Operation, grantType: String?) -> Bool {
        if self.operation == "any" {
            guard operation.dialect != .page else { return false }
        } else if self.operation != operation.rawValue {
            return false
        }
        guard let wanted = self.grantType else { return true }
        return grantType.map(Self.fullName) == Self.fullName(wanted)
    }

    private static func fullName(_ grant: String) -> String {
        grant == "device_code" ? Grant.deviceCode.rawValue : grant
    }
}

/// The pending faults. The first that matches applies.
struct Faults: Sendable {
    private(set) var waiting: [Fault] = []

    /// Adds a fault at the end.
    mutating func add(_ fault: Fault) { waiting.append(fault) }

    /// Removes all faults.
    mutating func removeAll() { waiting = [] }

    /// The fault that applies to this call; it is counted down.
    mutating func take(_ operation: Operation, grantType: String?) -> Fault? {
        guard let index = waiting.firstIndex(where: { $0.strikes(operation, grantType: grantType) }) else { return nil }
        let fault = waiting[index]
        let times = fault.times ?? 1
        if times == 1 {
            waiting.remove(at: index)
        } else if times > 1 {
            waiting[index].times = times - 1
        }
        return fault
    }
}
