import ArgumentParser
import FlyingFox
import Foundation

/// Plays the user's browser: `BROWSER="bedrock-sandbox browser %s"`.
struct Browser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Act as the person: open the sign-in page and press Allow.",
        discussion: """
            For programs that take $BROWSER: "bedrock-sandbox browser %s". It returns at once, as a program has to that \
            opens a page: the AWS CLI answers the page only after that. With --wait, it says what went wrong.
            """)

    @Flag(help: "Return when done.")
    var wait = false

    @Flag(help: "Press Deny instead.")
    var deny = false

    @Flag(help: "Open the page and press nothing.")
    var look = false

    @Argument(help: "What the program would open.")
    var url: String

    func run() async throws {
        guard let start = URL(string: url) else { throw ValidationError("Not a URL: \(url)") }
        guard wait else { return try runApart() }
        let (landed, page) = try await follow(start)
        guard !look, let form = Form(in: page, at: landed) else { return }
        let fields = form.fields + [("decision", deny ? "deny" : "allow")]
        let body = fields.map { "\(encoded($0))=\(encoded($1))" }.joined(separator: "&")
        let answer = try await LoopbackClient.send(
            .POST, form.target, body: Data(body.utf8), type: "application/x-www-form-urlencoded")
        if let location = answer.location, let next = URL(string: location, relativeTo: form.target) {
            _ = try await follow(next.absoluteURL)
        } else if answer.status >= 400 {
            throw ValidationError("The page answered \(answer.status)")
        }
    }

    private func runApart() throws {
        let program = Process()
        program.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        program.arguments = ["browser", "--wait"] + (deny ? ["--deny"] : []) + (look ? ["--look"] : []) + [url]
        program.standardInput = FileHandle.nullDevice
        program.standardOutput = FileHandle.nullDevice
        program.standardError = FileHandle.nullDevice
        try program.run()
    }

    /// Opens a page, following a few redirects.
    private func follow(_ url: URL) async throws -> (URL, String) {
        var url = url
        for _ in 0..<5 {
            let answer = try await LoopbackClient.send(.GET, url)
            guard let location = answer.location, let next = URL(string: location, relativeTo: url) else {
                guard answer.status < 400 else { throw ValidationError("The page answered \(answer.status)") }
                return (url, String(decoding: answer.body, as: UTF8.self))
            }
            url = next.absoluteURL
        }
        throw ValidationError("Too many redirects")
    }

    private func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

/// The form on a sign-in page.
private struct Form {
    let target: URL
    let fields: [(name: String, value: String)]

    /// Nil if the page has no form to post: it was approved automatically, or reports a problem.
    init?(in page: String, at url: URL) {
        guard let action = page.firstMatch(of: #/<form method="post" action="([^"]*)"/#)?.1,
            let target = URL(string: String(action), relativeTo: url)
        else { return nil }
        self.target = target.absoluteURL
        fields = page.matches(of: #/<input type="hidden" name="([^"]*)" value="([^"]*)"/#).map {
            (String($0.1), String($0.2))
        }
    }
}
