import FoundationEssentials

/// The JSON format of our own records: times in RFC 3339 UTC, `/` not escaped, keys in a stable order.
package enum JSONCoding {
    package static func encode(_ value: some Encodable, isPretty: Bool = false) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(Timestamp.format(date))
        }
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        // Encoding fails only for NaN and infinity, which our records never contain.
        return (try? encoder.encode(value)).map(Array.init) ?? []
    }

    package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            try Timestamp.parse(decoder.singleValueContainer().decode(String.self))
        }
        return try decoder.decode(type, from: Data(bytes))
    }
}
