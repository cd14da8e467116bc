import Foundation

/// Handles one operation over HTTP: reads the request, calls the service and builds the response.
extension IdentityCenter {
    /// Never throws: a refusal becomes a response too.
    mutating func answer(_ operation: Operation, _ call: Call, now: Date, trace: inout Trace) -> Reply {
        do throws(Refusal) {
            if let region = call.region, region != settings.region { try refuse(operation) }
            switch operation.dialect {
            case .signIn: return try signInAnswer(operation, call, now: now, trace: &trace)
            case .portal: return try portalAnswer(operation, call, now: now, trace: &trace)
            case .bedrock: return try bedrockAnswer(operation, call, now: now, trace: &trace)
            case .tokenService:
                let credentials = try tokenServiceCaller(of: call, now: now, trace: &trace).credentials
                guard operation == .assumeRole else { return .identity(of: credentials) }
                let arn = call.form["RoleArn"] ?? call.query["RoleArn"]
                return try .assumed(assumeRole(arn, by: credentials, now: now, trace: &trace))
            case .page: return try pageAnswer(operation, call, now: now, trace: &trace)
            }
        } catch {
            return .refusal(error, dialect: operation.dialect)
        }
    }

    /// In another region than the instance's, any client may register, and nobody knows the start URL or a token.
    private func refuse(_ operation: Operation) throws(Refusal) {
        switch operation {
        case .registerClient: break
        case .createToken: throw .invalidClient("Client not found")
        case .getRoleCredentials, .listAccounts, .listAccountRoles, .logout: throw .noSession
        default: throw .invalidRequest("Invalid start url provided")
        }
    }

    private mutating func signInAnswer(
        _ operation: Operation, _ call: Call, now: Date, trace: inout Trace
    ) throws(Refusal) -> Reply {
        switch operation {
        case .registerClient:
            let client = try registerClient(call.json(ClientDescription.self), now: now, trace: &trace)
            return .json(
                RegisteredClient(
                    clientId: client.clientID, clientSecret: client.secret,
                    clientIdIssuedAt: Int(now.timeIntervalSince1970),
                    clientSecretExpiresAt: Int(client.expiresAt.timeIntervalSince1970)))
        case .startDeviceAuthorization:
            let request = try call.json(DeviceAuthorizationRequest.self)
            let started = try startDeviceAuthorization(request, now: now, trace: &trace)
            return .json(
                StartedAuthorization(
                    deviceCode: started.deviceCode, userCode: started.userCode, verificationUri: "\(baseURL)/device",
                    verificationUriComplete: "\(baseURL)/device?user_code=\(started.userCode)",
                    expiresIn: Int(settings.deviceCode.seconds.rounded(.up)),
                    interval: Int(settings.deviceInterval.seconds.rounded(.up))))
        default:
            let grant = try createToken(call.json(TokenRequest.self), now: now, trace: &trace)
            return .json(
                CreatedToken(
                    accessToken: grant.accessToken, tokenType: "Bearer", expiresIn: grant.expiresIn,
                    refreshToken: grant.refreshToken))
        }
    }

    private mutating func portalAnswer(
        _ operation: Operation, _ call: Call, now: Date, trace: inout Trace
    ) throws(Refusal) -> Reply {
        let token = try bearer(call.header("x-amz-sso_bearer_token"), now: now, trace: &trace)
        let query = call.query
        switch operation {
        case .getRoleCredentials:
            let credentials = try getRoleCredentials(
                account: query["account_id"], role: query["role_name"], token: token, now: now, trace: &trace)
            return .json(["roleCredentials": IssuedCredentials(credentials)])
        case .listAccounts:
            let page = try portalPage(of: settings.accounts, query)
            return .json(
                AccountPage(
                    accountList: page.items.map {
                        .init(accountId: $0.id, accountName: $0.name, emailAddress: $0.email)
                    }, nextToken: page.nextToken))
        case .listAccountRoles:
            let page = try portalPage(of: roles(in: query["account_id"]), query)
            return .json(RolePage(roleList: page.items, nextToken: page.nextToken))
        default:
            logOut(token)
            return .nothing
        }
    }

    private func portalPage<Item: Sendable>(of all: [Item], _ query: [String: String]) throws(Refusal) -> Page<Item> {
        let page = Page(
            of: all, size: query["max_result"], token: query["next_token"], sizes: 1...100, most: settings.pageSize)
        guard let page else { throw .badPortalRequest("max_result or next_token is not valid") }
        return page
    }

    private func bedrockAnswer(
        _ operation: Operation, _ call: Call, now: Date, trace: inout Trace
    ) throws(Refusal) -> Reply {
        let asked = modelAsked(operation, call)
        trace.subject = asked
        let caller = try bedrockCaller(of: call, operation, now: now, trace: &trace)
        if let asked { return try runtimeAnswer(operation, model: asked) }
        switch operation {
        case .listInferenceProfiles:
            let all = try inferenceProfiles(for: caller, type: call.query["type"])
            let page = Page(
                of: all, size: call.query["maxResults"], token: call.query["nextToken"], sizes: 1...1000,
                most: settings.pageSize)
            guard let page else { throw .validation("maxResults or nextToken is not valid") }
            return .json(ProfilePage(inferenceProfileSummaries: page.items, nextToken: page.nextToken))
        case .getInferenceProfile:
            // The slash in an ARN may be percent-encoded or not.
            let name = call.path.dropFirst().joined(separator: "/")
            trace.subject = name
            return try .json(inferenceProfile(name, for: caller))
        default:
            trace.subject = call.path[1]
            return try .json(availability(of: call.path[1]))
        }
    }
}
