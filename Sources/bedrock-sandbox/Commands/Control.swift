import ArgumentParser
import FlyingFox
import Foundation

/// Changes settings of a running sandbox.
struct Control: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn the knobs of the sandbox that BEDROCK_SANDBOX_URL names.",
        subcommands: [
            Revoke.self, ExpireRegistration.self, ExpireCredentials.self, Set.self, Break.self, Mend.self, Approve.self,
            Deny.self, ShowRecord.self, ShowState.self,
        ])

    /// Sends one request under `/sandbox/` and prints the response.
    ///
    /// - Throws: `ValidationError` with the sandbox's message if it rejects the request.
    static func send(_ method: HTTPMethod, _ path: String, _ body: (any Encodable)? = nil) async throws {
        guard let base = ProcessInfo.processInfo.environment["BEDROCK_SANDBOX_URL"],
            let url = URL(string: "\(base)/sandbox/\(path)")
        else { throw ValidationError("BEDROCK_SANDBOX_URL is not set: take over what `bedrock-sandbox serve` printed") }
        let data = try body.map { try JSONEncoder().encode($0) } ?? Data()
        let answer = try await LoopbackClient.send(method, url, body: data, type: "application/json")
        let text = String(decoding: answer.body, as: UTF8.self)
        guard answer.status < 400 else { throw ValidationError(text) }
        print(text)
    }
}

extension Control {
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End the portal session.")

        @Flag(help: "Refuse access tokens and role credentials already issued, too.")
        var hard = false

        func run() async throws { try await Control.send(.POST, hard ? "revoke?hard=true" : "revoke") }
    }

    struct ExpireRegistration: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End client registrations.")

        @Argument(help: "A client's short ID (cl-1); all, without it.")
        var client: String?

        func run() async throws {
            try await Control.send(.POST, "expire-registration", client.map { ["client": $0] })
        }
    }

    struct ExpireCredentials: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End the role credentials issued so far.")

        func run() async throws { try await Control.send(.POST, "expire-credentials") }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Change settings from here on.")

        @OptionGroup var settings: SettingsOptions

        func run() async throws { try await Control.send(.POST, "settings", settings.change) }
    }

    struct Break: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "fault", abstract: "Let the next calls go wrong.",
            discussion: "Faults: \(Fault.Kind.allCases.map(\.rawValue).joined(separator: " "))")

        @Argument(help: "An operation such as CreateToken, or any.")
        var operation: String

        @Argument(help: "What goes wrong.")
        var fault: String

        @Option(help: "Only this grant: refresh_token, authorization_code, device_code.")
        var grantType: String?

        @Option(parsing: .unconditional, help: "How many calls; -1 for all until mended.")
        var times: Int = 1

        @Option(help: "Time before anything happens.")
        var delay: Lifetime?

        @Option(help: "For `error`: the HTTP status.")
        var status: Int?

        @Option(help: "For `error`: such as invalid_grant.")
        var error: String?

        @Option(help: "For `error`: the words.")
        var description: String?

        func run() async throws {
            guard let kind = Fault.Kind(rawValue: fault) else { throw ValidationError("No such fault: \(fault)") }
            try await Control.send(
                .POST, "faults",
                Fault(
                    operation: operation, grantType: grantType, fault: kind, times: times, delay: delay,
                    status: status, error: error, description: description))
        }
    }

    struct Mend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "clear-faults", abstract: "Remove all faults still to come.")

        func run() async throws { try await Control.send(.DELETE, "faults") }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Press Allow for a device code.")

        @Argument(help: "The code on the page; the newest that waits, without it.")
        var code: String?

        func run() async throws { try await Control.send(.POST, "approve", code.map { ["user_code": $0] }) }
    }

    struct Deny: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Press Deny for a device code.")

        @Argument(help: "The code on the page; the newest that waits, without it.")
        var code: String?

        func run() async throws { try await Control.send(.POST, "deny", code.map { ["user_code": $0] }) }
    }

    struct ShowRecord: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "record", abstract: "Print what was called.")

        func run() async throws { try await Control.send(.GET, "record") }
    }

    struct ShowState: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "state", abstract: "Print what there is.")

        func run() async throws { try await Control.send(.GET, "state") }
    }
}
