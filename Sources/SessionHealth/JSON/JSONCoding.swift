import FoundationEssentials

/// How our own records are written as JSON: times in RFC 3339 UTC, `/` as it is, keys in a stable order.
package enum JSONCoding {
    package static func encode(_ value: some Encodable, isPretty: Bool = false) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(Timestamp.format(date))
        }
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        // Encoding fails for numbers that are none; our records have only such as are.
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
