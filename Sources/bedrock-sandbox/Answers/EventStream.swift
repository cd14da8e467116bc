import Foundation

/// AWS's event stream (`application/vnd.amazon.eventstream`): messages of headers and a payload, between two CRCs.
enum EventStream {
    private struct Payload: Encodable { let bytes: Data }

    /// One event of a model's answer, as InvokeModelWithResponseStream wraps it.
    static func chunk(_ event: Data) -> Data {
        let headers = [
            (":event-type", "chunk"), (":content-type", "application/json"), (":message-type", "event"),
        ]
        return message(headers, payload: (try? JSONEncoder().encode(Payload(bytes: event))) ?? Data())
    }

    /// Lengths and their CRC, headers, payload, and the CRC of it all.
    private static func message(_ headers: [(name: String, value: String)], payload: Data) -> Data {
        let head = headers.reduce(into: Data()) { bytes, header in
            bytes.append(UInt8(header.name.utf8.count))
            bytes += Data(header.name.utf8)
            bytes.append(7)  // the value is a string
            bytes += bigEndian(UInt16(header.value.utf8.count)) + Data(header.value.utf8)
        }
        var message = bigEndian(UInt32(16 + head.count + payload.count)) + bigEndian(UInt32(head.count))
        message += bigEndian(crc32(message))
        message += head + payload
        return message + bigEndian(crc32(message))
    }

    private static func bigEndian(_ number: some FixedWidthInteger) -> Data {
        withUnsafeBytes(of: number.bigEndian) { Data($0) }
    }

    /// The CRC of Ethernet and zip.
    private static func crc32(_ data: Data) -> UInt32 {
        ~data.reduce(~0) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }
}
