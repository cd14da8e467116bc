/// How to install version 2 of the AWS CLI.
package enum AWSPackage {
    /// AWS's own installer, for every distribution.
    package static let installer =
        "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"

    /// The install command for the distribution in an `os-release` file, if its package is recent enough; otherwise the
    /// address of AWS's installer.
    package static func command(osRelease text: String) -> String {
        var values: [Substring: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { values[parts[0]] = parts[1].filter { $0 != "\"" && $0 != "'" } }
        }
        let version = (values["VERSION_ID"] ?? "").split(separator: ".").first.flatMap { Int($0) } ?? .max
        let names = [values["ID"] ?? ""] + (values["ID_LIKE"] ?? "").split(separator: " ").map(String.init)
        for name in names {
            switch name {
            case "debian" where values["ID"] != "debian" || version >= 12: return "sudo apt-get install awscli"
            // Ubuntu's own package was version 1, and was then removed.
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
