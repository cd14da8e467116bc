import Host
import SessionHealth

/// The programs: ours, the AWS CLI, and Claude Code.
struct ProgramChecks {
    let examination: Examination

    /// Seconds for Claude Code to print its version: it is a large program.
    private static let patience = 20.0

    func checks() -> [Check] { [own, net, aws, claude] }

    private var own: Check { Check(.bedrockAgent, pass: "bedrock-agent", "bedrock-agent \(Version.current)") }

    private var net: Check {
        do throws(SystemError) {
            return Check(.netProgram, pass: try Programs().net, "bedrock-agent-net is installed")
        } catch {
            return Check(
                .netProgramMissing, .failure, error.path, "\(error), so nothing can be refreshed",
                fix: "reinstall bedrock-agent, which includes bedrock-agent-net")
        }
    }

    private var aws: Check {
        do throws(AWSCommand.Missing) {
            let aws = try AWSCommand.find(examination.environment, for: loginProfile == nil ? .signIn : .login)
            return Check(.awsCLI, pass: aws.path, "AWS CLI \(aws.version) (\(aws.path))")
        } catch {
            if let loginProfile {
                return Check(
                    error.code, .failure, "aws", "\(error.message), and \(loginProfile) signs in with it",
                    fix: error.fix)
            }
            guard signsInByAWS else { return Check(.awsCLI, pass: "aws", "no AWS CLI is needed (\(error.message))") }
            return Check(
                error.code, .failure, "aws", "\(error.message), and awsAuthRefresh runs it",
                fix: "bedrock-agent setup --coalesce, or \(error.fix)")
        }
    }

    /// The first that is guarded and signs in by `aws login`.
    private var loginProfile: String? {
        examination.facts.sessions.first { $0.session.kind == .login }?.profiles.first
    }

    private var signsInByAWS: Bool {
        examination.settings.awsAuthRefresh.map { AuthRefresh($0.value.line).programs.contains("aws") } ?? false
    }

    private var claude: Check {
        guard let path = Programs.inPath("claude", examination.environment) else {
            if !examination.settings.usesBedrock.value, !examination.facts.profiles.isEmpty {
                return Check(
                    .claude, pass: "claude",
                    "Claude Code (claude) is not in PATH; sessions are guarded for others")
            }
            return Check(
                .claudeMissing, .warning, "claude", "Claude Code (claude) is not in PATH",
                fix: "install Claude Code, or add its folder to PATH")
        }
        let run = try? CapturedProgram(
            [path, "--version"], environment: examination.environment, timeout: ProgramChecks.patience)
        guard let run, run.ending == .exited(0), let version = ClaudeVersion(parsing: run.text) else {
            let why = run?.ending == .timedOut ? "does not finish" : "does not print its version"
            return Check(
                .claudeVersionUnknown, .warning, path, "\(path) --version \(why)",
                fix: "reinstall Claude Code, or put the right one first in PATH")
        }
        return version.check(in: use, at: path)
    }

    private var use: ClaudeVersion.Use {
        var use = ClaudeVersion.Use()
        guard examination.settings.usesBedrock.value else { return use }
        use.hasRegion = examination.settings.region != nil
        use.crossesRegions = examination.profile.map { $0.session.region != examination.region } ?? false
        use.hasProxy = Proxy(examination.environment).url != nil
        use.usesMantle = examination.settings.usesMantle
        use.signsInAlone = examination.settings.awsAuthRefresh.map { !AuthRefresh($0.value.line).callsOnUs } ?? false
        return use
    }
}
