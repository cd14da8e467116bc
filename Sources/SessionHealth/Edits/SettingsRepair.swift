/// Repairs damaged settings: restores the keys of `setup`, and the other settings that were lost. Existing values are
/// kept, except unusable ones of ours.
package struct SettingsRepair: Equatable, Sendable {
    /// A copy of the file from when it was sound.
    package struct Copy: Equatable, Sendable {
        package var bytes: [UInt8]
        /// It is from after `setup`; otherwise it has the values from before our keys.
        package var hasOurs: Bool

        package init(bytes: [UInt8], hasOurs: Bool) {
            self.bytes = bytes
            self.hasOurs = hasOurs
        }
    }

    /// A restored value.
    package struct Item: Equatable, Sendable {
        package var key: [String]
        /// As JSON text. It may be a secret, unless it is ours.
        package var spelling: String
        package var isOurs: Bool {
            if SetupKey.all.contains(key) { return true }
            let text = Array(spelling.utf8)
            return key == SetupKey.export
                && (try? JSONNode(parsing: text.span))?.string(in: text.span).flatMap { CredentialExport($0) } != nil
        }
    }

    /// The whole file after the repair.
    package let bytes: [UInt8]
    /// In file order.
    package let items: [Item]
    /// Keys of `setup` whose values are unknown.
    package let unknown: [[String]]

    /// - Parameters:
    ///   - current: the current file; nil if there is none.
    ///   - written: what `setup` wrote last.
    /// - Throws: why a value cannot be written.
    package init(
        _ damage: SettingsDamage, of current: [UInt8]?, written: [SettingsEdit.Change], copy: Copy?
    ) throws(JSONError) {
        let good = copy.flatMap { try? JSONDocument(parsing: $0.bytes) }
        let now = current.flatMap { try? JSONDocument(parsing: $0) }
        var document: JSONDocument
        let lost: [[String]]
        if case .keys(let keys) = damage.kind, let now {
            document = now
            lost = keys
            if let good { try document.addMissing(from: good) }
        } else {
            document = if let good { good } else { try JSONDocument(parsing: Array("{}\n".utf8)) }
            lost = SettingsEdit.keys(of: written)
        }
        var unknown: [[String]] = []
        for key in lost {
            let copied = good?.spelling(at: key)
            let recorded = written.last { $0.path == key }?.new
            guard let value = copy?.hasOurs == true ? copied ?? recorded : recorded ?? copied else {
                unknown.append(key)
                continue
            }
            if document.node(at: key.dropLast())?.isObject == false { try document.remove(at: key.dropLast()) }
            try document.set(spelling: value, at: key)
        }
        bytes = document.bytes
        self.unknown = unknown
        items = document.values.filter { now?.spelling(at: $0.key) != $0.spelling }
    }
}

extension JSONDocument {
    /// The top-level values and those in `env`; of duplicates, the one that counts.
    fileprivate var values: [SettingsRepair.Item] {
        items(of: root, at: []).flatMap { item, value -> [SettingsRepair.Item] in
            item.key == [ClaudeKey.env] && value.isObject ? items(of: value, at: item.key).map(\.item) : [item]
        }
    }

    private func items(of object: JSONNode, at path: [String]) -> [(item: SettingsRepair.Item, value: JSONNode)] {
        object.members.compactMap { member in
            let key = path + [member.name(in: bytes.span)]
            guard let value = node(at: key), value.range == member.value.range else { return nil }
            return (SettingsRepair.Item(key: key, spelling: JSONString.copy(value.range, of: bytes.span)), value)
        }
    }

    /// Adds the other document's top-level and `env` values that are missing here.
    fileprivate mutating func addMissing(from other: JSONDocument) throws(JSONError) {
        if node(at: [ClaudeKey.env])?.isObject == false { try remove(at: [ClaudeKey.env]) }
        for value in other.values where node(at: value.key) == nil {
            try set(spelling: value.spelling, at: value.key)
        }
    }
}
