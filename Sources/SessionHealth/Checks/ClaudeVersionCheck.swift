/// What `doctor` says of the installed Claude Code.
extension ClaudeVersion {
    /// The check of it.
    package func check(in use: Use, at path: String) -> Check {
        let flaws = flaws(in: use)
        guard let newest = flaws.first else {
            return Check(.claude, pass: path, "Claude Code \(description) (\(path))")
        }
        return Check(
            .claudeOld, flaws.contains(where: \.isFatal) ? .failure : .warning, path,
            "Claude Code \(description) (\(path)) \(flaws.map(\.words).joined(separator: ", and it "));"
                + " \(newest.gone) does not",
            fix: "claude update")
    }
}
