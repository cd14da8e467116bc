/// A value of a record that counts as missing where this version cannot read it, since a later one wrote it.
@propertyWrapper package struct IfReadable<Value: Codable & Equatable & Sendable>: Codable, Equatable, Sendable {
    package var wrappedValue: Value?

    package init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    package init(from decoder: any Decoder) { wrappedValue = try? Value(from: decoder) }

    package func encode(to encoder: any Encoder) throws { try wrappedValue?.encode(to: encoder) }
}

// A missing member is no error, and a missing value no member, as with an optional.

extension KeyedDecodingContainer {
    package func decode<Value>(_ type: IfReadable<Value>.Type, forKey key: Key) throws -> IfReadable<Value> {
        try decodeIfPresent(type, forKey: key) ?? IfReadable(wrappedValue: nil)
    }
}

extension KeyedEncodingContainer {
    package mutating func encode<Value>(_ value: IfReadable<Value>, forKey key: Key) throws {
        try encodeIfPresent(value.wrappedValue, forKey: key)
    }
}
