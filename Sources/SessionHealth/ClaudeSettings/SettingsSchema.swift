/// The part of Claude Code's schema for which it ignores a whole settings file, as seen in 2.1.332: "did not load, so
/// nothing in them is in effect". Of a managed file it leaves out only the key. Keys that it does not know, and known
/// ones for which it forgives any value, are not here.
enum SettingsSchema {
    /// A value that Claude Code refuses.
    struct Violation: Equatable, Sendable {
        /// The path of the value, as Claude Code names it: `statusLine.type`.
        var key: String
        /// What it must be, after "must be".
        var expected: String
        /// Where it is, as an index into the text.
        var offset: Int
    }

    /// The first one in the order of the file.
    /// - Parameters:
    ///   - replaced: keys whose values are about to be others.
    ///   - only: the keys to look at; nil for all.
    static func violation(
        in root: JSONNode, of text: Span<UInt8>, replaced: [String] = [],
        only: [String]? = nil
    ) -> Violation? {
        for member in root.members {
            let name = member.name(in: text)
            guard !replaced.contains(name), only?.contains(name) ?? true, let shape = shapes[name],
                let found = shape.violation(in: member.value, at: name, of: text)
            else {
                continue
            }
            return found
        }
        return nil
    }

    /// Why Claude Code does not start with a managed file. It reads one without its wrong values, unless they are hooks,
    /// which may guard a permission, and nothing else is in it.
    static func violation(inManaged root: JSONNode, of text: Span<UInt8>) -> Violation? {
        guard let found = violation(in: root, of: text, only: [ClaudeKey.hooks]) else { return nil }
        let countsNothing = root.members.allSatisfy { member in
            member.value.isObject && member.value.members.isEmpty
                || violation(in: root, of: text, only: [member.name(in: text)]) != nil
        }
        return countsNothing ? found : nil
    }

    private static let shapes: [String: Shape] = {
        var shapes: [String: Shape] = [
            ClaudeKey.env: .object([:]),
            "cleanupPeriodDays": .positiveInteger,
            ClaudeKey.statusLine: .object(
                ["type": .oneOf(["command"]), "command": .string, "padding": .number], required: ["type", "command"]),
            "permissions": .object([
                "allow": .array(.any), "deny": .array(.any), "ask": .array(.any),
                "additionalDirectories": .array(.any),
                "defaultMode": .oneOf(["acceptEdits", "auto", "bypassPermissions", "default", "dontAsk", "plan"]),
            ]),
            "enabledPlugins": .map(.either([.bool, .array(.any), .object([:])], "true, false or an array")),
            "attribution": .either([.object(["commit": .string]), .bool], "an object"),
            "sandbox": .object(["enabled": .bool]),
            "modelOverrides": .map(.string),
            ClaudeKey.hooks: .ifObject(["PreToolUse": .ifNotNull(hooks), "PermissionRequest": .ifNotNull(hooks)]),
            "autoUpdatesChannel": .oneOf(["latest", "stable", "rc"]),
            "defaultShell": .oneOf(["bash", "powershell"]),
            "tui": .oneOf(["default", "fullscreen"]),
            "companyAnnouncements": .array(.string), "availableModels": .array(.string),
            "claudeMdExcludes": .array(.any), "strictKnownMarketplaces": .array(.any),
        ]
        for name in [
            ClaudeKey.model, ClaudeKey.authRefresh, ClaudeKey.credentialExport, ClaudeKey.apiKeyHelper,
            "gcpAuthRefresh", "otelHeadersHelper", "outputStyle", "language", "plansDirectory", "minimumVersion",
            "agent", "$schema",
        ] { shapes[name] = .string }
        for name in [
            "includeCoAuthoredBy", "enableAllProjectMcpServers", ClaudeKey.disableAllHooks, "alwaysThinkingEnabled",
            "spinnerTipsEnabled", "verbose", "respectGitignore", "terminalProgressBarEnabled",
            "skipDangerousModePermissionPrompt", ClaudeKey.allowManagedHooksOnly, "autoMemoryEnabled", "fastMode",
            "prefersReducedMotion", "syntaxHighlightingDisabled", "skipWebFetchPreflight", "channelsEnabled",
            "voiceEnabled",
        ] { shapes[name] = .bool }
        for name in ["fileSuggestion", "spinnerVerbs", "worktree", "autoMode"] { shapes[name] = .object([:]) }
        return shapes
    }()

    private static let hooks = Shape.array(
        .object(
            [
                "matcher": .string,
                ClaudeKey.hooks: .array(.hook),
            ], required: [ClaudeKey.hooks]))
}

extension SettingsSchema {
    /// What a value may be.
    indirect enum Shape: Sendable {
        case any, string, bool, number, positiveInteger
        /// One of `hooks`: a command needs its line.
        case hook
        case oneOf([String])
        case array(Shape)
        /// An object, of which these members are looked at.
        case object([String: Shape], required: [String] = [])
        /// The same, where it is an object; anything else is passed over.
        case ifObject([String: Shape])
        /// null, or of this shape.
        case ifNotNull(Shape)
        /// An object whose every member is of one shape.
        case map(Shape)
        case either([Shape], String)

        /// What fits, after "must be".
        private var words: String {
            switch self {
            case .any: "anything"
            case .string: "a string"
            case .bool: "true or false"
            case .number: "a number"
            case .positiveInteger: "a whole number from 1"
            case .oneOf(let words): words.map { "\"\($0)\"" }.joined(separator: " or ")
            case .array: "an array"
            case .hook: "a hook with its type, and a command with its line"
            case .object, .ifObject, .map: "an object"
            case .ifNotNull(let shape): shape.words
            case .either(_, let words): words
            }
        }

        /// - Parameter key: the path of the value.
        func violation(in node: JSONNode, at key: String, of text: Span<UInt8>) -> Violation? {
            guard fits(node, text) else { return Violation(key: key, expected: words, offset: node.range.lowerBound) }
            switch (self, node.kind) {
            case (.array(let shape), .array(let elements)):
                for (index, element) in elements.enumerated() {
                    if let found = shape.violation(in: element, at: "\(key).\(index)", of: text) { return found }
                }
            case (.object(let shapes, let required), .object):
                for name in required where node.member(name, in: text) == nil {
                    return Violation(
                        key: "\(key).\(name)", expected: shapes[name]?.words ?? "there",
                        offset: node.range.lowerBound)
                }
                return violation(of: shapes, in: node, at: key, of: text)
            case (.ifObject(let shapes), .object): return violation(of: shapes, in: node, at: key, of: text)
            case (.ifNotNull(let shape), let kind) where kind != .null:
                return shape.violation(in: node, at: key, of: text)
            case (.map(let shape), .object(let members)):
                for member in members {
                    let name = "\(key).\(member.name(in: text))"
                    if let found = shape.violation(in: member.value, at: name, of: text) { return found }
                }
            case (.either(let shapes, _), _):
                return shapes.first { $0.fits(node, text) }?.violation(in: node, at: key, of: text)
            default: break
            }
            return nil
        }

        private func violation(
            of shapes: [String: Shape], in node: JSONNode, at key: String, of text: Span<UInt8>
        ) -> Violation? {
            for member in node.members {
                let name = member.name(in: text)
                guard let shape = shapes[name] else { continue }
                if let found = shape.violation(in: member.value, at: "\(key).\(name)", of: text) { return found }
            }
            return nil
        }

        private func fits(_ node: JSONNode, _ text: Span<UInt8>) -> Bool {
            switch (self, node.kind) {
            case (.any, _), (.ifObject, _), (.ifNotNull, _), (.string, .string), (.bool, .bool), (.number, .number),
                (.array, .array), (.object, .object), (.map, .object):
                true
            case (.hook, .object):
                node.member("type", in: text)?.string(in: text).map {
                    $0 != "command" || node.member("command", in: text)?.kind == .string
                } ?? false
            case (.positiveInteger, .number):
                Double(JSONString.copy(node.range, of: text)).map { $0 >= 1 && $0.rounded() == $0 } ?? false
            case (.oneOf(let words), .string): node.string(in: text).map(words.contains) ?? false
            case (.either(let shapes, _), _): shapes.contains { $0.fits(node, text) }
            default: false
            }
        }
    }
}
