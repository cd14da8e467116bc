import FoundationEssentials
import SessionHealth
import Testing

/// The client registration that is shared with the AWS CLI.
@Suite struct ClientRegistrationTests {
    private func registration(scopes: [String] = [], for flow: AuthorizationFlow = .device) -> ClientRegistration {
        ClientRegistration(
            clientID: "c", clientSecret: "s", expiresAt: signedIn + hour, scopes: scopes, grantTypes: flow.grantTypes)
    }

    /// As the AWS CLI does.
    @Test func servesUntilAQuarterOfAnHourBeforeItsEnd() {
        #expect(registration().serves(.device, at: signedIn + 45 * minute))
        #expect(!registration().serves(.device, at: signedIn + 45 * minute + 1))
    }

    @Test func servesItsOwnFlowOnly() {
        #expect(registration(for: .pkce).serves(.pkce, at: signedIn) && !registration().serves(.pkce, at: signedIn))
        #expect(!registration(for: .pkce).serves(.device, at: signedIn))
    }

    @Test func isReadAsItWasWritten() {
        for written in [registration(), registration(scopes: ["sso:account:access"], for: .pkce)] {
            #expect(ClientRegistration(parsing: written.json) == written)
        }
    }

    @Test func listsThatAreEmptyAreLeftOut() {
        let text = String(decoding: registration().json, as: UTF8.self)
        #expect(text == #"{"clientId": "c", "clientSecret": "s", "expiresAt": "2026-11-23T10:00:00Z"}"#)
        let full = String(decoding: registration(scopes: ["x"], for: .pkce).json, as: UTF8.self)
        #expect(full.hasSuffix(#""scopes": ["x"], "grantTypes": ["authorization_code", "refresh_token"]}"#))
    }

    @Test(arguments: [
        #"{"clientId": "", "clientSecret": "s", "expiresAt": "2026-11-23T10:00:00Z"}"#,
        #"{"clientId": "c", "clientSecret": "", "expiresAt": "2026-11-23T10:00:00Z"}"#,
        #"{"clientId": "c", "clientSecret": "s", "expiresAt": "soon"}"#, "{}", "",
    ])
    func anIncompleteOneIsNone(_ text: String) { #expect(ClientRegistration(parsing: Array(text.utf8)) == nil) }
}
