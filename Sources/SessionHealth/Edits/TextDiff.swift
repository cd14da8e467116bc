/// The difference between two versions of a file, for display: like `diff -U 2`, without secrets.
package struct TextDiff: Equatable, Sendable {
    package struct Line: Equatable, Sendable {
        package enum Kind: Sendable {
            /// `@@ -3,4 +3,6 @@`: the positions of the following lines, counted from 1.
            case header
            case context, removed, added
        }

        package let kind: Kind
        /// Including its mark (`-`, `+` or a space). It contains no control characters.
        package let text: String
    }

    /// Empty if nothing differs.
    package let lines: [Line]

    private static let context = 2

    /// - Parameters:
    ///   - old: nil if there was no file.
    ///   - new: nil if there will be no file.
    ///   - width: the maximum length of a line in characters, including its mark. Of a longer line, only what differs
    ///     from its counterpart is shown, if necessary on several lines, up to a limit; all of it if it has none.
    package init(from old: [UInt8]?, to new: [UInt8]?, width: Int = 80) {
        let old = DiffText(old ?? [])
        let new = DiffText(new ?? [])
        let steps = DiffStep.all(from: old, to: new)
        lines = Self.hunks(steps).flatMap { Self.lines(steps[$0], old, new, width: max(width, 20)) }
    }

    /// The changes with their context.
    private static func hunks(_ steps: [DiffStep]) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for (index, step) in steps.enumerated() where step.kind != .context {
            let range = max(0, index - context)..<min(steps.count, index + context + 1)
            if let last = hunks.last, last.upperBound >= range.lowerBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        return hunks
    }

    private static func lines(
        _ steps: ArraySlice<DiffStep>, _ old: DiffText, _ new: DiffText, width: Int
    ) -> [Line] {
        guard let first = steps.first else { return [] }
        let oldCount = steps.count { $0.kind != .added }
        let newCount = steps.count { $0.kind != .removed }
        // An empty range is given by the line before it.
        let oldStart = oldCount == 0 ? first.old : first.old + 1
        let newStart = newCount == 0 ? first.new : first.new + 1
        var lines = [Line(kind: .header, text: "@@ -\(oldStart),\(oldCount) +\(newStart),\(newCount) @@")]
        for (index, step) in zip(steps.indices, steps) {
            let text = step.kind == .added ? new : old
            let number = step.kind == .added ? step.new : step.old
            let shown = text.shown(number)
            let other = partner(of: index, in: steps).map { $0.kind == .added ? new.shown($0.new) : old.shown($0.old) }
            let isChange = step.kind != .context
            for piece in pieces(of: shown, unlike: isChange ? other ?? "" : nil, width: width - 1) {
                lines.append(Line(kind: step.kind, text: step.mark + piece))
            }
            if !text.endsLine(number) { lines.append(Line(kind: .context, text: #"\ No newline at end of file"#)) }
        }
        return lines
    }

    /// The line at the same position on the other side, when a run of lines is replaced by another.
    private static func partner(of index: Int, in steps: ArraySlice<DiffStep>) -> DiffStep? {
        guard steps[index].kind != .context else { return nil }
        let before = steps[..<index].reversed().prefix { $0.kind == steps[index].kind }.count
        let run = steps[(index - before)...].prefix { $0.kind == steps[index].kind }
        if steps[index].kind == .removed {
            let added = steps[run.endIndex...].prefix { $0.kind == .added }
            return added.dropFirst(before).first
        }
        let removed = Array(steps[..<run.startIndex].reversed().prefix { $0.kind == .removed }.reversed())
        return before < removed.count ? removed[before] : nil
    }

    /// The parts of a line to show: of a long line, those that differ from the other line, or its beginning.
    private static func pieces(of line: String, unlike other: String?, width: Int) -> [String] {
        guard line.utf8.count > width, line.count > width else { return [line] }
        guard let other else { return [line.prefix(width - 1) + "…"] }
        let start = zip(line, other).prefix { $0 == $1 }.count
        let same = zip(line.dropFirst(start).reversed(), other.dropFirst(start).reversed()).prefix { $0 == $1 }.count
        let end = line.count - same
        // Start a third of a line before the difference, but show as much of the line as fits.
        let skipped = min(max(0, start - width / 3), line.count - width + 1)
        var rest = skipped > 1 ? "…" + line.dropFirst(skipped) : line
        var left = end - skipped + 1
        var pieces: [String] = []
        while left >= width, rest.count > width, pieces.count + 1 < mostPieces {
            pieces.append(String(rest.prefix(width)))
            rest.removeFirst(width)
            left -= width
        }
        return pieces + [rest.count <= width ? rest : rest.prefix(width - 1) + "…"]
    }

    private static let mostPieces = 10
}

/// The lines of a text, and how to show each.
private struct DiffText {
    /// Including line ends: a last line without one differs from one with it.
    let lines: [ArraySlice<UInt8>]
    private let masked: [ArraySlice<UInt8>]

    init(_ bytes: [UInt8]) {
        lines = Self.lines(of: bytes)
        masked = Self.lines(of: SecretMask.masked(bytes))
    }

    /// Without its line end, on one line, with tabs as spaces.
    func shown(_ index: Int) -> String {
        var line = masked[index]
        if line.last == UInt8(ascii: "\n") { line.removeLast() }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return String(decoding: line, as: UTF8.self).replacing("\t", with: "    ").printable
    }

    func endsLine(_ index: Int) -> Bool { lines[index].last == UInt8(ascii: "\n") }

    private static func lines(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
            lines.append(rest[..<end])
            rest = rest[end...]
        }
        return lines
    }
}

/// One line of the edit script.
private struct DiffStep {
    var kind: TextDiff.Line.Kind
    /// The line's index; on the side that lacks it, the index of the line that it comes before. Counted from 0.
    var old: Int
    var new: Int

    var mark: String { kind == .added ? "+" : kind == .removed ? "-" : " " }

    static func all(from old: DiffText, to new: DiffText) -> [DiffStep] {
        let start = zip(old.lines, new.lines).prefix { $0 == $1 }.count
        let end = zip(old.lines.dropFirst(start).reversed(), new.lines.dropFirst(start).reversed())
            .prefix { $0 == $1 }.count
        let difference = new.lines[start..<(new.lines.count - end)]
            .difference(from: old.lines[start..<(old.lines.count - end)])
        let removed = Set(difference.removals.map { offset(of: $0) + start })
        let added = Set(difference.insertions.map { offset(of: $0) + start })
        var steps: [DiffStep] = []
        var (i, j) = (0, 0)
        while i < old.lines.count || j < new.lines.count {
            if removed.contains(i) {
                steps.append(DiffStep(kind: .removed, old: i, new: j))
                i += 1
            } else if added.contains(j) {
                steps.append(DiffStep(kind: .added, old: i, new: j))
                j += 1
            } else {
                steps.append(DiffStep(kind: .context, old: i, new: j))
                i += 1
                j += 1
            }
        }
        return steps
    }

    private static func offset(of change: CollectionDifference<ArraySlice<UInt8>>.Change) -> Int {
        switch change {
        case .remove(let offset, _, _), .insert(let offset, _, _): offset
        }
    }
}
