import FoundationEssentials

/// The source files, and the rules about which parts may use which.
struct House {
    struct File {
        /// Relative to `Sources`, such as `SessionHealth/Plan/Plan.swift`.
        var path: String
        var source: SwiftSource
        var target: String { path.split(separator: "/").first.map(String.init) ?? "" }
        var folder: String { path.split(separator: "/").dropLast().joined(separator: "/") }
        /// The SessionHealth subfolder ("room") of the file.
        var room: String {
            target == "SessionHealth" ? path.split(separator: "/").dropFirst().first.map(String.init) ?? "" : ""
        }
    }

    var files: [File]

    // MARK: The rules

    private static let basics: Set = ["Time", "Text"]
    private static let documents: Set = ["JSON", "INI", "Tokens", "AWSConfig", "ClaudeSettings"]
    private static let aboutDocuments: Set = ["Secrets", "Edits", "Bedrock"]
    private static let decisions: Set = ["Plan", "Reports"]

    /// The rooms of SessionHealth, and which others each one may use.
    static let mayKnow: [String: Set<String>] = [
        "Time": [],
        "Text": [],
        // Documents.
        "JSON": basics,
        "INI": basics,
        "Tokens": basics.union(["JSON"]),
        "AWSConfig": basics.union(["INI", "Tokens"]),
        "ClaudeSettings": basics.union(["JSON", "AWSConfig"]),
        // Operations on documents.
        "Secrets": basics.union(documents),
        "Edits": basics.union(documents).union(["Secrets"]),
        "Bedrock": basics.union(documents),
        // Decisions, and how they are reported.
        "Plan": basics.union(documents).union(aboutDocuments).union(decisions),
        "Reports": basics.union(documents).union(aboutDocuments).union(decisions),
        "Checks": basics.union(documents).union(aboutDocuments).union(decisions),
        "OwnConfig": basics.union(documents).union(aboutDocuments).union(decisions),
        "Readings": basics.union(documents).union(aboutDocuments).union(decisions).union(["OwnConfig"]),
        "Steps": basics.union(documents).union(decisions).union(["Readings"]),
        "Credentials": basics.union(documents).union(decisions).union(["Bedrock", "Readings", "Steps"]),
        "Fleet": basics.union(["JSON", "AWSConfig"]).union(decisions),
        "Core": basics.union(documents).union(aboutDocuments).union(decisions)
            .union(["OwnConfig", "Readings", "Steps"]),
    ]

    /// Which modules each target may import, in addition to Swift's own.
    static let mayImport: [String: Set<String>] = [
        "Digest": ["CMD", "Glibc"],
        "SessionHealth": ["Digest", "FoundationEssentials"],
        "Host": ["CSystemd", "Digest", "FoundationEssentials", "Glibc", "SessionHealth"],
        "bedrock-agent": ["ArgumentParser", "FoundationEssentials", "Glibc", "Host", "SessionHealth"],
        "bedrock-agent-net": [
            "ArgumentParser", "CCurl", "Digest", "FoundationEssentials", "Glibc", "Host", "SessionHealth",
        ],
        "bedrock-sandbox": ["ArgumentParser", "Digest", "FlyingFox", "FlyingSocks", "Foundation", "Glibc"],
    ]

    /// The only files that may spell out names of Claude Code's settings and of environment variables.
    static let namesOfSettings: Set = [
        "SessionHealth/ClaudeSettings/ClaudeKeys.swift", "SessionHealth/AWSConfig/AWSVariable.swift",
    ]

    static let mostLines = 300
    static let mostFiles = 15

    /// Expressions that read a clock. Only `Host` may use them, and each command once, at its start.
    static let clocks = [
        "Date.now", "Date()", "EventLoop.now()", "clock_gettime", "gettimeofday", "ContinuousClock", "SuspendingClock",
        "time(nil)",
    ]

    // MARK: Violations

    /// Where a file uses a name declared in a room that its own room may not use.
    var strangers: [String] {
        var homes: [String: String] = [:]
        for file in files where !file.room.isEmpty {
            for name in file.source.declared { homes[name] = file.room }
        }
        return files.filter { !$0.room.isEmpty }.flatMap { file -> [String] in
            guard let known = House.mayKnow[file.room] else { return ["\(file.path): \(file.room) is no known room"] }
            return file.source.code.enumerated().flatMap { index, line in
                uses(of: homes, in: line).compactMap { name, home in
                    guard home != file.room, !known.contains(home) else { return nil }
                    return "\(file.path):\(index + 1): \(name) is of \(home), which \(file.room) may not know"
                }
            }
        }
    }

    /// Types, by name; functions, if they are called, except for methods.
    private func uses(of homes: [String: String], in line: String) -> [(name: String, home: String)] {
        SwiftSource.words(line).compactMap { word in
            guard let home = homes[String(word)] else { return nil }
            if word.first?.isUppercase != true {
                guard line[word.endIndex...].first == "(", line[..<word.startIndex].last != "." else { return nil }
                if line[..<word.startIndex].hasSuffix("func ") { return nil }
            }
            return (String(word), home)
        }
    }

    /// Where a name that is declared in `namesOfSettings` is spelled out. Lower-case names are ignored, because they
    /// are also ordinary words.
    var spelledNames: [String] {
        let homes = files.filter { House.namesOfSettings.contains($0.path) }
        let names = Set(homes.flatMap { $0.source.texts.map(\.text) }).subtracting(["model"])
        return files.filter { !House.namesOfSettings.contains($0.path) && $0.target != "bedrock-sandbox" }.flatMap {
            file in
            file.source.texts.flatMap { line, text in
                names.filter { text == $0 || $0.contains("_") && SwiftSource.words(text).contains(Substring($0)) }
                    .map { "\(file.path):\(line): \($0) is to be named by its constant" }
            }
        }
    }

    var foreignImports: [String] {
        files.flatMap { file in
            file.source.imports.filter { House.mayImport[file.target]?.contains($0.module) != true }
                .map { "\(file.path):\($0.line): \(file.target) may not import \($0.module)" }
        }
    }

    var tooLong: [String] {
        files.filter { $0.source.code.count - 1 > House.mostLines }
            .map { "\($0.path): \($0.source.code.count - 1) lines, more than \(House.mostLines)" }
    }

    var tooFull: [String] {
        Dictionary(grouping: files, by: \.folder).filter { $0.value.count > House.mostFiles }
            .map { "\($0.key): \($0.value.count) files, more than \(House.mostFiles)" }.sorted()
    }

    var readsOfClocks: [String] {
        files.filter { $0.target != "Host" && $0.target != "bedrock-sandbox" }.flatMap { file -> [String] in
            let code = file.source.code
            let reads = code.enumerated().flatMap { index, line in
                House.clocks.flatMap { clock in line.ranges(of: clock).map { _ in (index + 1, clock) } }
            }
            // A command reads the clock once, at its start, and passes the time on.
            if reads.count == 1, let line = reads.first?.0, line > 1, code[line - 2].contains("func run() ") {
                return []
            }
            return reads.map { "\(file.path):\($0): \($1) reads a clock outside Host" }
        }
    }
}

extension House {
    /// The sources next to these tests.
    static let own: House = {
        let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/Sources"
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []
        return House(
            files: paths.filter { $0.hasSuffix(".swift") }.sorted().compactMap { path in
                FileManager.default.contents(atPath: "\(root)/\(path)").map {
                    File(path: path, source: SwiftSource(String(decoding: $0, as: UTF8.self)))
                }
            })
    }()
}
