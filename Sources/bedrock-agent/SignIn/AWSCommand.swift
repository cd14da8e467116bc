import Host
import SessionHealth

/// The AWS CLI that would sign in.
struct AWSCommand {
    let path: String
    /// As it says itself, such as 2.9.19.
    let version: String

    /// What it is needed for.
    enum Use {
        /// The first with `configure export-credentials` and `--sso-session` is 2.9.
        case signIn
        /// `aws login`, which 2.32 brought.
        case login

        fileprivate var oldest: (Int, Int) { self == .login ? (2, 32) : (2, 9) }
        fileprivate var lack: String { self == .login ? "has no aws login" : "is too old to sign in with" }
        /// Where one of that version comes from: few distributions have the newer one.
        fileprivate var source: String { self == .login ? AWSPackage.installer : AWSCommand.package }
        fileprivate var version: String { "\(oldest.0).\(oldest.1) or later" }
    }

    /// Why there is no usable AWS CLI, and what to do.
    struct Missing: Error, CustomStringConvertible {
        let code: Finding.Code
        let message: String
        let fix: String
        let environment: [String: String]
        /// The command that installs it; nil where there is none that could be run.
        var install: String? {
            let package = AWSCommand.package
            let programs = package.split(separator: " ").prefix(2).map(String.init)
            return programs.first == "sudo" && programs.allSatisfy({ Programs.inPath($0, environment) != nil })
                ? package : nil
        }
        var description: String { "\(message): \(fix)" }
    }

    /// Seconds for it to print its version.
    private static let patience = 20.0

    /// The command that installs it on this system.
    private static var package: String {
        let file = try? FileContent(of: "/etc/os-release", limit: 1 << 16)
        return AWSPackage.command(osRelease: String(decoding: file?.bytes ?? [], as: UTF8.self))
    }

    /// Finds `aws` in `PATH` and asks its version.
    /// - Parameter timeLeft: seconds it may take.
    /// - Throws: what is missing, and what to install.
    static func find(
        _ environment: [String: String], for use: Use = .signIn, timeLeft: Double = .infinity
    ) throws(Missing) -> AWSCommand {
        guard let path = Programs.inPath("aws", environment) else {
            throw Missing(
                code: .awsCLIMissing, message: "the AWS CLI (aws) is not in PATH",
                fix: "install version \(use.version) (\(use.source))", environment: environment)
        }
        // It reads its configuration first, and prints no version if that is damaged.
        let noFiles = [AWSVariable.configFile: "/dev/null", AWSVariable.credentialsFile: "/dev/null"]
        let run = try? CapturedProgram(
            [path, "--version"], environment: environment.merging(noFiles) { $1 },
            timeout: min(patience, timeLeft))
        // aws-cli/2.9.19 Python/3.11.2 …; before version 1.18 on stderr.
        let said = run.map { $0.text + String(decoding: $0.errors, as: UTF8.self) } ?? ""
        let version = said.split(whereSeparator: { $0 == "/" || $0.isWhitespace }).dropFirst().first.map(String.init)
        let numbers = (version ?? "").split(separator: ".").compactMap { Int($0) }
        guard let version, numbers.count >= 2 else {
            let why = run?.ending == .timedOut ? "does not finish" : "does not print its version"
            throw Missing(
                code: .awsCLIUnknown, message: "\(path) --version \(why)",
                fix: "install the AWS CLI (\(use.source))", environment: environment)
        }
        guard (numbers[0], numbers[1]) >= use.oldest else {
            throw Missing(
                code: .awsCLIOld, message: "\(path) is version \(version), which \(use.lack)",
                fix: "install \(use.version) (\(use.source)), and put it first in PATH", environment: environment)
        }
        return AWSCommand(path: path, version: version)
    }

    /// The command line that signs in. It is ended by coreutils' `timeout`, for the case that we have ended before; a little
    /// later than by us, who tell why.
    /// - Parameters:
    ///   - arguments: what follows `aws sso login`.
    ///   - timeLeft: seconds.
    func signIn(
        _ arguments: [String], at place: SignInPlace, for timeLeft: Double, _ environment: [String: String]
    ) -> [String] {
        let limit = Programs.inPath("timeout", environment).map { [$0, "-k", "5", "\(Int(timeLeft) + 5)"] }
        return (limit ?? []) + [path, "sso", "login"] + arguments
            + (place.isDeviceFlow && hasDeviceCodeFlag ? [AWSCommandLine.deviceCode] : [])
            + (place.opensBrowser ? [] : ["--no-browser"])
    }

    /// Since this flag exists, it is needed to get the device flow; earlier versions have no other.
    var hasDeviceCodeFlag: Bool {
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        return numbers.count >= 2 && (numbers[0], numbers[1]) >= (2, 22)
    }
}
