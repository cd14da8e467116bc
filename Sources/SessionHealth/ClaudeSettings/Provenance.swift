/// Where a setting comes from, in a form that helps users find it.
package enum Provenance: Equatable, Sendable, CustomStringConvertible {
    /// Lines are counted from 1.
    case file(path: String, line: Int, kind: SettingsLayer.Kind)
    /// The environment variable of this name.
    case environment(String)
    /// Claude Code's default.
    case standard

    package var description: String {
        switch self {
        case .file(let path, let line, _): "\(path):\(line)"
        case .environment(let name): "environment variable \(name)"
        case .standard: "default"
        }
    }

    /// The file's path, if it is a file.
    package var path: String? {
        guard case .file(let path, _, _) = self else { return nil }
        return path
    }
}

/// A value and its source.
package struct Setting<Value: Equatable & Sendable>: Equatable, Sendable {
    package var value: Value
    package var source: Provenance

    package init(_ value: Value, from source: Provenance) {
        self.value = value
        self.source = source
    }
}
