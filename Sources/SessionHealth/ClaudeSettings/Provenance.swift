/// Where a setting comes from, for people to find it.
package enum Provenance: Equatable, Sendable, CustomStringConvertible {
    /// Lines are counted from 1.
    case file(path: String, line: Int, kind: SettingsLayer.Kind)
    /// An environment variable, by its name.
    case environment(String)
    /// What Claude Code takes when nothing is set.
    case standard

    package var description: String {
        switch self {
        case .file(let path, let line, _): "\(path):\(line)"
        case .environment(let name): "environment variable \(name)"
        case .standard: "default"
        }
    }

    /// The file, if it is one.
    package var path: String? {
        guard case .file(let path, _, _) = self else { return nil }
        return path
    }
}

/// A value with where it comes from.
package struct Setting<Value: Equatable & Sendable>: Equatable, Sendable {
    package var value: Value
    package var source: Provenance

    package init(_ value: Value, from source: Provenance) {
        self.value = value
        self.source = source
    }
}
