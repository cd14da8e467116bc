/// Routes requests. All services share one port; their paths do not overlap.
enum Route: Equatable {
    /// An AWS operation, or one of the user's pages.
    case service(Operation)
    /// `/sandbox/NAME`: the sandbox's own controls.
    case control(String)
    /// 404, and not recorded.
    case nowhere

    init(_ call: Call) {
        let path = call.path
        if path.first == "sandbox", path.count == 2 {
            self = .control(path[1])
            return
        }
        let operation: Operation? =
            switch (call.method, path.first, path.count) {
            case ("POST", "client", 2) where path[1] == "register": .registerClient
            case ("POST", "device_authorization", 1): .startDeviceAuthorization
            case ("POST", "token", 1): .createToken
            case ("GET", "authorize", 1): .authorize
            case ("GET", "device", 1): .openDevicePage
            case ("POST", "device", 1), ("POST", "authorize", 1): call.form["decision"] == "allow" ? .allow : .deny
            case ("GET", "federation", 2) where path[1] == "credentials": .getRoleCredentials
            case ("GET", "assignment", 2) where path[1] == "accounts": .listAccounts
            case ("GET", "assignment", 2) where path[1] == "roles": .listAccountRoles
            case ("POST", "logout", 1): .logout
            case ("GET", "inference-profiles", 1): .listInferenceProfiles
            case ("GET", "inference-profiles", 2...): .getInferenceProfile
            case ("GET", "foundation-model-availability", 2): .getFoundationModelAvailability
            case ("POST", "model", 3) where path[2] == "invoke": .invokeModel
            case ("POST", "model", 3) where path[2] == "invoke-with-response-stream": .invokeModelWithResponseStream
            case ("POST", "model", 3) where path[2] == "count-tokens": .countTokens
            case ("POST", "anthropic", 3) where path[1] == "v1" && path[2] == "messages":
                MessageRequest(call).stream ? .streamMessage : .createMessage
            case ("POST", nil, 0) where call.form["Action"] == "GetCallerIdentity": .getCallerIdentity
            case ("POST", nil, 0) where call.form["Action"] == "AssumeRole": .assumeRole
            case ("GET", nil, 0) where call.query["Action"] == "AssumeRole": .assumeRole
            default: nil
            }
        self = operation.map(Route.service) ?? .nowhere
    }
}
