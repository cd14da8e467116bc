import SessionHealth
import Testing

/// The interface description matches the JSON of a status exactly.
@Suite struct ControlInterfaceTests {
    private var types = VarlinkTypes(of: ControlInterface.description)

    @Test func describesTheTypesOfAStatus() {
        #expect(types.fields["Status"]?.isEmpty == false)
        let used = Set(types.fields.values.flatMap { $0 }.compactMap(\.type)).subtracting(VarlinkTypes.basic)
        #expect(used.union(["Status"]) == Set(types.fields.keys))
    }

    @Test func aStatusWithEverythingHasEveryFieldAndNoOther() throws {
        let problems = try compare(full) { _ in true }
        #expect(problems.isEmpty, "\(problems)")
    }

    @Test func aStatusWithNothingLacksJustWhatIsOptional() throws {
        let problems = try compare(bare) { !$0.isOptional }
        #expect(problems.isEmpty, "\(problems)")
    }

    @Test(arguments: [
        ("  usualLifetime: ?int,\n", "", ["status.sessions.usualLifetime is not in the text"]),
        ("pid: ?int", "pid: ?string", ["status.daemon.pid is int, not string"]),
        ("severity: string", "severity: string, more: int", ["status.findings.more is not in the status"]),
        ("next: ?Next", "next: string", ["status.sessions.next is object, not string"]),
    ])
    func noticesATextThatIsOff(_ right: String, _ wrong: String, _ problems: [String]) throws {
        var tests = self
        tests.types = VarlinkTypes(of: ControlInterface.description.replacing(right, with: wrong))
        #expect(try tests.compare(full) { _ in true } == problems)
    }

    @Test func noticesWhatTheTextTakesForGranted() throws {
        var tests = self
        tests.types = VarlinkTypes(of: ControlInterface.description.replacing("model: ?string", with: "model: string"))
        #expect(try tests.compare(bare) { !$0.isOptional } == ["status.claude.model is not in the status"])
        tests.types = VarlinkTypes(
            of: ControlInterface.description.replacing("region: string", with: "region: ?string"))
        #expect(
            try tests.compare(bare) { !$0.isOptional } == [
                "status.sessions.region is in the status, though it is optional"
            ])
    }

    // MARK: Statuses

    private var full: Status {
        let facts = Facts.corp.changed {
            $0.claude.region = "us-west-2"
            $0.claude.model = "model"
            $0.claude.awsAuthRefresh = "aws sso login"
            $0.claude.settingsPath = "/home/u/.claude/settings.json"
            $0.session.record.lifetimes = [28_800]
            $0.session.record.lastRefresh = .init(at: signedIn, result: "ok")
            $0.session.record.lastSignIn = .init(at: signedIn, result: "ok")
            $0.signIn = SignInInFlight(
                session: "corp", startedAt: signedIn, isAutomatic: true, url: "https://x.test/", code: "ABCD-EFGH")
        }
        let daemon = Status.Daemon(running: true, version: "1", pid: 1, since: signedIn)
        return status(facts, next: .init(action: "refresh", at: signedIn), daemon)
    }

    private var bare: Status {
        var facts = Facts()
        let session = SSOSession(name: "corp", startURL: "https://x.test/", region: "us-west-2", scopes: nil)
        facts.sessions = [SessionFacts(session: session, profiles: ["p"])]
        return status(facts, next: nil, Status.Daemon(running: false, version: "1"))
    }

    private func status(_ facts: Facts, next: SessionPlan.Next?, _ daemon: Status.Daemon) -> Status {
        var plan = SessionHealth.plan(for: facts, at: moment(0))
        plan.sessions[0].next = next
        plan.findings = [Finding(.offline, .warning, subject: "s", message: "m", fix: "f")]
        return Status(facts, plan, at: signedIn, daemon: daemon)
    }

    /// Every difference between a status and the description.
    /// - Parameter isThere: whether a field is expected to be present.
    private func compare(_ status: Status, isThere: (VarlinkTypes.Field) -> Bool) throws -> [String] {
        let json = status.json
        return problems(try JSONNode(parsing: json.span), is: "Status", at: "status", in: json, isThere)
    }

    private func problems(
        _ node: JSONNode, is type: String, at path: String, in json: [UInt8], _ isThere: (VarlinkTypes.Field) -> Bool
    ) -> [String] {
        guard let fields = types.fields[type] else {
            return node.varlinkType == type ? [] : ["\(path) is \(node.varlinkType), not \(type)"]
        }
        guard node.isObject else { return ["\(path) is no object"] }
        let names = Set(fields.map(\.name))
        var problems = node.members.map { $0.name(in: json.span) }.filter { !names.contains($0) }
            .map { "\(path).\($0) is not in the text" }
        for field in fields {
            let place = "\(path).\(field.name)"
            guard let value = node.member(field.name, in: json.span) else {
                if isThere(field) { problems.append("\(place) is not in the status") }
                continue
            }
            if !isThere(field) { problems.append("\(place) is in the status, though it is optional") }
            if field.isArray, case .array = value.kind {
            } else if field.isArray {
                problems.append("\(place): no array")
            }
            if field.isArray, value.elements.isEmpty { problems.append("\(place): nothing to compare with") }
            for element in field.isArray ? value.elements : [value] {
                problems += self.problems(element, is: field.type, at: place, in: json, isThere)
            }
        }
        return problems
    }
}

/// The `type` declarations of a Varlink interface.
private struct VarlinkTypes {
    struct Field: Equatable {
        var name: String
        var isOptional: Bool
        var isArray: Bool
        var type: String
    }

    static let basic: Set = ["bool", "int", "float", "string"]

    private(set) var fields: [String: [Field]] = [:]

    init(of interface: String) {
        let text = interface.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("#") }
            .joined(separator: " ")
        for part in text.split(separator: "type ").dropFirst() {
            let pieces = part.split(separator: "(", maxSplits: 1)
            guard pieces.count == 2, let list = pieces[1].split(separator: ")", maxSplits: 1).first else { continue }
            fields[pieces[0].filter { $0 != " " }] = list.split(separator: ",").map(VarlinkTypes.field)
        }
    }

    private static func field(_ text: Substring) -> Field {
        let pieces = text.split(separator: ":").map { $0.filter { $0 != " " } }
        var type = pieces.last?[...] ?? ""
        let isOptional = type.hasPrefix("?")
        if isOptional { type = type.dropFirst() }
        let isArray = type.hasPrefix("[]")
        if isArray { type = type.dropFirst(2) }
        return Field(name: pieces.first ?? "", isOptional: isOptional, isArray: isArray, type: String(type))
    }
}

extension JSONNode {
    fileprivate var varlinkType: String {
        switch kind {
        case .object: "object"
        case .array: "array"
        case .string: "string"
        case .number: "int"
        case .bool: "bool"
        case .null: "null"
        }
    }
}
