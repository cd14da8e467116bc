import FoundationEssentials
import SessionHealth

/// The files of the token cache: read, renewed, and written anew.
enum TokenSubject {
    static func check(_ input: Input) throws(Violation) {
        let bytes = input.text(0)
        let new = input.string(1)
        let refresh = input.string(2)
        try registration(bytes)
        try signedIn(new, refresh)
        let file: TokenDocument
        do {
            file = try TokenDocument(parsing: bytes)
        } catch {
            try require(error.description.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "the file in its error")
            return
        }
        try clocks(bytes, file)
        let expiry = Date(timeIntervalSince1970: 1_800_000_000)
        let renewed: [UInt8]
        do {
            renewed = try file.renewed(
                accessToken: new, expiresAt: expiry, refreshToken: refresh.isEmpty ? nil : refresh)
        } catch {
            throw Violation("a sound file is not renewed: \(error)")
        }
        try differsOnlyInToken(bytes, renewed, hasRefresh: !refresh.isEmpty)
        guard let document = try? JSONDocument(parsing: renewed) else { throw Violation("no JSON: \(renewed.shown)") }
        try same(document.string(at: ["accessToken"]), new, "the new access token")
        if !refresh.isEmpty { try same(document.string(at: ["refreshToken"]), refresh, "the new refresh token") }
        guard let again = try? TokenDocument(parsing: renewed) else { return }
        try requireEqual(again.expiresAt, expiry, "the new expiry")
        if let old = file.grant, refresh.isEmpty {
            try requireEqual(again.grant?.fingerprint, old.fingerprint, "the refresh token that stays")
        }
        if file.expiresAt < expiry, let old = file.grant {
            try require(again.belongs(over: file, grantedFor: old.fingerprint), "the new token is not the newer one")
            try require(!file.belongs(over: again, grantedFor: old.fingerprint), "the old token is the newer one")
        }
    }

    private static func same(_ left: String?, _ right: String, _ what: String) throws(Violation) {
        try require(left.map { Array($0.utf8) } == Array(right.utf8), what)
    }

    private static func clocks(_ bytes: [UInt8], _ file: TokenDocument) throws(Violation) {
        guard let clocks = try? TokenClocks(parsing: bytes.span, writtenAt: .distantPast, fingerprint: "") else {
            throw Violation("the clocks are not read, the file is")
        }
        try requireEqual(clocks.expiresAt, file.expiresAt, "two expiries")
        try requireEqual(clocks.hasRefreshToken && clocks.hasClient, file.grant != nil, "whether it can be refreshed")
        try require(file.accessToken.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "a token that is no header's value")
        guard let grant = file.grant, let body = try? JSONDocument(parsing: grant.body) else { return }
        try same(body.string(at: ["refreshToken"]), grant.refreshToken, "the refresh token in the request")
        try same(body.string(at: ["clientSecret"]), grant.clientSecret, "the client secret in the request")
    }

    private static func differsOnlyInToken(_ old: [UInt8], _ new: [UInt8], hasRefresh: Bool) throws(Violation) {
        guard let before = try? JSONDocument(parsing: old), let after = try? JSONDocument(parsing: new) else { return }
        var changed = ["accessToken", "expiresAt"].map { Array($0.utf8) }
        if hasRefresh { changed.append(Array("refreshToken".utf8)) }
        func rest(_ document: JSONDocument) -> [JSONModel.Member] {
            JSONModel(document.root, in: document.bytes).members.filter { !changed.contains($0.name) }
        }
        try requireEqual(rest(before), rest(after), "the rest of the file")
    }

    private static func registration(_ bytes: [UInt8]) throws(Violation) {
        let client = ClientRegistration(parsing: bytes)
        let facts = RegistrationFacts(parsing: bytes.span)
        guard let client else {
            if case .found = facts { throw Violation("a registration that cannot be used is found") }
            return
        }
        if !bytes.span.startsWithByteOrderMark {
            try requireEqual(facts, .found(expiresAt: client.expiresAt), "a usable registration")
        }
        let written = client.json
        guard let again = ClientRegistration(parsing: written) else { throw Violation("no JSON: \(written.shown)") }
        try same(again.clientSecret, client.clientSecret, "the secret that was written")
        try requireEqual(again.scopes, client.scopes, "the scopes that were written")
        try requireEqual(again.json, written, "written twice")
    }

    /// The file of a sign-in has what it was made of.
    private static func signedIn(_ token: String, _ refresh: String) throws(Violation) {
        let client = ClientRegistration(
            clientID: token, clientSecret: refresh, expiresAt: Date(timeIntervalSince1970: 1_800_000_000), scopes: [],
            grantTypes: [])
        let bytes = TokenDocument.new(
            accessToken: token, expiresAt: client.expiresAt, refreshToken: refresh.isEmpty ? nil : refresh,
            startURL: token, region: refresh, for: client)
        guard let document = try? JSONDocument(parsing: bytes) else { throw Violation("no JSON: \(bytes.shown)") }
        for (name, value) in [("accessToken", token), ("clientSecret", refresh), ("startUrl", token)] {
            try same(document.string(at: [name]), value, "the \(name) that was written")
        }
    }
}
