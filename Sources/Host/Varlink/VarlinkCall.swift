import SessionHealth

/// One call of a Varlink client: `{"method":…,"parameters"?,"oneway"?,"more"?}` (varlink.org, Method-Call).
package struct VarlinkCall {
    /// With its interface, such as `org.varlink.service.GetInfo`.
    package let method: String
    /// An earlier daemon received this call and did not answer it.
    package var isContinued = false
    /// The client wants no reply.
    package let isOneway: Bool
    /// The client accepts more than one reply.
    package let wantsMore: Bool
    private let text: [UInt8]
    private let parameters: JSONNode?

    /// - Throws: why this is not a call; the connection cannot be used afterwards.
    package init(parsing text: [UInt8]) throws(VarlinkMalformed) {
        let root: JSONNode
        do {
            root = try JSONNode(parsing: text.span)
        } catch {
            throw VarlinkMalformed(reason: "\(error)")
        }
        guard root.isObject else { throw VarlinkMalformed(reason: "a message must be a JSON object") }
        var seen: [String: JSONNode] = [:]
        for member in root.members {
            let name = member.name(in: text.span)
            // A member with a dot in its name is an extension (a reverse-domain name): ignored.
            let isKnown = ["method", "parameters", "oneway", "more", "upgrade"].contains(name) || name.contains(".")
            guard isKnown, seen.updateValue(member.value, forKey: name) == nil else {
                throw VarlinkMalformed(reason: "unknown or repeated member of a call")
            }
        }
        guard let method = seen["method"]?.string(in: text.span) else {
            throw VarlinkMalformed(reason: "a call must name its method")
        }
        func flag(_ name: String) throws(VarlinkMalformed) -> Bool {
            guard let value = seen[name], value.kind != .null else { return false }
            guard let flag = value.bool else { throw VarlinkMalformed(reason: "\(name) must be true or false") }
            return flag
        }
        self.method = method
        isOneway = try flag("oneway")
        wantsMore = try flag("more")
        guard !(isOneway && wantsMore), try !flag("upgrade") else {
            throw VarlinkMalformed(reason: "oneway with more, or upgrade")
        }
        parameters = seen["parameters"].flatMap { $0.kind == .null ? nil : $0 }
        self.text = text
        guard parameters?.isObject ?? true else { throw VarlinkMalformed(reason: "parameters must be an object") }
    }

    /// Checks that there are no other parameters than these.
    package func allow(_ names: String...) throws(VarlinkError) {
        for member in parameters?.members ?? [] {
            let name = member.name(in: text.span)
            guard names.contains(name) else { throw .invalidParameter(name) }
        }
    }

    /// A string parameter; nil if it is absent or null.
    package func string(_ name: String) throws(VarlinkError) -> String? {
        guard let value = parameters?.member(name, in: text.span), value.kind != .null else { return nil }
        guard let string = value.string(in: text.span) else { throw .invalidParameter(name) }
        return string
    }
}

/// The client sent something that is not Varlink.
package struct VarlinkMalformed: Error {
    package let reason: String
}

/// An error reply: a qualified name, and its parameters as `name: value`.
package struct VarlinkError: Error, Equatable, CustomStringConvertible {
    package let name: String
    package let parameters: [String: String]

    package init(_ name: String, _ parameters: [String: String] = [:]) {
        self.name = name
        self.parameters = parameters
    }

    package static func invalidParameter(_ parameter: String) -> VarlinkError {
        VarlinkError("org.varlink.service.InvalidParameter", ["parameter": parameter])
    }

    package var description: String {
        parameters["reason"] ?? ([name] + parameters.sorted { $0.key < $1.key }.map(\.value)).joined(separator: ": ")
    }
}

/// Writes Varlink's replies. `parameters` are bytes of a JSON object.
package enum VarlinkReply {
    package static func bytes(_ parameters: [UInt8], continues: Bool) -> [UInt8] {
        var reply = Array(#"{"parameters":"#.utf8)
        reply.reserveCapacity(parameters.count + 36)
        reply += parameters
        if continues { reply += Array(#","continues":true"#.utf8) }
        reply += [UInt8(ascii: "}"), 0]
        return reply
    }

    package static func bytes(_ error: VarlinkError) -> [UInt8] {
        Array(#"{"error":"#.utf8) + JSONString.encode(error.name) + Array(#","parameters":"#.utf8)
            + object(error.parameters) + [UInt8(ascii: "}"), 0]
    }

    /// A JSON object of strings, sorted by name.
    package static func object(_ members: [String: String]) -> [UInt8] {
        let list = members.sorted { $0.key < $1.key }.map {
            JSONString.encode($0.key) + [UInt8(ascii: ":")] + JSONString.encode($0.value)
        }
        return [UInt8(ascii: "{")] + list.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "}")]
    }
}
