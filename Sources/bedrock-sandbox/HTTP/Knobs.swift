import Foundation

/// The sandbox's own controls, under `/sandbox/`: for tests and demonstrations, not part of AWS.
extension Sandbox {
    /// Handles `METHOD /sandbox/NAME`: 400 with a `message` for an invalid request, 404 for an unknown name.
    func control(_ name: String, _ call: Call, now: Date) -> Reply {
        do throws(Refusal) {
            switch (call.method, name) {
            case ("GET", "record"): return .json(record.entries)
            case ("GET", "state"): return .json(state(at: now))
            case ("POST", "revoke"):
                let ended = center.revokeSessions(hard: call.query["hard"] == "true", now: now)
                return .json(["ended": ended])
            case ("POST", "expire-registration"):
                let wanted = try body(of: call, ClientChoice.self, keys: ["client"])
                if let id = wanted.client, !center.clients.contains(where: { $0.id == id }) {
                    throw .invalidRequest("No such client: \(id)")
                }
                return .json(["ended": center.expireRegistrations(only: wanted.client, now: now)])
            case ("POST", "expire-credentials"):
                return .json(["ended": center.expireRoleCredentials(now: now)])
            case ("POST", "lifetimes"), ("POST", "settings"):
                center.settings.apply(try body(of: call, SettingsChange.self, keys: SettingsChange.keys))
                return .json(center.settings)
            case ("POST", "faults"):
                let fault = try body(of: call, Fault.self, keys: Fault.keys)
                if let problem = fault.problem { throw .invalidRequest(problem) }
                faults.add(fault)
                return .json(faults.waiting)
            case ("GET", "faults"): return .json(faults.waiting)
            case ("DELETE", "faults"):
                faults.removeAll()
                return .json(faults.waiting)
            case ("POST", "approve"), ("POST", "deny"):
                return try decide(call, allow: name == "approve", now: now)
            default: throw Refusal(status: 404, exception: "UnknownOperation", message: "No such control: \(name)")
            }
        } catch {
            return .json(["message": error.message], status: error.status)
        }
    }

    private struct ClientChoice: Decodable { var client: String? }
    private struct UserCode: Decodable { var user_code: String? }

    /// Answers for the user. Without a code, it answers the newest pending device code.
    private func decide(_ call: Call, allow: Bool, now: Date) throws(Refusal) -> Reply {
        let wanted = try body(of: call, UserCode.self, keys: ["user_code"]).user_code
        let waiting = center.deviceAuthorizations.last { $0.decision == .waiting && now < $0.expiresAt }
        var trace = Trace()
        guard let code = wanted ?? waiting?.userCode,
            center.decide(userCode: code, allow: allow, now: now, trace: &trace)
        else { throw Refusal(status: 404, exception: "NotFound", message: "No device code waits for an answer") }
        return .json(["used": trace.used, "issued": trace.issued])
    }

    /// The JSON body; an empty one counts as `{}`. Unknown keys are rejected: a typo must not leave a test running
    /// without the fault it asked for.
    private func body<Value: Decodable>(
        of call: Call, _ type: Value.Type, keys: Set<String>
    ) throws(Refusal) -> Value {
        let data = call.body.isEmpty ? Data("{}".utf8) : call.body
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw .invalidRequest("The body must be a JSON object")
        }
        if let unknown = object.keys.sorted().first(where: { !keys.contains($0) }) {
            throw .invalidRequest("Unknown key '\(unknown)'; known: \(keys.sorted().joined(separator: ", "))")
        }
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch let error as DecodingError {
            throw .invalidRequest(Self.words(for: error))
        } catch {
            throw .invalidRequest("The body could not be read")
        }
    }

    private static func words(for error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "'\(key.stringValue)' is missing"
        case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context):
            "'\(context.codingPath.map(\.stringValue).joined(separator: "."))': \(context.debugDescription)"
        @unknown default: "The body could not be read"
        }
    }
}
