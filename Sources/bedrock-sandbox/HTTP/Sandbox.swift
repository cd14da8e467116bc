import Foundation

/// What is sent to the client.
enum Delivery: Sendable {
    /// The complete response.
    case reply(Reply)
    /// The response's length is announced, but only half of it is sent.
    case truncated(Reply)
    /// Nothing, ever.
    case hang
    /// A reset connection.
    case reset
}

/// The running sandbox: the service, the pending faults, and the record of past calls.
actor Sandbox {
    var center: IdentityCenter
    var faults = Faults()
    private(set) var record = Record()
    private let recordFile: FileHandle?

    /// Each entry of the record is also written to `recordFile`, as one line of JSON.
    init(settings: Settings, recordFile: FileHandle?) {
        center = IdentityCenter(settings: settings)
        self.recordFile = recordFile
    }

    /// Sets the base URL for links in pages and responses: `http://127.0.0.1:PORT`.
    func listen(at baseURL: String) { center.baseURL = baseURL }

    /// The fault that applies to this call; it is counted down.
    func fault(for operation: Operation, _ call: Call) -> Fault? {
        faults.take(operation, grantType: grantType(of: operation, call))
    }

    /// Performs the call, or applies the fault, and adds it to the record.
    func deliver(_ operation: Operation, _ call: Call, fault: Fault?, now: Date) -> Delivery {
        var trace = Trace()
        let delivery = outcome(operation, call, fault: fault, now: now, trace: &trace)
        let (status, error): (Int?, String?) =
            switch delivery {
            case .reply(let reply), .truncated(let reply): (reply.status, reply.error)
            case .hang, .reset: (nil, nil)
            }
        append(
            RecordEntry(
                sequence: record.next, time: Record.stamp(now), operation: operation,
                grantType: grantType(of: operation, call), client: call.client, status: status, error: error,
                fault: fault?.fault, used: trace.used, issued: trace.issued, subject: trace.subject,
                signer: trace.signer))
        return delivery
    }

    private func outcome(
        _ operation: Operation, _ call: Call, fault: Fault?, now: Date, trace: inout Trace
    ) -> Delivery {
        switch fault?.fault {
        case nil, .delay: return .reply(center.answer(operation, call, now: now, trace: &trace))
        case .truncate: return .truncated(center.answer(operation, call, now: now, trace: &trace))
        case .lost:
            _ = center.answer(operation, call, now: now, trace: &trace)
            return .reset
        case .hang: return .hang
        case .reset: return .reset
        default: return .reply(fault?.reply(in: operation.dialect) ?? .nothing)
        }
    }

    private func append(_ entry: RecordEntry) {
        record.append(entry)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let recordFile, let line = try? encoder.encode(entry) else { return }
        try? recordFile.write(contentsOf: line + Data("\n".utf8))
    }

    private struct GrantOnly: Decodable { let grantType: String? }

    private func grantType(of operation: Operation, _ call: Call) -> String? {
        guard operation == .createToken else { return nil }
        let grant = (try? JSONDecoder().decode(GrantOnly.self, from: call.body))?.grantType
        // Only known grant types go into the record: a client's mistake may put anything there, even a token.
        return grant.flatMap(Grant.init(rawValue:)).map { $0 == .deviceCode ? "device_code" : $0.rawValue }
    }
}
