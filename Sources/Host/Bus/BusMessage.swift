import CSystemd

/// One D-Bus message, written or read field by field.
package final class BusMessage {
    let message: OpaquePointer
    /// The first error while writing the message, as a negative errno; `send` throws it.
    private(set) var failure: Int32 = 0

    /// - Parameter message: a reference; this object takes ownership of it.
    init(_ message: OpaquePointer) { self.message = message }

    deinit { sd_bus_message_unref(message) }

    // MARK: Writing

    package func append(_ value: String) { value.withCString { put("s", $0) } }

    package func append(_ value: Bool) { withUnsafePointer(to: Int32(value ? 1 : 0)) { put("b", $0) } }

    package func append(_ value: UInt8) { withUnsafePointer(to: value) { put("y", $0) } }

    package func append(_ value: Int32) { withUnsafePointer(to: value) { put("i", $0) } }

    package func append(_ value: UInt32) { withUnsafePointer(to: value) { put("u", $0) } }

    package func append(_ value: UInt64) { withUnsafePointer(to: value) { put("t", $0) } }

    /// Appends a duplicate of the descriptor.
    package func append(_ descriptor: OwnedDescriptor) { withUnsafePointer(to: descriptor.number) { put("h", $0) } }

    package func append(_ values: [String]) { array(of: "s") { values.forEach(append) } }

    package func array(of contents: String, _ write: () -> Void) { container("a", contents, write) }

    package func structure(of contents: String, _ write: () -> Void) { container("r", contents, write) }

    package func dictionaryEntry(of contents: String, _ write: () -> Void) { container("e", contents, write) }

    package func variant(of contents: String, _ write: () -> Void) { container("v", contents, write) }

    /// Whether the bus may start the destination service.
    package var startsService: Bool {
        get { sd_bus_message_get_auto_start(message) > 0 }
        set { note(sd_bus_message_set_auto_start(message, newValue ? 1 : 0)) }
    }

    private func put(_ type: Unicode.Scalar, _ value: UnsafeRawPointer) {
        note(sd_bus_message_append_basic(message, code(type), value))
    }

    private func container(_ type: Unicode.Scalar, _ contents: String, _ write: () -> Void) {
        note(sd_bus_message_open_container(message, code(type), contents))
        write()
        note(sd_bus_message_close_container(message))
    }

    private func note(_ result: Int32) {
        if failure == 0, result < 0 { failure = result }
    }

    // MARK: Reading

    /// The sender's unique name.
    package var sender: String? { sd_bus_message_get_sender(message).map { String(cString: $0) } }

    /// The next string or object path; nil if the next field has another type.
    package func string() -> String? {
        var text: UnsafePointer<CChar>?
        var type: CChar = 0
        guard sd_bus_message_peek_type(message, &type, nil) > 0, type == code("s") || type == code("o"),
            sd_bus_message_read_basic(message, type, &text) > 0
        else { return nil }
        return text.map { String(cString: $0) }
    }

    package func boolean() -> Bool? {
        var value: Int32 = 0
        return sd_bus_message_read_basic(message, code("b"), &value) > 0 ? value != 0 : nil
    }

    package func int32() -> Int32? {
        var value: Int32 = 0
        return sd_bus_message_read_basic(message, code("i"), &value) > 0 ? value : nil
    }

    package func uint32() -> UInt32? {
        var value: UInt32 = 0
        return sd_bus_message_read_basic(message, code("u"), &value) > 0 ? value : nil
    }

    /// Reads the next container's contents. If the next field is something else, returns nil and reads nothing.
    package func enter<Result>(_ type: Unicode.Scalar, of contents: String, _ read: () -> Result) -> Result? {
        guard sd_bus_message_enter_container(message, code(type), contents) > 0 else { return nil }
        defer { leave() }
        return read()
    }

    /// Reads the elements of the next array until the end, or until `read` returns nil.
    package func elements<Element>(of contents: String, _ read: () -> Element?) -> [Element] {
        enter("a", of: contents) {
            var elements: [Element] = []
            while sd_bus_message_at_end(message, 0) == 0, let element = read() { elements.append(element) }
            return elements
        } ?? []
    }

    /// Reads a variant of this type; a variant of another type is skipped and gives nil.
    package func variant<Value>(_ type: String, _ read: () -> Value?) -> Value? {
        if let value = enter("v", of: type, read) { return value }
        skip("v")
        return nil
    }

    package func strings() -> [String] { elements(of: "s") { string() } }

    /// Skips the next fields, which have these types.
    package func skip(_ types: String) { sd_bus_message_skip(message, types) }

    /// Leaves a container, skipping what was not read.
    private func leave() {
        while sd_bus_message_at_end(message, 0) == 0, sd_bus_message_skip(message, nil) >= 0 {}
        sd_bus_message_exit_container(message)
    }

    private func code(_ type: Unicode.Scalar) -> CChar { CChar(truncatingIfNeeded: type.value) }
}
