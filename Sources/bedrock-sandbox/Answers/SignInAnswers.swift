import Foundation

/// The responses to the user's browser.
extension IdentityCenter {
    /// A page or a redirect; an error becomes a page that explains it.
    mutating func pageAnswer(
        _ operation: Operation, _ call: Call, now: Date, trace: inout Trace
    ) throws(Refusal) -> Reply {
        switch operation {
        case .openDevicePage: return try openDevicePage(call, now: now, trace: &trace)
        case .authorize: return try openSignInPage(call, now: now, trace: &trace)
        default: break
        }
        let form = call.form
        guard let decision = form["decision"], ["allow", "deny"].contains(decision) else {
            throw .invalidRequest("decision must be allow or deny")
        }
        if let code = form["user_code"] {
            guard decide(userCode: code, allow: decision == "allow", now: now, trace: &trace) else {
                throw .invalidRequest("No request waits under this code")
            }
            return Pages.decided(decision)
        }
        let reference = form["request"] ?? ""
        guard let target = decide(reference: reference, allow: decision == "allow", now: now, trace: &trace) else {
            throw .invalidRequest("No such request is waiting")
        }
        return .redirect(to: target)
    }

    private mutating func openDevicePage(_ call: Call, now: Date, trace: inout Trace) throws(Refusal) -> Reply {
        guard let code = call.query["user_code"], !code.isEmpty else { return Pages.enterCode }
        guard let waiting = deviceAuthorization(userCode: code, now: now) else {
            throw .invalidRequest("This code is unknown or has expired")
        }
        trace.used.append(waiting.id)
        if waiting.decision == .waiting, settings.approve == .auto {
            _ = decide(userCode: code, allow: true, now: now, trace: &trace)
            return Pages.decided("allow")
        }
        guard waiting.decision == .waiting else { return Pages.decided("already answered") }
        let client = clients.first { $0.clientID == waiting.clientID }
        return Pages.consent(
            client: client?.name ?? "", code: waiting.userCode, scopes: client?.scopes ?? [], action: "/device",
            field: ("user_code", waiting.userCode))
    }

    private mutating func openSignInPage(_ call: Call, now: Date, trace: inout Trace) throws(Refusal) -> Reply {
        let request = try startSignIn(query: call.query, now: now, trace: &trace)
        if settings.approve == .auto,
            let target = decide(reference: request.reference, allow: true, now: now, trace: &trace)
        {
            return .redirect(to: target)
        }
        let client = clients.first { $0.clientID == request.clientID }
        return Pages.consent(
            client: client?.name ?? "", code: nil, scopes: request.scopes, action: "/authorize",
            field: ("request", request.reference))
    }
}
