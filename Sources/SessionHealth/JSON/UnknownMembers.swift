/// What a later version of this program has put into a record, which this one does not know and has to keep.
package enum UnknownMembers {
    /// - Parameters:
    ///   - new: the record to write.
    ///   - old: the bytes that it replaces; nil for none.
    ///   - read: the record as this version reads it in them; nil if it cannot. What it would not write again, it does not
    ///     know.
    /// - Returns: `new` as this version writes it, with the members that only `old` has; without them if one of both is
    ///   no JSON.
    package static func kept<Record: Encodable>(in new: Record, from old: [UInt8]?, read: Record?) -> [UInt8] {
        let bytes = JSONCoding.encode(new, isPretty: true)
        guard let old, let read else { return bytes }
        let understood = JSONCoding.encode(read, isPretty: true)
        guard understood != old, let before = try? JSONCoding.decode(Value.self, from: old),
            let known = try? JSONCoding.decode(Value.self, from: understood),
            let written = try? JSONCoding.decode(Value.self, from: bytes)
        else { return bytes }
        return JSONCoding.encode(written.keeping(before, known), isPretty: true)
    }

    /// Any JSON value.
    private enum Value: Codable, Equatable {
        case object([String: Value])
        case array([Value])
        case string(String)
        case integer(Int64)
        case number(Double)
        case bool(Bool)
        case null

        private var path: Value? {
            guard case .object(let members) = self else { return nil }
            return members["path"]
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let value = try? container.decode(Bool.self) {
                self = .bool(value)
            } else if let value = try? container.decode(Int64.self) {
                self = .integer(value)
            } else if let value = try? container.decode(Double.self) {
                self = .number(value)
            } else if let value = try? container.decode(String.self) {
                self = .string(value)
            } else if let value = try? container.decode([Value].self) {
                self = .array(value)
            } else {
                self = .object(try container.decode([String: Value].self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .object(let value): try container.encode(value)
            case .array(let value): try container.encode(value)
            case .string(let value): try container.encode(value)
            case .integer(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .bool(let value): try container.encode(value)
            case .null: try container.encodeNil()
            }
        }

        /// With the members that are not known, in this object and in those that both have. What was taken out of it stays
        /// out, with what nobody knows about it. In a list, an element is the same that it was if nothing that is known of
        /// it has changed, or if it has the same `path`.
        func keeping(_ old: Value, _ known: Value) -> Value {
            if case .array(let elements) = self, case .array(let before) = old, case .array(let known) = known,
                before.count == known.count
            {
                return .array(
                    elements.map { element in
                        if let index = known.firstIndex(of: element) { return before[index] }
                        guard let path = element.path, let index = known.firstIndex(where: { $0.path == path }) else {
                            return element
                        }
                        return element.keeping(before[index], known[index])
                    })
            }
            guard case .object(var members) = self, case .object(let before) = old, case .object(let known) = known
            else {
                return self
            }
            for (name, value) in before {
                if let understood = known[name] {
                    members[name] = members[name]?.keeping(value, understood)
                } else if members[name] == nil {
                    members[name] = value
                }
            }
            return .object(members)
        }
    }
}
