// Where a service is reached: determined by the environment, the profile's configuration, or the region.

/// The services that the agent calls. The raw value is the key in a `[services …]` section.
package enum AWSService: String, CaseIterable, Sendable {
    case ssoOIDC = "sso_oidc"
    case sso
    case bedrock
    case sts

    /// The environment variable for this service's endpoint.
    package var environmentVariable: String { "\(AWSVariable.endpointURL)_\(rawValue.uppercased())" }

    var hostPrefix: String {
        switch self {
        case .ssoOIDC: "oidc"
        case .sso: "portal.sso"
        case .bedrock: "bedrock"
        case .sts: "sts"
        }
    }
}

/// A profile's endpoint settings; the defaults apply to a profile without any.
package struct EndpointSettings: Hashable, Sendable {
    /// `endpoint_url` in the service blocks of the profile's `[services NAME]` section.
    package var serviceURLs: [AWSService: String] = [:]
    /// The name in `services = NAME` if that section does not exist: an error once it is needed.
    package var missingServices: String?
    package var url: String?
    /// Where the URLs and `services` are written, by key; those of the environment are not.
    var places: [String: ConfigPlace] = [:]
    package var usesFIPS = false
    package var usesDualStack = false
    package var ignoresConfiguredURLs = false

    package init() {}

    /// `AWS_CA_BUNDLE`: a CA bundle for every service.
    package static func caBundle(in environment: [String: String]) -> String? {
        environment[AWSVariable.caBundle].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The base URL for a service, without a trailing slash.
    ///
    /// In this order: the service's environment variable, `AWS_ENDPOINT_URL`, the `services` section, the profile's
    /// `endpoint_url` (all of these unless `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` is set), the region's host.
    package func url(
        for service: AWSService, region: String, environment: [String: String]
    ) throws(EndpointError) -> String {
        let ignores = Self.flag(AWSVariable.ignoreConfiguredEndpointURLs, in: environment) ?? ignoresConfiguredURLs
        if !ignores, let (url, source) = try configuredURL(for: service, environment: environment) {
            guard Self.isBaseURL(url) else { throw .badURL(source: source) }
            guard Self.keepsSecrets(url) else { throw .notEncrypted(source: source) }
            return url.hasSuffix("/") ? String(url.dropLast()) : url
        }
        guard Region.isInHostName(region) else { throw .badRegion(region) }
        let name = Region.plain(region)
        let fips = name != region || (Self.flag(AWSVariable.useFIPSEndpoint, in: environment) ?? usesFIPS)
        let dualStack = Self.flag(AWSVariable.useDualStackEndpoint, in: environment) ?? usesDualStack
        let partition = Partition(of: name)
        // In GovCloud, the regular Identity Center hosts are the FIPS hosts.
        let plain = !fips || (name.hasPrefix("us-gov-") && !dualStack && service != .bedrock)
        let host = service.hostPrefix + (plain ? "" : "-fips")
        return "https://\(host).\(name).\(dualStack ? partition.dualStackSuffix : partition.suffix)"
    }

    private func configuredURL(
        for service: AWSService, environment: [String: String]
    ) throws(EndpointError) -> (url: String, source: String)? {
        for variable in [service.environmentVariable, AWSVariable.endpointURL] {
            if let url = environment[variable], !url.isEmpty { return (url, variable) }
        }
        if let missingServices { throw .noServices(missingServices, place: places["services"]) }
        if let url = serviceURLs[service], !url.isEmpty {
            return (url, source("endpoint_url for \(service.rawValue)", places[service.rawValue]))
        }
        if let url, !url.isEmpty { return (url, source("endpoint_url of the profile", places["endpoint_url"])) }
        return nil
    }

    private func source(_ key: String, _ place: ConfigPlace?) -> String { place.map { "\($0): \(key)" } ?? key }

    /// `true`, case-insensitively, is true; anything else is false, as in botocore.
    static func isTrue(_ value: String) -> Bool { value.lowercased() == "true" }

    private static func flag(_ variable: String, in environment: [String: String]) -> Bool? {
        environment[variable].map(isTrue)
    }

    /// Checks for a supported scheme, a host, and no character that could end the line or the URL.
    private static func isBaseURL(_ url: String) -> Bool {
        let schemes = ["https://", "http://"]
        guard let scheme = schemes.first(where: { url.lowercased().hasPrefix($0) }) else { return false }
        let rest = url.utf8.dropFirst(scheme.utf8.count)
        guard let first = rest.first, first != UInt8(ascii: "/") else { return false }
        return rest.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"?#@".utf8.contains($0) }
    }

    /// Tokens are sent there, so it must use TLS or be on this machine.
    private static func keepsSecrets(_ url: String) -> Bool {
        guard url.lowercased().hasPrefix("http://") else { return true }
        let host = url.dropFirst(7).prefix { $0 != "/" }.lowercased()
        if host.hasPrefix("[") { return host == "[::1]" || host.hasPrefix("[::1]:") }
        let name = host.prefix { $0 != ":" }
        let numbers = name.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return name == "localhost" || (numbers.count == 4 && !numbers.contains(nil) && numbers[0] == 127)
    }
}

/// Why there is no endpoint to use.
package enum EndpointError: Error, Hashable, CustomStringConvertible {
    case badRegion(String)
    /// `source` is a variable or a key. The URL is not quoted: it may contain a password.
    case badURL(source: String)
    /// Plain HTTP to another machine.
    case notEncrypted(source: String)
    case noServices(String, place: ConfigPlace?)

    /// The variable that says it; nil where a file of AWS's does.
    var variable: String? {
        switch self {
        case .badURL(let source), .notEncrypted(let source): source.hasPrefix(AWSVariable.endpointURL) ? source : nil
        case .badRegion, .noServices: nil
        }
    }

    package var description: String {
        switch self {
        case .badRegion(let region):
            "the region \"\(region)\" is not a region name; write one such as us-east-1 (a-z, 0-9 and hyphens)"
        case .badURL(let source):
            "\(source) is not an http:// or https:// URL of a host, without user or query; correct or remove it"
        case .notEncrypted(let source):
            "\(source) is plain http:// to another machine, where anyone on the network could read the token; use https://"
        case .noServices(let name, let place):
            (place.map { "\($0): " } ?? "")
                + "the profile says services = \(name), but the config file has no [services \(name)]; add or remove it"
        }
    }
}
