import FoundationEssentials
import SessionHealth

/// The service's answers: those to a request for a token, a role's credentials, and the listings of the portal and of
/// Bedrock.
enum ServiceSubject {
    static func check(_ input: Input) throws(Violation) {
        var choices = input.choices(0)
        let body = input.text(1)
        switch choices.next(below: 5) {
        case 4: try credentials(body)
        case 0: try listing(AccountListing.self, body)
        case 1: try listing(RoleListing.self, body)
        case 2: try models(body, named: input.string(2))
        default: try answer(choices, body, type: input.string(2), secret: input.string(3))
        }
    }

    // MARK: Tokens

    private static let statuses = [200, 400, 401, 403, 407, 429, 500, 503, 302, 0, -1, 499]

    private static func answer(
        _ choices: Choices, _ body: [UInt8], type: String, secret: String
    ) throws(Violation) {
        var choices = choices
        let status = choices.next(of: statuses)
        let secrets = secret.utf8.count >= 8 ? [secret] : []
        let reply = OIDCReply(status: status, body: body, errorType: type.isEmpty ? nil : type, secrets: secrets)
        let answer = TokenServiceAnswer(reply)
        switch answer {
        case .granted(let token, let seconds, let refresh):
            try require(status == 200, "a token by \(status)")
            try require(token.isToken && (1...TokenServiceAnswer.longest).contains(seconds), "an odd grant")
            try require(refresh != "", "an empty refresh token")
            return
        case .rotated(let refresh):
            try require(status == 200 && !refresh.isEmpty, "a refresh token by \(status)")
            return
        case .sessionEnded, .registrationRefused, .refused:
            try require((400..<500).contains(status) && status != 429 && status != 407, "a refusal by \(status)")
        case .offline: break
        }
        for said in words(of: answer) {
            try require(said.count <= 400, "a long message")
            try require(
                !said.unicodeScalars.contains { $0.value < 0x20 }, "control characters: \(said.debugDescription)")
            for secret in secrets { try require(!Array(said.utf8).holds(Array(secret.utf8)), "a secret in: \(said)") }
        }
    }

    private static func words(of answer: TokenServiceAnswer) -> [String] {
        switch answer {
        case .granted, .rotated: []
        case .offline(let reason): [reason]
        case .sessionEnded(let error), .registrationRefused(let error): [error]
        case .refused(let error, let description): [error, description]
        }
    }

    // MARK: Listings

    /// What was read is written so that it is read again.
    @discardableResult
    private static func listing<Value: Codable & Equatable>(
        _ type: Value.Type, _ body: [UInt8]
    ) throws(Violation) -> Value? {
        guard let value = try? JSONCoding.decode(type, from: body) else { return nil }
        let written = JSONCoding.encode(value)
        try requireEqual(try? JSONCoding.decode(type, from: written), value, "written as \(written.shown)")
        return value
    }

    /// In the AWS CLI's cache, and as programs take them.
    private static func credentials(_ body: [UInt8]) throws(Violation) {
        guard let value = RoleCredentials(cached: body) else { return }
        let again = RoleCredentials(cached: value.cacheFile(isAssumed: false))
        try requireEqual(again?.sessionToken, value.sessionToken, "cached otherwise")
        for line in String(decoding: value.text(as: .env), as: UTF8.self).split(separator: "\n") {
            let words = ShellWords.split(String(line)) ?? []
            try require(words.count == 2 && words[0] == "export", "a line of a shell's own: \(line)")
        }
        for format in [RoleCredentials.Format.process, .export] {
            try require((try? JSONDocument(parsing: value.text(as: format))) != nil, "no JSON as \(format)")
        }
    }

    private static func models(_ body: [UInt8], named name: String) throws(Violation) {
        guard let listing = try listing(ModelListing.self, body) else { return }
        let model = ModelName(name)
        for line in listing.availability?.obstacles ?? [] {
            try require(line == line.printable, "control characters in an obstacle")
        }
        // The distance of long names costs their product.
        guard name.utf8.count < 200 else { return }
        let near = listing.nearest(to: model)
        try require(near.count <= 3, "more than three near names")
        let settings = listing.profiles.map(\.setting)
        try require(near.allSatisfy(settings.contains), "a near name that is none")
        if let entry = listing.entry(for: model) {
            try require(entry.id == model.base || entry.arn == model.base, "another entry")
            let models = entry.foundationModels
            try require(Set(models).count == models.count, "a foundation model twice")
        }
        _ = listing.foundationModel(of: model)
        _ = listing.profiles.map { ($0.modelName, $0.isAnthropic) }
    }
}
