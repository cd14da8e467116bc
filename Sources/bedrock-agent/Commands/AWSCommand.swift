import FoundationEssentials
import Glibc
import Host

/// The AWS CLI that would sign in.
struct AWSCommand {
    let path: String
    /// As it says itself, such as 2.9.19.
    let version: String

    /// `configure export-credentials` and `--sso-session` came with it.
    private static let oldest = (2, 9)

    /// Finds `aws` in `PATH` and asks its version.
    /// - Throws: what is missing, and what to install.
    static func find(_ environment: [String: String]) throws -> AWSCommand {
        let folders = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map(String.init)
        let package = AWSPackage.ofThisSystem
        guard let path = folders.map({ $0 + "/aws" }).first(where: { access($0, X_OK) == 0 }) else {
            throw Failure("there is no AWS CLI (aws) in PATH: install version 2.9 or later (\(package))")
        }
        // It reads its configuration first, and says nothing of its version where that is damaged.
        let noFiles = ["AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null"]
        let said = try Terminal.read(["/usr/bin/env"] + noFiles + [path, "--version"])
        // aws-cli/2.9.19 Python/3.11.2 …
        let version = said.split(whereSeparator: { $0 == "/" || $0.isWhitespace }).dropFirst().first.map(String.init)
        let numbers = (version ?? "").split(separator: ".").compactMap { Int($0) }
        guard let version, numbers.count >= 2 else {
            throw Failure("\(path) --version does not say which version it is: install the AWS CLI (\(package))")
        }
        guard (numbers[0], numbers[1]) >= oldest else {
            throw Failure(
                "\(path) is version \(version), which cannot sign in: install 2.9 or later (\(package)), and put it"
                    + " first in PATH")
        }
        return AWSCommand(path: path, version: version)
    }

    func isAtLeast(_ major: Int, _ minor: Int) -> Bool {
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        return numbers.count >= 2 && (numbers[0], numbers[1]) >= (major, minor)
    }
}

/// How to get version 2 of the AWS CLI.
enum AWSPackage {
    private static let installer =
        "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"

    /// A command for this distribution, where its packages are recent enough; else where AWS's own installer is.
    static var ofThisSystem: String {
        let file = try? FileContent(of: "/etc/os-release", limit: 1 << 16)
        return command(osRelease: String(decoding: file?.bytes ?? [], as: UTF8.self))
    }

    /// The same, from the text of an `os-release` file.
    static func command(osRelease text: String) -> String {
        var values: [Substring: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { values[parts[0]] = parts[1].filter { $0 != "\"" && $0 != "'" } }
        }
        let version = (values["VERSION_ID"] ?? "").split(separator: ".").first.flatMap { Int($0) } ?? .max
        let names = [values["ID"] ?? ""] + (values["ID_LIKE"] ?? "").split(separator: " ").map(String.init)
        for name in names {
            switch name {
            case "debian" where version >= 12: return "sudo apt-get install awscli"
            // Its own package was version 1, then none.
            case "ubuntu": return "sudo snap install aws-cli --classic"
            case "fedora", "amzn": return "sudo dnf install awscli2"
            case "arch": return "sudo pacman -S aws-cli-v2"
            case "alpine": return "sudo apk add aws-cli"
            case "nixos": return "nix-shell -p awscli2"
            default: continue
            }
        }
        return installer
    }
}
