import Glibc
import Host

/// The AWS CLI that would sign in.
struct AWSCommand {
    let path: String
    let version: String

    /// `configure export-credentials` and `--sso-session` came with it.
    private static let oldest = (2, 9)

    /// Finds `aws` in `PATH` and asks its version.
    /// - Throws: what is missing, and what to install.
    static func find(_ environment: [String: String]) throws -> AWSCommand {
        let folders = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map(String.init)
        guard let path = folders.map({ $0 + "/aws" }).first(where: { access($0, X_OK) == 0 }) else {
            throw Failure("there is no AWS CLI (aws) in PATH: install version 2.9 or later, package awscli")
        }
        // It reads its configuration first, and says nothing of its version where that is damaged.
        let noFiles = ["AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null"]
        let said = try Terminal.read(["/usr/bin/env"] + noFiles + [path, "--version"])
        // aws-cli/2.9.19 Python/3.11.2 …
        let version = said.split(whereSeparator: { $0 == "/" || $0.isWhitespace }).dropFirst().first.map(String.init)
        let numbers = (version ?? "").split(separator: ".").compactMap { Int($0) }
        guard let version, numbers.count >= 2 else {
            throw Failure("\(path) --version does not say which version it is: install the AWS CLI, package awscli")
        }
        guard (numbers[0], numbers[1]) >= oldest else {
            throw Failure(
                "\(path) is version \(version), which cannot sign in: install 2.9 or later (package awscli), or put it"
                    + " first in PATH")
        }
        return AWSCommand(path: path, version: version)
    }

    func isAtLeast(_ major: Int, _ minor: Int) -> Bool {
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        return numbers.count >= 2 && (numbers[0], numbers[1]) >= (major, minor)
    }
}
