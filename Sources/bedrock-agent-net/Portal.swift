import FoundationEssentials
import Glibc
import Host
import SessionHealth

/// The access portal: what is assigned to the person who signed in.
struct Portal {
    private struct IssuedCredentials: Decodable {
        struct Issued: Decodable {
            var accessKeyId: String
            var secretAccessKey: String
            var sessionToken: String
            /// Milliseconds since 1970.
            var expiration: Double
        }

        var roleCredentials: Issued
    }
    private struct Continued: Decodable { var nextToken: String? }

    private static let name = "the access portal"
    let endpoint: String
    let exchange: HTTPExchange
    private let token: String

    /// - Throws: when there is no token to read.
    init(endpoint: String, tokenFile: String, exchange: HTTPExchange) throws(NetFailure) {
        self.endpoint = endpoint
        self.exchange = exchange
        do {
            token = try TokenFile(readingWhole: tokenFile).document.accessToken
            guard token.isToken else { throw TokenFileError("key accessToken: not a token") }
        } catch let error as SystemError where error.number == ENOENT {
            throw NetFailure(.sessionOver, "nobody has signed in: there is no token file \(tokenFile)")
        } catch {
            throw NetFailure(.failed, error is SystemError ? "\(error)" : "\(tokenFile): \(error)")
        }
    }

    /// Every page of ListAccounts.
    func accounts() throws(NetFailure) -> [PortalAccount] {
        try pages("list the accounts", "/assignment/accounts", [("max_result", "100")]) {
            (page: AccountListing) in page.accounts
        }
    }

    /// Every page of ListAccountRoles.
    func roles(in account: String) throws(NetFailure) -> [PortalRole] {
        let query = [("account_id", account), ("max_result", "100")]
        return try pages("list the roles in account \(account)", "/assignment/roles", query) {
            (page: RoleListing) in page.roles
        }
    }

    /// GetRoleCredentials.
    func credentials(account: String, role: String) throws(NetFailure) -> RoleCredentials {
        let answer = try get(
            "get credentials of role \(role) in account \(account)", "/federation/credentials",
            [("account_id", account), ("role_name", role)], IssuedCredentials.self)
        let issued = answer.value.roleCredentials
        let credentials = RoleCredentials(
            accessKeyID: issued.accessKeyId, secretAccessKey: issued.secretAccessKey, sessionToken: issued.sessionToken,
            expiration: Date(timeIntervalSince1970: issued.expiration / 1000), accountID: account)
        guard credentials.isSound else {
            throw NetFailure(.offline, "an answer that did not come from the access portal (HTTP 200)")
        }
        return credentials
    }

    private func pages<Page: Decodable, Item>(
        _ what: String, _ path: String, _ query: [(String, String)], _ items: (Page) -> [Item]
    ) throws(NetFailure) -> [Item] {
        var all: [Item] = []
        var seen = SeenPages()
        while true {
            let answer = try get(what, path, query + seen.query("next_token"), Page.self)
            all += items(answer.value)
            guard try seen.goesOn(after: answer.bytes, with: answer.nextToken, what) else { return all }
        }
    }

    private func get<Value: Decodable>(
        _ what: String, _ path: String, _ query: [(String, String)], _ type: Value.Type
    ) throws(NetFailure) -> (value: Value, bytes: Int, nextToken: String?) {
        let url = endpoint + path + "?" + PercentEncoding.query(query)
        do throws(Refusal) {
            let answer = try exchange.ask(url, headers: ["x-amz-sso_bearer_token: \(token)"])
            let value = try answer.value(type, from: Portal.name, secrets: [token])
            return (value, answer.body.count, (try? JSONCoding.decode(Continued.self, from: answer.body))?.nextToken)
        } catch {
            throw failure(what, error)
        }
    }

    private func failure(_ what: String, _ refusal: Refusal) -> NetFailure {
        guard !refusal.isOffline else { return refusal.failure(what) }
        switch (refusal.status, refusal.error) {
        case (401, _): return NetFailure(.sessionOver, "cannot \(what): the session has expired (\(refusal.message))")
        case (403, "ForbiddenException"):
            return NetFailure(.noAccess, "cannot \(what): access is denied (\(refusal.message))")
        default: return refusal.failure(what)
        }
    }
}

/// Which pages of a listing have been read.
struct SeenPages {
    private var token: String?
    private var count = 0
    private var bytes = 0
    /// More than anybody has: 100,000 accounts.
    private static let most = 1000
    /// Bytes of all pages: as many accounts with the longest names that there are.
    private static let mostBytes = 64 << 20

    func query(_ name: String) -> [(String, String)] { token.map { [(name, $0)] } ?? [] }

    /// Whether there is one more page.
    /// - Parameter size: of the page that has been read, in bytes.
    /// - Throws: where the listing does not come to an end.
    mutating func goesOn(after size: Int, with next: String?, _ what: String) throws(NetFailure) -> Bool {
        guard let next, !next.isEmpty else { return false }
        count += 1
        bytes += size
        guard next != token else {
            throw NetFailure(.offline, "cannot \(what): the service keeps sending the same page")
        }
        guard count < SeenPages.most, bytes < SeenPages.mostBytes else {
            throw NetFailure(
                .offline, "cannot \(what): the list does not end (\(count) pages, \(bytes >> 20) MB)")
        }
        token = next
        return true
    }
}
