/// Which variables of Claude Code's settings count for all that the agent does.
///
/// Claude Code puts the `env` of its settings into its environment and that of every program it starts. Of these the
/// agent takes those that say where AWS's files, services, proxies and certificates are. It does not take keys and
/// tokens, which it has no use for, nor anything that changes what a program is (`PATH`, `LD_PRELOAD`, a pager).
package enum CountingEnvironment {
    private static let proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"]
    private static let certificates = [
        "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", ClaudeVariable.nodeCertificates,
    ]
    private static let secrets = ["KEY", "SECRET", "TOKEN", "PASSWORD", "CREDENTIAL"]

    /// Whether a variable counts, by its name.
    package static func counts(_ name: String) -> Bool {
        if name.hasPrefix("AWS_") {
            return name.hasSuffix("_FILE") || name != "AWS_PAGER" && !secrets.contains { name.contains($0) }
        }
        return certificates.contains(name) || proxies.contains(name) || proxies.contains { $0.lowercased() == name }
    }

    /// Without space at either end, as Claude Code takes it.
    static func trimmed(_ value: String) -> String {
        var text = Substring(value)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
