/// The pages that the user sees.
enum Pages {
    /// Asks for the code, if the link did not include it.
    static let enterCode = page(
        "Enter the code",
        """
        <form method="get" action="/device">
        <label>Code shown by your program: <input name="user_code" autofocus></label>
        <button>Next</button>
        </form>
        """)

    /// The page with Allow and Deny. `field` is the hidden field that identifies the request.
    static func consent(
        client: String, code: String?, scopes: [String], action: String, field: (name: String, value: String)
    ) -> Reply {
        let codeLine = code.map { "<p>Check that your program shows this code: <strong>\(escaped($0))</strong></p>" }
        let wanted = scopes.isEmpty ? "<li>your AWS access (no scopes named)</li>" : scopes.map(item).joined()
        return page(
            "Allow \(escaped(client)) to access your data?",
            """
            \(codeLine ?? "")
            <p>It asks for:</p><ul>\(wanted)</ul>
            <form method="post" action="\(action)">
            <input type="hidden" name="\(field.name)" value="\(escaped(field.value))">
            <button name="decision" value="allow">Allow access</button>
            <button name="decision" value="deny">Deny access</button>
            </form>
            """)
    }

    /// The page after the user's decision.
    static func decided(_ decision: String) -> Reply {
        switch decision {
        case "allow": page("Request approved", "<p>You can close this window.</p>")
        case "deny": page("Request denied", "<p>You can close this window.</p>")
        default: page("Already answered", "<p>This request has been answered. You can close this window.</p>")
        }
    }

    /// An error page.
    static func problem(_ message: String, status: Int) -> Reply {
        page("This did not work", "<p>\(escaped(message))</p>", status: status)
    }

    /// A captive portal's page, sent instead of the service's response.
    static let captivePortal = page("Welcome to the hotel", "<p>Accept the terms to use the network.</p>")

    private static func page(_ title: String, _ body: String, status: Int = 200) -> Reply {
        .html(
            """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>\(title)</title>
            <style>body{font:16px/1.5 sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem}
            button{font:inherit;padding:.4rem 1rem;margin-right:.5rem}</style></head>
            <body><h1>\(title)</h1>
            \(body)
            <p><small>bedrock-sandbox: not AWS. It grants access to nothing.</small></p></body></html>

            """, status: status)
    }

    private static func item(_ scope: String) -> String { "<li><code>\(escaped(scope))</code></li>" }

    /// Safe inside HTML and XML.
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
