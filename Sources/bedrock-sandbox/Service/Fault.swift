/// Something going wrong on purpose, for the next calls that match.
struct Fault: Codable, Sendable {
    /// What goes wrong.
    enum Kind: String, Codable, CaseIterable, Sendable {
        /// The connection stays open and nothing comes.
        case hang
        /// The connection is reset (RST) before anything was done.
        case reset
        /// The call is carried out, and the connection reset before any answer: the caller cannot know.
        case lost
        /// The call is carried out, and the answer breaks off in its middle.
        case truncate
        /// 200 and a page of HTML, as a captive portal or a proxy sends it. The call never arrived.
        case html
        /// 200 and no body. The call never arrived.
        case empty
        /// 200 and a body that is not JSON. The call never arrived.
        case garbage
        /// The service's own trouble.
        case status500 = "500"
        /// Too busy.
        case status503 = "503"
        /// The caller asks too often.
        case status429 = "429"
        /// OIDC's `slow_down`.
        case slowDown = "slow_down"
        /// The refusal that `status`, `error` and `description` give.
        case error
        /// Nothing goes wrong but the time it takes.
        case delay
    }

    /// An operation's name, or `any` for every one but the pages.
    var operation: String
    /// Only this grant: `refresh_token`, `authorization_code`, `device_code`.
    var grantType: String?
    var fault: Kind
    /// How many calls it strikes; -1 for all until it is removed.
    var times: Int?
    /// Time before anything happens.
    var delay: Lifetime?
    /// For `error`: HTTP status, default 400.
    var status: Int?
    /// For `error`: OIDC's `error`, default `invalid_request`; the portal and Bedrock get the exception's name of it.
    var error: String?
    /// For `error`: the words.
    var description: String?

    /// Every key it may have.
    static let keys: Set<String> = [
        "operation", "grantType", "fault", "times", "delay", "status", "error", "description",
    ]

    /// What is wrong with it, for whoever asked; nil when it can be used.
    var problem: String? {
        if operation != "any", Operation(rawValue: operation) == nil { return "No such operation: \(operation)" }
        if let grantType, Grant(rawValue: Self.fullName(grantType)) == nil { return "No such grant: \(grantType)" }
        if let times, times == 0 || times < -1 { return "times must be -1 or at least 1" }
        if let status, !(100...599).contains(status) { return "status must be an HTTP status" }
        return nil
    }

    /// Whether a call is one that it is meant for.
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

/// The faults still to come. The first that matches strikes.
struct Faults: Sendable {
    private(set) var waiting: [Fault] = []

    /// Puts it behind the others.
    mutating func add(_ fault: Fault) { waiting.append(fault) }

    /// Nothing goes wrong any more.
    mutating func removeAll() { waiting = [] }

    /// The fault that strikes this call, counted down.
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
